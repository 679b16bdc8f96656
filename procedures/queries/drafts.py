"""Versions under work, for the people who keep the catalogue."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.translation import gettext as _

from procedures.differences import Paper, Snapshot, differences
from procedures.formschema.schema import known_schema
from procedures.models import Procedure, ProcedureCase, ProcedureVersion, Requirement, ResultType
from procedures.question_wording import asked_in, when_text
from procedures.result_templates import GENERAL_TITLE, TITLES
from procedures.wording import POLICIES, channels_text, level_text, time_text, validity_text

OPEN = (ProcedureVersion.State.DRAFT, ProcedureVersion.State.REVIEW)
PAGE = 50
UNTOUCHED = (ProcedureVersion.State.DRAFT, ProcedureVersion.State.DISCARDED)


def procedures_to_keep(text: str) -> QuerySet[Procedure]:
    """Procedures with their newest name and the state of their open draft, by code.

    Without a search, what only the national import drafted and nobody took up is left to the page of the import.
    """
    newest = ProcedureVersion.objects.filter(procedure=OuterRef("pk")).exclude(state=ProcedureVersion.State.DISCARDED)
    procedures = Procedure.objects.annotate(
        name=Subquery(newest.order_by("-number").values("short_name_vi")[:1]),
        draft_state=Subquery(newest.filter(state__in=OPEN).order_by("-number").values("state")[:1]),
    )
    for word in text.split()[:8]:
        procedures = procedures.filter(search_key__contains=word)
    if not text.strip():
        kept = ProcedureVersion.objects.filter(procedure=OuterRef("pk")).filter(~Q(state__in=UNTOUCHED) | Q(drafted_by__isnull=False))
        procedures = procedures.filter(Exists(kept))
    return procedures.annotate(rank=Coalesce(_RANK, Value(9))).order_by("rank", "code")


_RANK = Case(When(draft_state="review", then=1), When(draft_state="draft", then=2), default=9, output_field=IntegerField())


@dataclass(frozen=True, slots=True)
class KeepingPage:
    """One page of the procedures, and where the next one begins (empty: nowhere)."""

    procedures: list[Procedure]
    next_after: str


def keeping_page(text: str, after: str) -> KeepingPage:
    """Fifty procedures, what waits for approval first, then drafts, then the rest; `after` is rank and code of the last one seen."""
    procedures = procedures_to_keep(text)
    rank, _dash, code = after.partition("-")
    if code and rank in {"1", "2", "9"}:
        procedures = procedures.filter(Q(rank__gt=int(rank)) | Q(rank=int(rank), code__gt=code))
    found = list(procedures[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return KeepingPage(found[:PAGE], f"{getattr(last, 'rank', 9)}-{last.code}" if last else "")


def procedure_or_404(code: str) -> Procedure:
    """The procedure of this code. Raises Http404."""
    procedure = Procedure.objects.filter(code=code).first()
    if procedure is None:
        raise Http404(_("This procedure is not in the catalogue."))
    return procedure


def open_draft(procedure: Procedure) -> ProcedureVersion | None:
    """The draft that is being written or waits for approval."""
    drafts = ProcedureVersion.objects.filter(procedure=procedure, state__in=OPEN)
    return drafts.select_related("procedure", "drafted_by").order_by("-number").first()


def draft_or_404(code: str) -> ProcedureVersion:
    """The open draft of the procedure. Raises Http404."""
    draft = open_draft(procedure_or_404(code))
    if draft is None:
        raise Http404(_("This procedure has no open draft."))
    return draft


def published_before(version: ProcedureVersion) -> ProcedureVersion | None:
    """The published version that this one would follow."""
    published = ProcedureVersion.objects.published().filter(procedure_id=version.procedure_id).exclude(pk=version.pk)
    return published.order_by("-effective_from", "-number").first()


def versions_of(procedure: Procedure) -> list[ProcedureVersion]:
    """All versions, the newest first."""
    return list(procedure.versions.select_related("drafted_by", "approved_by").order_by("-number"))


def changes_in(draft: ProcedureVersion) -> list[str]:
    """What the draft changes against the published version, in sentences; of a new procedure, that it is new and what it asks for."""
    before = published_before(draft)
    if before:
        return differences(snapshot(before), snapshot(draft))
    return [_("The procedure is new to this catalogue."), *differences(Snapshot({}), snapshot(draft))]


def snapshot(version: ProcedureVersion) -> Snapshot:
    """The version as people read it."""
    cases = list(version.cases.order_by("-is_default", "pk"))
    return Snapshot(
        texts={
            _("Short name"): version.short_name_vi,
            _("Short name in English"): version.short_name_en,
            _("Full name"): version.name_vi,
            _("English name"): version.name_en,
            _("Who may file"): version.subjects_vi,
            _("Level"): level_text(version.levels),
            _("Agency in the catalogue's words"): version.competent_text_vi,
            _("Number of sets"): str(version.sets_count),
            _("Online level"): str(version.get_online_level_display()),
            _("The visit that is needed"): version.visit_note_vi,
            _("The visit that is needed, in English"): version.visit_note_en,
            _("Accepted by"): str(version.get_acceptance_scope_display()),
            _("Ways to file"): channels_text(version.channels),
            _("When papers are asked for"): str(POLICIES.get(version.supplement_policy, version.supplement_policy)),
            _("Working hours for each step"): " ".join(map(str, version.step_hours)),
            _("Conditions"): version.preconditions_vi,
            _("Note on fees"): version.fee_note_vi,
            _("Only the competent agency accepts"): _("yes") if version.exempt_from_pilot else _("no"),
            _("Clock starts at the competent agency"): _("yes") if version.transfer_excluded else _("no"),
            **{_("Time for “%(case)s”") % {"case": case.name_vi}: _time(time_text(case), case.time_note_vi) for case in cases},
        },
        lists={
            _("Steps"): version.steps_vi.splitlines(),
            _("Steps in English"): version.steps_en.splitlines(),
            _("Legal basis"): version.legal_basis,
            _("Cases"): [case.name_vi for case in cases],
        },
        papers={case.key: _papers(case) for case in cases},
        cases={case.key: case.name_vi for case in cases},
        results={result.name_vi: _result(result) for result in version.results.order_by("pk")},
        questions={case.key: asked_in(case.form) for case in cases},
    )


def _result(result: ResultType) -> str:
    said = [str(result.get_outcome_display()), str(result.get_medium_display())]
    if result.medium == ResultType.Medium.RENDERED and result.outcome != ResultType.Outcome.REFUSAL:
        said.append(_("template “%(title)s”") % {"title": TITLES.get(result.template, GENERAL_TITLE)})
    return ", ".join([*said, *([validity_text(result)] if result.validity_months else [])])


def _papers(case: ProcedureCase) -> dict[str, Paper]:
    form = known_schema(case.form)
    return {
        paper.key: Paper(
            name=paper.name_vi,
            kind=str(paper.get_kind_display()),
            originals=paper.originals,
            copies=paper.copies,
            condition=paper.condition_vi,
            form_files=tuple(paper.form_files),
            needed=when_text(form, paper.show),
        )
        for paper in case.requirements.order_by("seq", "pk")
    }


def cases_of(draft: ProcedureVersion, *, by_case: bool = False) -> list[ProcedureCase]:
    """The cases whose papers are edited: the default one for all of them, or each by itself once they ask for different papers.

    `by_case` edits each by itself from now on.
    """
    cases = list(draft.cases.order_by("-is_default", "pk"))
    asked = [[_raw(paper) for paper in case.requirements.order_by("seq", "pk")] for case in cases]
    return cases if by_case or any(each != asked[0] for each in asked) else cases[:1]


def _raw(paper: Requirement) -> tuple[object, ...]:
    counts = (paper.originals, paper.copies)
    return (paper.key, paper.name_vi, paper.kind, *counts, paper.condition_vi, tuple(paper.form_files), paper.show)


def _time(text: str, note: str) -> str:
    return f"{text} ({note})" if note else text


def earliest_effect(version: ProcedureVersion, today: date) -> date:
    """The first day on which this draft may take effect: never in the past, never before what is already published."""
    before = published_before(version)
    taken = before.effective_from if before and before.effective_from else today
    return max(today, taken)
