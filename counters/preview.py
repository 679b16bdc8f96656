"""What would happen if this were filed here and now: who decides and why, by when, at what price."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from dossiers.actions.acceptance import may_accept
from dossiers.actions.transition import starts_at_agency
from dossiers.expected import answer_by, due_if_started, time_from_receipt
from dossiers.lawfulchoice import Choice, choice_of
from dossiers.matters import planned
from dossiers.models import Draft
from portal.agencies.models import Agency, Office
from portal.core.money import format_vnd
from portal.core.workcalendar import CalendarYearMissing, local
from procedures.competence import Ambiguous, Competent, Decision
from procedures.fees import FEE_REASONS, FeeLine, total_vnd
from procedures.queries import FeeQuestion, fee_lines, fee_note, grounds_of
from procedures.reasons import reason_text
from procedures.wording import time_text


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One fee in words."""

    name: str
    amount: str
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that the panel beside the form says. `outcome` is agency, choice, several or none."""

    outcome: str
    agency: str
    reasons: tuple[str, ...]
    candidates: tuple[str, ...]
    is_acceptance: bool
    answer_by: str
    due: str
    fees: tuple[FeeRow, ...]
    total: str


def choice_at(draft: Draft, answers: Mapping[str, Any], picked: str, *, on: date) -> Choice:
    """Who decides these answers, filed at the draft's own counter, with what the person may choose among.

    Of linked procedures it is who decides the first dossier.
    """
    if steps := planned(draft.version, answers, on):
        draft, answers = steps[0].draft(draft), steps[0].answers
    return choice_of(draft.version, draft.case, answers, office=draft.office, on=on, picked=picked)


@dataclass(frozen=True, slots=True)
class StepPreview:
    """One dossier of a linked matter: its name, what it waits for, its time, and what would happen."""

    name: str
    after: str
    time: str
    preview: Preview


def previews_of(
    draft: Draft, office: Office, answers: Mapping[str, Any], choice: Choice, *, exemption: str, at: datetime
) -> tuple[StepPreview, ...]:
    """Each dossier that these answers of a linked procedure would start, at once or later; none for any other procedure."""
    found = []
    for number, step in enumerate(planned(draft.version, answers, local(at).date())):
        alone = step.draft(draft)
        own = choice if number == 0 else choice_of(alone.version, alone.case, step.answers, office=office, on=local(at).date(), picked="")
        shown = preview_of(alone, office, step.answers, own, exemption=exemption, at=at)
        found.append(StepPreview(alone.version.short_name, step.after, time_text(alone.case), shown))
    return tuple(found)


def preview_of(draft: Draft, office: Office, answers: Mapping[str, Any], choice: Choice, *, exemption: str, at: datetime) -> Preview:
    """The preview of these answers, complete or not."""
    on, decision = local(at).date(), choice.decision
    lines = fees_of(draft, office, answers, decision, exemption=exemption, at=at)
    total = total_vnd(lines)
    accepts = may_accept(draft.version, office, decision, on)
    return Preview(
        outcome="choice" if choice.is_open else {Competent: "agency", Ambiguous: "several"}.get(type(decision), "none"),
        agency=decision.agency.name if isinstance(decision, Competent) else "",
        reasons=tuple(reason_text(reason) for reason in decision.reasons),
        candidates=tuple(each.name for each in decision.candidates) if isinstance(decision, Ambiguous) else (),
        is_acceptance=accepts,
        answer_by="" if accepts else f"{local(answer_by(at)):%d/%m/%Y %H:%M}",
        due=_due(draft, decision, office, accepts=accepts, at=at),
        fees=tuple(FeeRow(line.name, fee_note(line), _(FEE_REASONS[line.reason])) for line in lines),
        total=format_vnd(total) if total is not None else "",
    )


def fees_of(draft: Draft, office: Office, answers: Mapping[str, Any], decision: Decision, *, exemption: str, at: datetime) -> list[FeeLine]:
    """The fee lines at this counter, at the rates of the deciding agency's province."""
    procedure = draft.version.procedure
    on = local(at).date()
    known = dict(grounds_of(procedure, on))
    question = FeeQuestion(
        on=on,
        channel=draft.channel,
        province_code=_province_code(decision, office),
        answers=answers,
        grounds=frozenset({exemption} & set(known)),
    )
    return fee_lines(procedure, question)


def _province_code(decision: Decision, office: Office) -> str:
    if isinstance(decision, Competent):
        code = Agency.objects.filter(pk=decision.agency.id).values_list("province__code", flat=True).first()
        if code:
            return str(code)
    return office.province.code if office.province else ""


def _due(draft: Draft, decision: Decision, office: Office, *, accepts: bool, at: datetime) -> str:
    """The return date, or, where the way to the agency does not count, from when the time runs."""
    agency = Agency.objects.get(pk=decision.agency.id) if isinstance(decision, Competent) and draft.version.transfer_excluded else None
    if accepts and draft.case.time_rule and starts_at_agency(draft.version, agency, office):
        return time_from_receipt(draft.case)
    return due_text(draft, at)


def due_text(draft: Draft, at: datetime) -> str:
    """The return date if the clock started now; empty when the law sets no time."""
    try:
        due = due_if_started(draft.version, draft.case, at)
    except CalendarYearMissing:
        return _("The working calendar of that year has not been entered yet.")
    return f"{local(due):%d/%m/%Y %H:%M}" if due else ""
