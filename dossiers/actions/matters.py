"""Linked procedures are filed as one matter: each dossier starts when it can, with its own agency, code, clock and slip.

Source: Nghị định 63/2024/NĐ-CP, sửa đổi bởi 301/2026/NĐ-CP.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from dossiers.actions.fee_inputs import fees_asked
from dossiers.actions.file import Filed, Filing, PaperInput, PartyInput, file
from dossiers.actions.followers import leave, leave_followers
from dossiers.actions.office_of_day import office_of_day
from dossiers.actions.route import preview
from dossiers.codes import check_personal_id
from dossiers.matters import Planned, planned
from dossiers.models import Dossier, Matter, MatterStep, PreparedStep, Result
from dossiers.models.matter import PREFIX
from dossiers.secrets import secret_for
from portal.agencies.models import Office
from portal.core.db import Scope, acting_as, require_transaction
from portal.core.errors import DomainError
from portal.core.workcalendar import local
from procedures.formschema.answers import as_schema, with_computed
from procedures.models import ProcedureCase, ProcedureVersion, ResultType
from procedures.queries import current_version

_STATE = MatterStep.State


class NothingLinked(DomainError):
    """The procedure starts no dossiers besides its own."""


@dataclass(frozen=True, slots=True)
class FiledMatter:
    """The matter, its tracking secret, and what started at once. `is_new` False: it was filed before."""

    matter: Matter
    secret: str
    started: tuple[Filed, ...]
    is_new: bool

    @property
    def lead(self) -> Dossier:
        """The dossier with which everything begins."""
        return self.started[0].dossier


@transaction.atomic
def file_matter(filing: Filing, *, exemption: str = "", offices: Mapping[str, Office] | None = None) -> FiledMatter:
    """The matter exists, once per submit token, with every dossier that needs no earlier result. Raises NothingLinked, ProcedureClosed.

    `filing` is of the linked procedure: its answers and papers are those of the one form. `offices` names the counter of a dossier, by
    procedure, where that is another one than the filing's. A fee is owed for each dossier when it starts.
    """
    if found := Matter.objects.filter(submit_token=filing.submit_token).first():
        return _filed_before(found)
    on = local(filing.at).date()
    steps = planned(filing.version, filing.answers, on)
    if not steps:
        raise NothingLinked(_("This procedure starts no other dossiers. File it on its own."))
    offices = offices or {}
    first = file(_filing_of(filing, steps[0], offices.get(steps[0].linked.code, filing.office), exemption, is_first=True))
    matter = Matter.objects.create(
        code=f"{PREFIX}{first.dossier.code}",
        version=filing.version,
        channel=filing.channel,
        office=first.dossier.receiving_office,
        filed_by=filing.actor,
        applicant=filing.applicant,
        owner_name=first.dossier.owner_name,
        filed_at=filing.at,
        submit_token=filing.submit_token,
    )
    started, rows = [first], {steps[0].linked.code: _started(matter, 1, steps[0], first.dossier, filing.at)}
    for seq, step in enumerate(steps[1:], 2):
        office = offices.get(step.linked.code, filing.office)
        before = rows.get(step.linked.starts_after)
        if before is not None:
            rows[step.linked.code] = _waiting(matter, seq, step, before, office, filing, exemption)
            continue
        filed = file(_filing_of(filing, step, office, exemption))
        started.append(filed)
        rows[step.linked.code] = _started(matter, seq, step, filed.dossier, filing.at)
    return FiledMatter(matter, secret_for(matter.code, matter.secret_issue), tuple(started), is_new=True)


def _filed_before(matter: Matter) -> FiledMatter:
    dossiers = Dossier.objects.filter(matter_step__matter=matter).order_by("matter_step__seq")
    started = tuple(
        Filed(
            each,
            secret_for(each.code, each.secret_issue),
            each.documents.filter(kind__in=["receipt_slip", "acknowledgement"]).order_by("pk")[:1].get(),
            is_new=False,
        )
        for each in dossiers
    )
    return FiledMatter(matter, secret_for(matter.code, matter.secret_issue), started, is_new=False)


def _token(matter_token: uuid.UUID, code: str) -> uuid.UUID:
    """The submit token of the matter's dossier of this procedure: always the same one."""
    return uuid.uuid5(matter_token, code)


def _filing_of(filing: Filing, step: Planned, office: Office, exemption: str, *, is_first: bool = False) -> Filing:
    """What the one form states about this dossier. The draft becomes the first one."""
    on, linked = local(filing.at).date(), step.linked
    decision = preview(linked.version, linked.case, step.answers, office=office, on=on)[0]
    return replace(
        filing,
        version=linked.version,
        case=linked.case,
        office=office,
        submit_token=_token(filing.submit_token, linked.code),
        answers=step.answers,
        papers=_papers_of(filing.papers, linked.case, is_first=is_first),
        fees=fees_asked(
            linked.version.procedure,
            decision,
            channel=filing.channel,
            office=office,
            answers=step.answers,
            exemption=exemption,
            on=on,
        ),
        draft=filing.draft if is_first else None,
        decision=decision,
    )


def _papers_of(papers: Sequence[PaperInput], case: ProcedureCase, *, is_first: bool) -> list[PaperInput]:
    """The papers that the case asks for; what nobody has sorted goes with the first dossier."""
    own = set(case.requirements.values_list("key", flat=True))
    return [each for each in papers if each.requirement_key in own or (is_first and not each.requirement_key)]


