"""From midnight of a reorganisation the successors have the open dossiers: queue, clock, code and promised date as they were.

Source: Luật Tổ chức chính quyền địa phương 2025; Nghị định 118/2025/NĐ-CP: a change of units is no new dossier.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dossiers.actions.route import decide_for
from dossiers.actions.transition import By, Step
from dossiers.actions.transition_many import Move, locked_many, transition_many
from dossiers.lifecycle import Verb
from dossiers.models import Dossier, RouteDecision
from dossiers.models.dossier import CLOSED_STATES
from dossiers.routerecord import person_record
from dossiers.states import State
from portal.agencies.actions.reorganise import record as record_step
from portal.agencies.models import Agency, AgencySuccession, Office, OfficeSuccession, Reorganisation
from portal.agencies.queries.lineage import agencies_on, offices_on
from portal.core.errors import DomainError
from portal.core.longjobs import Progress, begin, carry_on
from portal.core.models import LongJob
from portal.core.workcalendar import local
from procedures.competence import Competent

BATCH = 100
WATCHED_FOR = timedelta(days=31)
"""A dossier accepted before midnight may be routed later; so long after the day we look again."""
OPEN_STATES = tuple(state.value for state in State if state.value not in CLOSED_STATES)
BEING_DECIDED = (Dossier.Routing.PENDING.value, Dossier.Routing.NONE.value, Dossier.Routing.SEVERAL.value, Dossier.Routing.ASKED.value)


@dataclass(frozen=True, slots=True)
class Ended:
    """Agencies and offices that one reorganisation ended, by id."""

    agencies: tuple[int, ...]
    offices: tuple[int, ...]


@dataclass(slots=True)
class HandedOn:
    """How many dossiers a run moved, and how many it left to a person."""

    moved: int = 0
    to_person: int = 0


def hand_on_due(*, at: datetime) -> HandedOn:
    """Every open dossier of an agency or office that has ended is with the successor, or waits for a person. Idempotent."""
    today = local(at).date()
    result = HandedOn()
    due = Reorganisation.objects.filter(state=Reorganisation.State.APPROVED, effective_from__lte=today)
    recent = Q(effective_from__gte=today - WATCHED_FOR) | ~Q(records__step="settled")
    for reorganisation in due.filter(recent).order_by("effective_from", "pk").distinct():
        ended = _ended(reorganisation, today)
        job: Progress | None = None
        while (batch := _hand_on_batch(ended, at)) is not None:
            result.moved += batch.moved
            result.to_person += batch.to_person
            _note(reorganisation, "handed_on", at, batch)
            count = batch.moved + batch.to_person
            job = job or _job(reorganisation.number, count, ended)
            job.advanced(count)
        if job:
            job.end()
        if not reorganisation.records.filter(step="settled").exists():
            _note(reorganisation, "settled", at, HandedOn())
    return result


def _job(number: str, count: int, ended: Ended) -> Progress:
    """The run of this reorganisation: the one that broke off, or a new one."""
    known = carry_on(LongJob.Kind.INHERIT, about=number)
    return known or begin(LongJob.Kind.INHERIT, about=number, total=count + concerned(ended).count())


def _note(reorganisation: Reorganisation, step: str, at: datetime, batch: HandedOn) -> None:
    record_step(reorganisation, step, at=at, facts={"moved": batch.moved, "to_person": batch.to_person})


def concerned(ended: Ended) -> "Any":
    """The open dossiers that one of these has, decides, keeps or will hand back."""
    offices = Q(returning_office__in=ended.offices) | Q(custody_office__in=ended.offices)
    return Dossier.objects.filter(Q(agency__in=ended.agencies) & ~Q(routing__in=BEING_DECIDED) | offices, state__in=OPEN_STATES)


def _ended(reorganisation: Reorganisation, on: date) -> Ended:
    """Offices that nobody follows keep their lists: there is nobody to give them to."""
    agencies = AgencySuccession.objects.filter(reorganisation=reorganisation).order_by("pk").values_list("predecessor_id", flat=True)
    offices = OfficeSuccession.objects.filter(reorganisation=reorganisation).order_by("pk").values_list("predecessor_id", flat=True)
    return Ended(tuple(dict.fromkeys(agencies)), tuple(pk for pk in dict.fromkeys(offices) if offices_on(pk, on)))


@transaction.atomic
def _hand_on_batch(ended: Ended, at: datetime) -> HandedOn | None:
    """One batch is handed on; None when there was none."""
    ids = list(concerned(ended).order_by("pk").values_list("pk", flat=True)[:BATCH])
    dossiers = [one for one in locked_many(ids).values() if one.state in OPEN_STATES]
    return _hand_on(dossiers, at) if dossiers else None


def hand_on(dossier: Dossier, *, at: datetime) -> None:
    """The locked dossier is with the successor of its agency if that has ended; for whoever comes before the worker."""
    agency = dossier.agency
    if agency is not None and agency.valid_to is not None and agency.valid_to < local(at).date():
        _hand_on([dossier], at)


def _hand_on(dossiers: Iterable[Dossier], at: datetime) -> HandedOn:
    on, result = local(at).date(), HandedOn()
    heirs, counters = _Heirs(on), cache(lambda pk: offices_on(pk, on))
    moves: list[Move] = []
    decisions: list[RouteDecision] = []
    for dossier in dossiers:
        fields = _offices(dossier, counters)
        move, decision = _move(dossier, heirs, fields, on, at)
        moves.append(move)
        if decision is not None:
            decisions.append(decision)
            result.to_person += decision.agency is None
    outcomes = transition_many(moves)
    RouteDecision.objects.bulk_create(decisions)
    for outcome in outcomes:
        if isinstance(outcome, DomainError):
            raise outcome
    result.moved = len(moves) - result.to_person
    return result


DIVIDED = gettext_noop("%(old)s was divided on %(day)s. A person decides which successor goes on with your dossier. Its date stays.")
PASSED_ON = gettext_noop("%(new)s goes on with your dossier since %(day)s, as the legal successor of %(old)s. Code and date stay the same.")


def _move(dossier: Dossier, heirs: "_Heirs", fields: dict[str, Any], on: date, at: datetime) -> tuple[Move, RouteDecision | None]:
    """The step of one dossier, with its decision when its agency has ended."""
    old = dossier.agency
    candidates = heirs.of(old) if old is not None and dossier.routing not in BEING_DECIDED else None
    if old is None or candidates is None:
        return Move(dossier, Verb.INHERIT, By(None, at, agency=old), Step(note=_counter_note(fields), fields=fields)), None
    heir = _heir(dossier, candidates, on)
    note = _sentence(PASSED_ON if heir else DIVIDED, old, heir)
    if heir is None:
        fields["routing"] = Dossier.Routing.SEVERAL if candidates else Dossier.Routing.NONE
    else:
        fields["agency"] = heir
    decision = _decision(dossier, heir, () if heir else candidates, note, at)
    return Move(dossier, Verb.INHERIT, By(None, at, agency=heir or old), Step(note=note, fields=fields)), decision


class _Heirs:
    """The successors of agencies that have ended by the day; None for one in force."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._known: dict[int, list[Agency]] = {}

    def of(self, agency: Agency) -> list[Agency] | None:
        if agency.valid_to is None or agency.valid_to >= self._on:
            return None
        if agency.pk not in self._known:
            self._known[agency.pk] = agencies_on(agency.pk, self._on)
        return self._known[agency.pk]


