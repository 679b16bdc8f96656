"""Find the competent agency, record why, and hand the dossier over. What cannot be decided waits for a person.

Source: design of the registry in `procedures.competence`; the citizen's deadline is not spent on it.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from dossiers.actions.ask_place import ask_centre
from dossiers.actions.detours import end_detour
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.actions.unstaffed import leave_unstaffed, note_return
from dossiers.documents.issue import issue
from dossiers.expected import answer_by, answerable_since
from dossiers.lifecycle import State, Verb, allowed
from dossiers.models import Dossier, RouteDecision
from dossiers.placefacts import Known, facts_for, findings_of, known_places
from dossiers.routerecord import decision_record, person_record
from dossiers.staffing import lacks_of
from portal.agencies.models import AdministrativeUnit, Agency, Office
from portal.agencies.queries import unit_by_code
from portal.agencies.queries.lineage import offices_on
from portal.core.clock import technical_now
from portal.core.errors import DomainError
from portal.core.workcalendar import local
from portal.outbox.actions import enqueue
from portal.outbox.models import OutboxMessage
from procedures.competence import Ambiguous, Competent, Decision, Facts, Place
from procedures.formschema.answers import chosen_fact
from procedures.models import ProcedureCase, ProcedureVersion
from procedures.queries import competent_agency
from procedures.queries.without import AgenciesWithout


class NotWaiting(DomainError):
    """The dossier does not wait for a person to decide its agency."""

    status = 409


FOR_A_PERSON = (Dossier.Routing.NONE, Dossier.Routing.SEVERAL, Dossier.Routing.UNSTAFFED)


def wake_router(dossier: Dossier, sequence: int) -> None:
    """A worker will route the dossier after this commit."""
    enqueue(
        OutboxMessage.Stream.ROUTE,
        subject_id=dossier.pk,
        sequence=sequence,
        kind="route",
        key=f"route:{dossier.code}:{sequence}",
        at=technical_now(),
    )


def preview(
    version: ProcedureVersion, case: ProcedureCase, answers: Mapping[str, Any], *, office: Office | None, on: date
) -> tuple[Decision, Facts]:
    """Who would decide these answers, for the page on which a person checks them."""
    facts = facts_for(case, answers, office=office, on=on)
    return competent_agency(version, facts, on, chosen_fact=chosen_fact(case.form, answers) or ""), facts


def routing_day(dossier: Dossier) -> date:
    """Whose rules, units and agencies count: the day of acceptance, until then the filing day."""
    return local(dossier.accepted_at or dossier.filed_at).date()


def decide_for(dossier: Dossier, on: date, *, without: Collection[int] = ()) -> tuple[Decision, Known]:
    """Who decides by the rules of the day, with what is known about its places; `without` agencies do not count."""
    answers = dossier.answers.content
    office = dossier.receiving_office
    if office.valid_to is not None and office.valid_to < on:
        office = next(iter(offices_on(office.pk, on)), office)
    known = known_places(dossier.case, answers, office=office, on=on, findings=findings_of(dossier.pk))
    directory = AgenciesWithout(without) if without else None
    chosen = chosen_fact(dossier.case.form, answers) or ""
    return competent_agency(dossier.version, known.facts, on, chosen_fact=chosen, directory=directory), known


@transaction.atomic
def route(dossier_id: int, *, at: datetime) -> str:
    """The dossier is with its agency, or in a person's queue. Repeating it changes nothing. Returns the routing state."""
    dossier = locked(dossier_id)
    if dossier.routing != Dossier.Routing.PENDING or State(dossier.state) not in (State.SUBMITTED, State.ACCEPTED):
        return str(dossier.routing)
    if dossier.agency is not None and State(dossier.state) is State.ACCEPTED and dossier.acceptance == Dossier.Acceptance.BY_AGENCY:
        return hand_to(dossier, dossier.agency, By(user=None, at=at))  # checked on acceptance, for that day
    on = routing_day(dossier)
    decision, known = decide_for(dossier, on)
    record(dossier, decision, known, at=at)
    if isinstance(decision, Competent):
        agency = Agency.objects.select_related("reception_office").get(pk=decision.agency.id)
        dossier.place = deciding_unit(decision, known.facts, on)
        return hand_to(dossier, agency, By(user=None, at=at))
    if ask_centre(dossier, decision, known, at=at):
        return leave_to_person(dossier, Dossier.Routing.ASKED)
    return leave_to_person(dossier, waiting_for(decision))


