"""Route a batch: one lock, one reading of facts, decisions in memory, one writing. Whatever needs a person is left to `route`.

What a dossier gets here is what `route` would give it. Left out are dossiers that came back from an agency, whose place
somebody looked up, or whose agency is picked by load: each of them is routed by `route`, as is everything without one staffed agency.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import structlog
from django.db import connection, transaction

from dossiers.actions.transition import By, Step
from dossiers.actions.transition_many import Move, transition_many
from dossiers.deadlines import answer_due
from dossiers.documents.sheets import Sheet, control_sheets
from dossiers.documents.slips import PASSAGES, passage
from dossiers.expected import answerable_since
from dossiers.lifecycle import State, Verb
from dossiers.models import Dossier, IssuedDocument, RouteDecision
from dossiers.placefacts import known_places
from dossiers.routerecord import decision_record
from dossiers.staffing import lacks_of
from portal.agencies.models import AdministrativeUnit, Agency
from portal.agencies.queries import working_calendar
from portal.core.canonical import parsed
from portal.core.clock import technical_now
from portal.core.db.bulk import Row, columns, insertion, loaded
from portal.core.errors import DomainError
from portal.core.workcalendar import WorkCalendar, local
from procedures.competence import Competent, Place, RuleKind
from procedures.competence_book import competent
from procedures.formschema.answers import chosen_fact
from procedures.queries.held import Held, held
from procedures.queries.rulebook import subject_of

log = structlog.get_logger()
READ = (
    *("code", "procedure", "version", "case", "state", "came_from", "state_version", "event_seq", "chain_head", "routing", "owner_name"),
    *("receiving_office", "agency", "place", "filed_at", "accepted_at", "answer_due_at", "due_at", "first_due_at", "finished_at"),
    *("due_soon_at", "stage_due_at", "is_in_day", "returned_at", "remote_code", "remote_steps"),
)
"""What is read of a dossier here; anything else would be fetched when asked for."""
WAITING = (State.SUBMITTED.value, State.ACCEPTED.value)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a dossier's other rows say. `is_plain`: it was never routed, asked about or corrected before.

    `paid_at` of a filing that had to wait for its payment. `passages` are the hand-overs so far, in JSON.
    """

    answers: str | None
    owner_name: str
    paper_count: int
    is_plain: bool
    paid_at: datetime | None
    passages: str | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A dossier with the agency that decides it, and the columns of the record that says why."""

    dossier: Dossier
    agency_id: int
    place: AdministrativeUnit | None
    record: dict[str, Any]


@transaction.atomic
def route_many(dossier_ids: Collection[int], *, at: datetime) -> set[int]:
    """Those of the dossiers that need nothing more: with their agency now, or no longer waiting for one. The others are untouched."""
    dossiers = _locked(dossier_ids)
    waiting = [each for each in dossiers if each.routing == Dossier.Routing.PENDING and each.state in WAITING]
    settled = {each.pk for each in dossiers} - {each.pk for each in waiting}
    if waiting:
        registry = held()
        _complete(waiting, registry)
        told = _facts([each.pk for each in waiting])
        planned = [plan for each in waiting if (plan := _plan(each, told[each.pk], registry, at))]
        settled |= _hand_over(_staffed(planned, registry, at), told, registry, at)
    return settled


def _locked(dossier_ids: Collection[int]) -> list[Dossier]:
    """In the order of ids, so that two batches never wait for each other. Rows that dossiers point at come from the registry."""
    attributes, statement = _reading()
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(set(dossier_ids))])
        return [loaded(Dossier, attributes, row) for row in cursor.fetchall()]


@cache
def _reading() -> tuple[tuple[str, ...], str]:
    read = columns(Dossier, READ)
    names = ", ".join(["id", *(each.name for each in read)])
    statement = f"SELECT {names} FROM dossiers_dossier WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE"  # noqa: S608 -- constants only
    return ("id", *(each.attribute for each in read)), statement


def _complete(dossiers: Sequence[Dossier], registry: Held) -> None:
    versions = registry.versions(each.version_id for each in dossiers)
    cases = registry.cases(each.case_id for each in dossiers)
    offices = registry.offices(each.receiving_office_id for each in dossiers)
    for each in dossiers:
        version = versions[each.version_id]
        each._state.fields_cache.update(
            version=version, procedure=version.procedure, case=cases[each.case_id], receiving_office=offices[each.receiving_office_id]
        )


def _facts(keys: list[int]) -> dict[int, Facts]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT d.id, a.content::text,
                      coalesce((SELECT name FROM dossiers_party p WHERE p.dossier_id = d.id AND p.role = 'owner'), ''),
                      (SELECT count(*) FROM dossiers_paper p WHERE p.dossier_id = d.id),
                      d.hops = 0
                      AND NOT EXISTS (SELECT FROM dossiers_routedecision r WHERE r.dossier_id = d.id)
                      AND NOT EXISTS (SELECT FROM dossiers_placefinding f WHERE f.dossier_id = d.id)
                      AND NOT EXISTS (SELECT FROM dossiers_issueddocument i WHERE i.dossier_id = d.id AND i.kind = 'control_sheet'),
                      CASE WHEN d.state = 'submitted' THEN
                          (SELECT max(e.at) FROM dossiers_event e WHERE e.dossier_id = d.id AND e.verb = 'settle_payment') END,
                      (SELECT json_agg(json_build_array(e.at, e.verb, coalesce(u.full_name, ''), coalesce(o.name, g.name, ''), e.note)
                                       ORDER BY e.seq)::text
                       FROM dossiers_event e LEFT JOIN accounts_user u ON u.id = e.actor_id
                           LEFT JOIN agencies_office o ON o.id = e.office_id LEFT JOIN agencies_agency g ON g.id = e.agency_id
                       WHERE e.dossier_id = d.id AND e.verb = ANY(%s::text[]))
               FROM dossiers_dossier d LEFT JOIN dossiers_answers a ON a.dossier_id = d.id WHERE d.id = ANY(%s::bigint[])""",
            [[verb.value for verb in PASSAGES], keys],
        )
        return {row[0]: Facts(*row[1:]) for row in cursor.fetchall()}