def _heir(dossier: Dossier, candidates: list[Agency], on: date) -> Agency | None:
    """The only successor, else the one that the dossier's own places name among them; None is for a person."""
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    decision, _known = decide_for(dossier, on)
    if not isinstance(decision, Competent):
        return None
    return next((each for each in candidates if each.pk == decision.agency.id), None)


def _offices(dossier: Dossier, counters: "Any") -> dict[str, Any]:
    """Where the result will be handed back and who holds the papers, when that counter has ended."""
    fields: dict[str, Any] = {}
    for name in ("returning_office", "custody_office"):
        office: int | None = getattr(dossier, f"{name}_id")
        found: list[Office] = counters(office) if office else []
        if found and all(each.pk != office for each in found):
            fields[name] = found[0]
    return fields


def _sentence(text: str, old: Agency, heir: Agency | None) -> str:
    day = old.valid_to + timedelta(days=1) if old.valid_to else None
    with translation.override("vi"):
        return _(text) % {"old": old.name, "new": heir.name if heir else "", "day": f"{day:%d/%m/%Y}" if day else ""}


def _counter_note(fields: Mapping[str, Any]) -> str:
    office = fields.get("returning_office") or fields.get("custody_office")
    if office is None:
        return ""
    with translation.override("vi"):
        return _("%(office)s goes on for the counter that was merged. Code and date stay the same.") % {"office": office.name}


def _decision(dossier: Dossier, heir: Agency | None, candidates: Iterable[Agency], note: str, at: datetime) -> RouteDecision:
    return RouteDecision(
        dossier=dossier,
        outcome="inherited" if heir else "several",
        agency=heir,
        candidates=[each.pk for each in candidates],
        note=note[:500],
        reasons=[{"code": "inherited", "params": {}, "text": note}],
        record=person_record(heir, "", "", candidates=[(each.pk, each.name) for each in candidates]),
        at=at,
    )