def waiting_for(decision: Decision) -> str:
    """The queue of what was not decided."""
    return Dossier.Routing.SEVERAL if isinstance(decision, Ambiguous) else Dossier.Routing.NONE


def hand_to(dossier: Dossier, agency: Agency, by: By) -> str:
    """The agency has the dossier in its queue (accepted) or in its counter's inbox (only registered).

    An agency that lacks officer, approver, counter or clerk sends it to a person of its province's centre, with an alarm.
    """
    if lacks := lacks_of([agency], local(by.at).date())[agency.pk]:
        return leave_unstaffed(dossier, agency, lacks, at=by.at)
    fields: dict[str, Any] = {"agency": agency, "routing": Dossier.Routing.ROUTED, "place": dossier.place}
    by = By(user=by.user, at=by.at, agency=agency)
    if State(dossier.state) == State.ACCEPTED:
        transition(dossier, Verb.HAND_OVER, by, Step(fields=fields))
        issue(dossier, kind="control_sheet", at=by.at, actor=by.user, office=dossier.receiving_office)
    elif State(dossier.state) == State.SUBMITTED:
        ready = dossier.events.filter(verb__in=[Verb.SETTLE_PAYMENT.value, Verb.ANSWER_SUPPLEMENT.value])
        fields["answer_due_at"] = answer_by(answerable_since(dossier, ready.order_by("-seq").values_list("at", flat=True).first()))
        transition(dossier, Verb.ROUTE_TO_RECEPTION, by, Step(fields=fields))
    elif dossier.routing == Dossier.Routing.UNSTAFFED:
        _go_on_with(dossier, agency, by, fields)
    else:  # its agency was divided while it was being decided
        transition(dossier, Verb.INHERIT, by, Step(fields=fields))
    end_detour(dossier, agency, at=by.at)
    return str(dossier.routing)


def _go_on_with(dossier: Dossier, agency: Agency, by: By, fields: Mapping[str, Any]) -> None:
    """Everybody had left while it was being decided: the same agency goes on where it stood, another one takes it from its queue."""
    if dossier.agency_id == agency.pk:
        note_return(dossier, agency, at=by.at)
    elif allowed(State(dossier.state), Verb.REROUTE):
        transition(dossier, Verb.REROUTE, by, Step(fields={**fields, "assigned_to": None}))
        if dossier.accepted_at is not None:
            issue(dossier, kind="control_sheet", at=by.at, actor=by.user, office=dossier.receiving_office)
    else:
        transition(dossier, Verb.INHERIT, by, Step(fields=fields))


def leave_to_person(dossier: Dossier, routing: str) -> str:
    """The dossier waits for a person: in a supervisor's queue, or for the centre's answer about its place."""
    dossier.routing = routing
    dossier.save(update_fields=["routing"])
    return str(routing)


def deciding_unit(decision: Competent, facts: Facts, on: date) -> AdministrativeUnit | None:
    """The unit whose place decided."""
    place = facts.places.get(decision.rule.place_fact)
    if not isinstance(place, Place):
        return None
    return unit_by_code(place.commune_code or place.province_code, on)


def record(dossier: Dossier, decision: Decision, known: Known, *, at: datetime) -> RouteDecision:
    """The decision with everything that led to it, as it can be read years later."""
    chosen = chosen_fact(dossier.case.form, dossier.answers.content) or ""
    columns = decision_record(decision, known.facts, at=at, trails=known.trails, chosen_fact=chosen)
    return RouteDecision.objects.create(dossier=dossier, **columns)


@transaction.atomic
def decide_route(dossier: Dossier, *, agency: Agency, by: By, note: str) -> str:
    """A person has named the agency, with a reason that stays on record. Raises NotWaiting."""
    if not note.strip():
        raise DomainError(_("Write why this agency is competent."))
    dossier = locked(dossier.pk)
    if dossier.routing not in FOR_A_PERSON:
        raise NotWaiting(_("The agency of this dossier has already been decided."))
    with translation.override("vi"):
        RouteDecision.objects.create(
            dossier=dossier,
            outcome="person",
            agency=agency,
            decided_by=by.user,
            note=note.strip(),
            reasons=[{"code": "person", "params": {}}],
            record=person_record(agency, by.user.full_name if by.user else "", by.office.name if by.office else ""),
            at=by.at,
        )
    return hand_to(dossier, agency, by)