def _plan(dossier: Dossier, facts: Facts, registry: Held, at: datetime) -> Planned | None:
    """None for what needs a person or the slow way. A dossier on which the decision breaks is left to `route`, which says so."""
    if not facts.is_plain or facts.answers is None:
        return None
    try:
        return _decided(dossier, facts, registry, at)
    except Exception:
        log.warning("routing_left_to_one", dossier=dossier.pk, exc_info=True)
        return None


def _decided(dossier: Dossier, facts: Facts, registry: Held, at: datetime) -> Planned | None:
    on = local(dossier.accepted_at or dossier.filed_at).date()
    day, case = registry.day(on), dossier.case
    answers = parsed(facts.answers or "{}")
    known = known_places(case, answers, office=dossier.receiving_office, on=on, units=registry.units)
    chosen = chosen_fact(case.form, answers) or ""
    decision = competent(day.book, subject_of(dossier.version), known.facts, day.directory, chosen_fact=chosen)
    if not isinstance(decision, Competent) or decision.rule.kind is RuleKind.POOLED:
        return None
    place = known.facts.places.get(decision.rule.place_fact)
    unit = registry.units.unit(place.commune_code or place.province_code, on) if isinstance(place, Place) else None
    record = decision_record(decision, known.facts, at=at, trails=known.trails, chosen_fact=chosen)
    return Planned(dossier, decision.agency.id, unit, record)


def _staffed(planned: Sequence[Planned], registry: Held, at: datetime) -> list[Planned]:
    """Those whose agency has everybody who is needed on the day."""
    agencies = registry.agencies({plan.agency_id for plan in planned}).values()
    staffed = {pk for pk, lacks in lacks_of(agencies, local(at).date()).items() if not lacks}
    return [plan for plan in planned if plan.agency_id in staffed]


def _hand_over(planned: Sequence[Planned], told: Mapping[int, Facts], registry: Held, at: datetime) -> set[int]:
    """The dossiers are with their agencies, with record, control sheet and what follows from them."""
    if not planned:
        return set()
    agencies = registry.agencies(plan.agency_id for plan in planned)
    calendar = working_calendar(range(at.year - 1, at.year + 2))  # asked once: it looks at its table each time
    accepted = {plan.dossier.pk for plan in planned if plan.dossier.state == State.ACCEPTED}
    moves = [_move(plan, agencies[plan.agency_id], _answer_due(plan.dossier, told, calendar), at) for plan in planned]
    outcomes = transition_many(moves)
    done = [plan for plan, outcome in zip(planned, outcomes, strict=True) if not isinstance(outcome, DomainError)]
    handed = [(plan, told[plan.dossier.pk]) for plan in done if plan.dossier.pk in accepted]
    sheets = [
        Sheet(plan.dossier, facts.owner_name, facts.paper_count, _passages(facts, agencies[plan.agency_id], at)) for plan, facts in handed
    ]
    _record([Row(RouteDecision, dossier_id=plan.dossier.pk, **plan.record) for plan in done], control_sheets(sheets, at=at))
    return {plan.dossier.pk for plan in done}


def _answer_due(dossier: Dossier, told: Mapping[int, Facts], calendar: WorkCalendar) -> datetime:
    return answer_due(answerable_since(dossier, told[dossier.pk].paid_at), calendar)


def _move(plan: Planned, agency: Agency, answer_due_at: datetime, at: datetime) -> Move:
    fields: dict[str, Any] = {"agency": agency, "routing": Dossier.Routing.ROUTED.value, "place": plan.place}
    verb = Verb.HAND_OVER
    if plan.dossier.state == State.SUBMITTED:
        verb = Verb.ROUTE_TO_RECEPTION
        fields["answer_due_at"] = answer_due_at
    return Move(plan.dossier, verb, By(user=None, at=at, agency=agency), Step(fields=fields))


def _passages(told: Facts, agency: Agency, at: datetime) -> list[dict[str, str]]:
    """The hand-overs of the dossier as its control sheet lists them, with the one that has just been made."""
    before = [passage(datetime.fromisoformat(when), *line) for when, *line in parsed(told.passages or "[]")]
    return [*before, passage(at, Verb.HAND_OVER.value, "", agency.name, "")]


def _record(decisions: Sequence[Row], documents: Sequence[Row]) -> None:
    """The decisions stand, and the sheets with the order for their PDF, in one statement."""
    decided = insertion(RouteDecision, decisions)
    issued = insertion(IssuedDocument, documents, returning="id, dossier_id, kind")
    statement = (
        f"WITH decided AS ({decided.text}), issued AS ({issued.text})"  # noqa: S608 -- names of our own models
        " INSERT INTO outbox_outboxmessage (stream, subject_id, sequence, kind, payload, key, created_at, not_before,"
        " attempt, last_error, parked_reason)"
        " SELECT 'document', dossier_id, id, kind, jsonb_build_object('document', id), 'document:' || id, now.at, now.at, 0, '', ''"
        " FROM issued, (SELECT %s::timestamptz AS at) now"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*decided.parameters, *issued.parameters, technical_now()])
