"""What would happen if the draft were filed now: who decides and why, where the code comes from, by when, at what price."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from dossiers.actions.fee_inputs import SIGNED_IN_CONDITIONS
from dossiers.expected import answer_by, due_if_started, time_from_receipt
from dossiers.lawfulchoice import PICKED, Choice, choice_of
from dossiers.matters import planned
from dossiers.models import Draft
from portal.agencies.models import AdministrativeUnit, Agency, Office, valid_on
from portal.agencies.queries import centre_of
from portal.core.money import format_vnd
from portal.core.workcalendar import CalendarYearMissing, local
from procedures.competence import Ambiguous, Competent, Decision, Facts, Place
from procedures.fees import FEE_REASONS, FeeLine, total_vnd
from procedures.models import Channel
from procedures.queries import FeeQuestion, fee_lines, fee_note, grounds_of
from procedures.reasons import reason_text
from procedures.wording import time_text


@dataclass(frozen=True, slots=True)
class StepOutlook:
    """One dossier of a linked matter: its name, what it waits for, and everything else as if it were filed alone."""

    code: str
    name: str
    after: str
    time: str
    outlook: "Outlook"


@dataclass(frozen=True, slots=True)
class Outlook:
    """Everything that the check page says. `office` None: the person must pick a centre, or first an agency (`choice.is_open`).

    Of linked procedures it is that of the first dossier, and `steps` has them all.
    """

    choice: Choice
    agency: str
    reasons: tuple[str, ...]
    candidates: tuple[str, ...]
    office: Office | None
    must_pick: bool
    answer_by: str
    due: str
    time_from_receipt: str
    fees: tuple[FeeLine, ...]
    rows: tuple[tuple[str, str, str], ...]
    total: str
    has_unknown_fee: bool
    steps: tuple[StepOutlook, ...] = ()

    @property
    def promises(self) -> tuple[object, ...]:
        """What a person relies on when they submit: who decides, by when, at what price."""
        return (self.agency, self.candidates, self.due, self.rows, self.total)


def outlook_of(draft: Draft, answers: Mapping[str, Any], *, at: datetime) -> Outlook:
    """The outlook of these answers, complete or not, with the centre and the exemption that were picked."""
    every = planned(draft.version, answers, local(at).date())
    steps = tuple(
        StepOutlook(
            step.linked.code,
            step.linked.version.short_name,
            step.after,
            time_text(step.linked.case),
            _outlook(step.draft(draft), step.answers, at),
        )
        for step in every
    )
    return replace(steps[0].outlook, steps=steps) if steps else _outlook(draft, answers, at)


def _outlook(draft: Draft, answers: Mapping[str, Any], at: datetime) -> Outlook:
    on = local(at).date()
    choice = _choice(draft, answers, None, on)
    office = office_for(choice.decision, choice.facts, on)
    must_pick = office is None and not choice.is_open
    if must_pick and (office := picked_office(draft, on)) is not None:
        choice = _choice(draft, answers, office, on)
    decision = choice.decision
    lines = fees_of(draft, answers, decision, office, on)
    total = total_vnd([line for line in lines if line.amount_vnd is not None])
    return Outlook(
        choice=choice,
        agency=decision.agency.name if isinstance(decision, Competent) else "",
        reasons=tuple(reason_text(reason) for reason in decision.reasons),
        candidates=tuple(each.name for each in decision.candidates) if isinstance(decision, Ambiguous) and not choice.offers else (),
        office=office,
        must_pick=must_pick,
        answer_by=f"{local(answer_by(at)):%H:%M %d/%m/%Y}",
        due=due_text(draft, at),
        time_from_receipt=time_from_receipt(draft.case) if draft.version.transfer_excluded and draft.case.time_rule else "",
        fees=tuple(lines),
        rows=tuple((line.name, fee_note(line), _(FEE_REASONS[line.reason])) for line in lines),
        total=format_vnd(total) if total else "",
        has_unknown_fee=any(line.amount_vnd is None for line in lines),
    )


def _choice(draft: Draft, answers: Mapping[str, Any], office: Office | None, on: date) -> Choice:
    return choice_of(draft.version, draft.case, answers, office=office, on=on, picked=str(draft.parties.get(PICKED) or ""))


def office_for(decision: Decision, facts: Facts, on: date) -> Office | None:
    """Whose series gives the code: the centre of the deciding place's province, else the agency's own counter, else nobody's yet."""
    if not isinstance(decision, Competent):
        return None
    place = facts.places.get(decision.rule.place_fact)
    if isinstance(place, Place):
        province = AdministrativeUnit.objects.on(on).provinces().filter(code=place.province_code).first()
        centre = centre_of(province, on) if province else None
        if centre is not None:
            return centre
    agency = Agency.objects.select_related("reception_office__province").get(pk=decision.agency.id)
    return agency.reception_office


def centres(on: date) -> list[Office]:
    """The provincial centres, from which somebody picks where no place decides."""
    found = Office.objects.filter(valid_on(on), kind=Office.Kind.PROVINCIAL_CENTRE).select_related("province")
    return list(found.order_by("search_key", "pk"))


def picked_office(draft: Draft, on: date) -> Office | None:
    """The centre that the person picked on the check page."""
    picked = str(draft.parties.get("office") or "")
    return next((office for office in centres(on) if str(office.pk) == picked), None) if picked else None


def exemption_of(draft: Draft, on: date) -> str:
    """The ground of exemption that is claimed, if the procedure knows it."""
    claimed = str(draft.parties.get("exemption") or "")
    return claimed if claimed in dict(grounds_of(draft.version.procedure, on)) else ""


def fees_of(draft: Draft, answers: Mapping[str, Any], decision: Decision, office: Office | None, on: date) -> list[FeeLine]:
    """The fee lines of an online filing at the rates of the deciding agency's province."""
    province = office.province.code if office and office.province else ""
    if isinstance(decision, Competent):
        province = Agency.objects.filter(pk=decision.agency.id).values_list("province__code", flat=True).first() or province
    question = FeeQuestion(
        on=on,
        channel=Channel.ONLINE,
        province_code=str(province),
        answers=answers,
        grounds=frozenset({exemption_of(draft, on)} - {""}),
        conditions=SIGNED_IN_CONDITIONS,
    )
    return fee_lines(draft.version.procedure, question)


def due_text(draft: Draft, at: datetime) -> str:
    """The return date if the agency's counter used its whole time to accept; empty when the law sets no time."""
    try:
        due = due_if_started(draft.version, draft.case, answer_by(at))
    except CalendarYearMissing:
        return _("The working calendar of that year has not been entered yet.")
    return f"{local(due):%H:%M %d/%m/%Y}" if due else ""
