"""Writing the drafts of a batch of national records with few statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from portal.core.db import require_transaction
from procedures.catalogue_load.files import Row, choices
from procedures.catalogue_load.national.content import Base, Draft, draft_of
from procedures.catalogue_load.national.matching import Known
from procedures.catalogue_load.national.values import Findings, NationalProcedure
from procedures.formschema.library import form_for
from procedures.models import NationalRecord, Procedure, ProcedureCase, ProcedureVersion, Requirement, ResultType
from procedures.queries.drafts import OPEN, changes_in
from procedures.queries.search import key_of

Standing, State = NationalRecord.Standing, ProcedureVersion.State
_CASE_FIELDS = ("key", "name_vi", "name_en", "is_default", "time_value", "time_unit", "time_note_vi", "time_note_en", "form", "declaration")
_NOT_KEPT = {"id", "procedure", "number", "state", "drafted_by", "approved_by", "published_at", "decision_on", "effective_from", "source"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record that was read, what was found in it, and what is stored of it already."""

    read: NationalProcedure
    found: Findings
    record: NationalRecord | None


def write_drafts(wanted: Sequence[Wanted], procedures: dict[str, Procedure]) -> dict[str, tuple[dict[str, Any], str]]:
    """Each record has its draft, or a reason why not. Per code: what to store with the record, and the reason.

    `procedures` are locked by the caller; the missing ones exist afterwards.
    """
    require_transaction()
    _create_procedures(wanted, procedures)
    versions = _versions_of([procedures[want.read.code] for want in wanted])
    done: dict[str, tuple[dict[str, Any], str]] = {}
    drafts: list[tuple[Wanted, ProcedureVersion, Draft]] = []
    for want in wanted:
        procedure = procedures[want.read.code]
        mine = versions.get(procedure.pk, [])
        published = _published(mine)
        if blocked := _blocked(want, mine):
            done[want.read.code] = (_placed(want, procedure, Standing.WAITING, None), blocked)
            continue
        base = _base(published) if published else Base()
        draft = draft_of(want.read, base, choices()["result_words"], want.found)
        number = max((version.number for version in mine), default=0) + 1
        version = ProcedureVersion(procedure=procedure, number=number, state=State.DRAFT, source=_source(want), **draft.version)
        drafts.append((want, version, draft))
    _bulk_write(drafts)
    for want, version, _draft in drafts:
        standing, kept = _standing(version, versions.get(version.procedure_id, []))
        done[want.read.code] = (_placed(want, version.procedure, standing, version if kept else None), "")
    return done


def _create_procedures(wanted: Iterable[Wanted], procedures: dict[str, Procedure]) -> None:
    fresh = [
        Procedure(code=want.read.code, field_vi=want.read.field, search_key=_new_key(want.read))
        for want in wanted
        if want.read.code not in procedures
    ]
    procedures |= {procedure.code: procedure for procedure in Procedure.objects.bulk_create(fresh)}


def _new_key(read: NationalProcedure) -> str:
    version = ProcedureVersion(short_name_vi=read.short_name, name_vi=read.name)
    return key_of(Procedure(code=read.code, field_vi=read.field), version)


def _versions_of(procedures: Sequence[Procedure]) -> dict[int, list[ProcedureVersion]]:
    found: dict[int, list[ProcedureVersion]] = {}
    for version in ProcedureVersion.objects.filter(procedure__in=procedures).order_by("number").select_related("procedure", "drafted_by"):
        found.setdefault(version.procedure_id, []).append(version)
    return found


def _published(versions: Iterable[ProcedureVersion]) -> ProcedureVersion | None:
    dated = [(version.effective_from, version.number, version) for version in versions if version.state == State.PUBLISHED]
    return max(((day, number, version) for day, number, version in dated if day), default=(None, 0, None))[2]


def _blocked(want: Wanted, versions: Iterable[ProcedureVersion]) -> str:
    """Why no draft can be made now; a draft that only this import made gives way."""
    for version in versions:
        if version.state not in OPEN:
            continue
        is_ours = (
            version.state == State.DRAFT
            and version.drafted_by_id is None
            and want.record is not None
            and want.record.draft_id == version.pk
        )
        if not is_ours:
            return _("Version %(number)s is being worked on.") % {"number": version.number}
        version.state = State.DISCARDED
        version.save(update_fields=["state"])
    return ""


def _base(version: ProcedureVersion) -> Base:
    cases = list(version.cases.order_by("-is_default", "pk"))
    papers = list(cases[0].requirements.order_by("seq", "pk")) if cases else []
    return Base(
        version={field.name: getattr(version, field.name) for field in version._meta.concrete_fields if field.name not in _NOT_KEPT},
        cases=[{name: getattr(case, name) for name in _CASE_FIELDS} for case in cases],
        papers=[Known(paper.key, paper.name_vi, paper.name_en, paper.show, paper.is_declaration) for paper in papers],
        results={
            result.code: {"outcome": result.outcome, "medium": result.medium, "template": result.template, "name_en": result.name_en}
            for result in version.results.order_by("-pk")
        },
    )


def _bulk_write(drafts: Sequence[tuple[Wanted, ProcedureVersion, Draft]]) -> None:
    ProcedureVersion.objects.bulk_create([version for _want, version, _draft in drafts])
    cases: list[ProcedureCase] = []
    papers: list[Requirement] = []
    for _want, version, draft in drafts:
        for row in draft.cases:
            asked: list[Row] = row["papers"]
            values = {"form": _common_form(), "declaration": "common"} | {name: value for name, value in row.items() if name != "papers"}
            case = ProcedureCase(version=version, **values)
            if values["form"] is _common_form():
                case.form = _common_form() | {"code": version.procedure.code}
            cases.append(case)
            papers += [Requirement(case=case, **paper) for paper in asked]
    ProcedureCase.objects.bulk_create(cases)
    for paper in papers:
        paper.case_id = paper.case.pk
    Requirement.objects.bulk_create(papers, batch_size=500)
    ResultType.objects.bulk_create([ResultType(version=version, **row) for _want, version, draft in drafts for row in draft.results])


@cache
def _common_form() -> Row:
    return dict(form_for("common-declaration"))


def _standing(version: ProcedureVersion, before: Sequence[ProcedureVersion]) -> tuple[str, bool]:
    """New, changed, or the same as published; a draft that changes nothing is not kept."""
    if _published(before) is None:
        return Standing.NEW, True
    if changes_in(version):
        return Standing.CHANGED, True
    ProcedureVersion.objects.filter(pk=version.pk).delete()
    return Standing.SAME, False


def _placed(want: Wanted, procedure: Procedure, standing: str, draft: ProcedureVersion | None) -> dict[str, Any]:
    return {"procedure": procedure, "draft": draft, "standing": standing, "content": want.read.as_json()}


def _source(want: Wanted) -> str:
    return f"Cơ sở dữ liệu quốc gia về TTHC; {want.read.decision}"[:200]