def _started(matter: Matter, seq: int, step: Planned, dossier: Dossier, at: datetime) -> MatterStep:
    return MatterStep.objects.create(
        matter=matter,
        seq=seq,
        version=step.linked.version,
        case=step.linked.case,
        office=dossier.receiving_office,
        state=_STATE.STARTED,
        dossier=dossier,
        changed_at=at,
    )


def _waiting(matter: Matter, seq: int, step: Planned, before: MatterStep, office: Office, filing: Filing, exemption: str) -> MatterStep:
    """The dossier waits for the result of the one before it; everything that the form gave for it is kept."""
    linked = step.linked
    row = MatterStep.objects.create(
        matter=matter,
        seq=seq,
        version=linked.version,
        case=linked.case,
        office=office,
        after=before,
        state=_STATE.WAITING,
        changed_at=filing.at,
    )
    PreparedStep.objects.bulk_create(
        [
            PreparedStep(
                step=row,
                answers=dict(step.answers),
                parties=[asdict(each) for each in filing.parties],
                papers=[asdict(each) for each in _papers_of(filing.papers, linked.case, is_first=False)],
                from_result={"answers": linked.answers_of_result, "papers": list(linked.papers_from_result)},
                exemption=exemption,
                phone=filing.phone,
                email=filing.email,
            )
        ]
    )
    return row


def follow_up(dossier: Dossier, result: Result, *, at: datetime) -> list[Dossier]:
    """The steps of the matter that waited for this signed result have started, or say that the result was against it.

    A step that was left because the dossier had ended starts too, when it is decided in favour after all. `dossier` is locked.
    """
    require_transaction()
    if result.type.outcome != ResultType.Outcome.GRANT:
        leave_followers(dossier, MatterStep.Reason.REFUSED, at=at)
        return []
    waiting = MatterStep.objects.select_for_update(of=("self",)).filter(after__dossier=dossier).exclude(state=_STATE.STARTED)
    waiting = waiting.select_related("matter__filed_by", "matter__applicant", "version__procedure", "case", "office__province")
    found = [_start(step, dossier, result, at) for step in waiting.order_by("seq")]
    return [each for each in found if each is not None]


def _start(step: MatterStep, before: Dossier, result: Result, at: datetime) -> Dossier | None:
    """The dossier of the step, filed in the name of whoever filed the matter; None where its procedure has ended meanwhile."""
    on, matter = local(at).date(), step.matter
    version = current_version(step.version.procedure.code, on)
    if version is None:
        leave(step, MatterStep.Reason.ENDED, at=at)
        return None
    # What the form gave is read as its owner: the signing agency has no business with it.
    office = office_of_day(step.office, matter.filed_by, on)
    with acting_as(Scope(user_id=matter.filed_by_id, offices=(office.pk,))):
        filing = _prepared_filing(step, version, office, before, result, at)
        dossier = file(filing).dossier
    step.state, step.reason, step.dossier, step.changed_at = _STATE.STARTED, "", dossier, at
    step.save(update_fields=["state", "reason", "dossier", "changed_at"])
    return dossier


def _prepared_filing(step: MatterStep, version: ProcedureVersion, office: Office, before: Dossier, result: Result, at: datetime) -> Filing:
    prepared, matter, on = PreparedStep.objects.get(step=step), step.matter, local(at).date()
    case = version.cases.filter(key=step.case.key).first() or version.cases.get(is_default=True)
    answers = with_computed(as_schema(case.form), prepared.answers | _answers_of(result, case, prepared.from_result))
    decision = preview(version, case, answers, office=office, on=on)[0]
    with override("vi"):
        why = _("Started with the result of dossier %(before)s (linked matter %(matter)s).") % {
            "before": before.code,
            "matter": matter.code,
        }
    return Filing(
        version=version,
        case=case,
        channel=matter.channel,
        office=office,
        actor=matter.filed_by,
        applicant=matter.applicant,
        submit_token=_token(matter.submit_token, version.procedure.code),
        at=at,
        answers=answers,
        parties=[PartyInput(**each) for each in prepared.parties],
        papers=[*(PaperInput(**each) for each in prepared.papers), *_papers_from(result, case, prepared.from_result)],
        fees=fees_asked(
            version.procedure,
            decision,
            channel=matter.channel,
            office=office,
            answers=answers,
            exemption=prepared.exemption,
            on=on,
        ),
        phone=prepared.phone,
        email=prepared.email,
        decision=decision,
        started_by=why,
    )


def _answers_of(result: Result, case: ProcedureCase, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What only the result knows, such as the number that a birth registration gave the child; nothing that is no such number."""
    types = {item.key: item.type for _section, item in as_schema(case.form).fields()}
    found = {own: str(result.details.get(theirs) or "").strip() for own, theirs in wanted["answers"].items() if own in types}
    return {own: value for own, value in found.items() if value and (types[own] != "cccd" or check_personal_id(value).is_valid)}


def _papers_from(result: Result, case: ProcedureCase, wanted: Mapping[str, Any]) -> list[PaperInput]:
    """The result in place of the components that prove the same thing: seen once, nothing to bring."""
    name = f"{result.type.name_vi} số {result.number}"[:400]
    sha256 = result.document.sha256 if result.document else ""
    keys = set(case.requirements.values_list("key", flat=True))
    return [PaperInput(requirement_key=key, name=name, copies=1, sha256=sha256) for key in wanted["papers"] if key in keys]
