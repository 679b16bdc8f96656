"""Days off announced late: which promised dates would move, and the recount once a second person has applied the change."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from dossiers.actions.ledger import CalendarMissing, CalendarOf, dates_after
from dossiers.actions.say import say
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.lifecycle import State, Verb
from dossiers.models import CalendarChange, ClockRecord, Dossier
from portal.accounts.models import User
from portal.agencies.models import Holiday
from portal.agencies.queries import working_calendar
from portal.core.errors import Conflict, NotAllowed
from portal.core.longjobs import begin, carry_on
from portal.core.models import LongJob
from portal.core.workcalendar import TIMEZONE, WorkCalendar
from portal.core.workcalendar import Holiday as Day

RUNNING = tuple(s.value for s in (State.ACCEPTED, State.IN_TRANSFER_TO_AGENCY, State.ASSIGNED, State.AWAITING_SIGNATURE))
PAYS_MEANWHILE = {"state": State.PAYMENT_REQUIRED.value, "came_from": State.ACCEPTED.value}
"""An ordinary fee does not hold the clock."""
BATCH = 100


class SamePersonApplies(NotAllowed):
    """Whoever proposed the change cannot apply it."""


class AlreadySettled(Conflict):
    """The change was applied or discarded meanwhile."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A promised date that would move."""

    dossier: Dossier
    old: datetime
    new: datetime


def concerned(on: date) -> QuerySet[Dossier]:
    """Running dossiers whose counting could touch the day: accepted by then and not due before it, oldest first."""
    begin = datetime.combine(on, time.min, tzinfo=TIMEZONE)
    found: QuerySet[Dossier] = Dossier.objects.filter(Q(state__in=RUNNING) | Q(**PAYS_MEANWHILE), due_at__gte=begin).order_by("pk")
    return found.select_related("version", "case", "agency", "receiving_office", "procedure")


def shifts(change: CalendarChange, *, limit: int) -> tuple[list[Shift], int, bool]:
    """The promised dates that would move, how many dossiers were looked at, and whether that was all of them."""
    moved: list[Shift] = []
    seen, calendar_of = 0, _calendar_with(change)
    for chunk in _chunks(concerned(change.on)[: limit + 1], BATCH):
        seen += len(chunk)
        moved += list(_moves(chunk, calendar_of))
    return moved, min(seen, limit), seen <= limit


def _chunks(dossiers: Iterable[Dossier], size: int) -> Iterator[list[Dossier]]:
    chunk: list[Dossier] = []
    for dossier in dossiers:
        chunk.append(dossier)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _moves(dossiers: Sequence[Dossier], calendar_of: CalendarOf = working_calendar) -> Iterator[Shift]:
    """Those of the dossiers whose date comes out differently by the calendar."""
    ledgers: dict[int, list[ClockRecord]] = {dossier.pk: [] for dossier in dossiers}
    for record in ClockRecord.objects.filter(dossier__in=ledgers).order_by("dossier_id", "seq"):
        ledgers[record.dossier_id].append(record)
    for dossier in dossiers:
        if not ledgers[dossier.pk] or dossier.due_at is None:
            continue
        try:
            new = dates_after(dossier, ledgers[dossier.pk], calendar_of).due_at
        except CalendarMissing:
            continue
        if new is not None and new != dossier.due_at:
            yield Shift(dossier, dossier.due_at, new)


def _calendar_with(change: CalendarChange) -> CalendarOf:
    """The calendar as if the change stood in the table; read once for the same years."""
    known: dict[tuple[int, ...], WorkCalendar] = {}

    def calendar_of(years: Iterable[int]) -> WorkCalendar:
        wanted = tuple(sorted(set(years)))
        if wanted not in known:
            known[wanted] = _with(working_calendar(wanted), wanted, change)
        return known[wanted]

    return calendar_of


def _with(calendar: WorkCalendar, wanted: Sequence[int], change: CalendarChange) -> WorkCalendar:
    """The calendar of the wanted years with the change in it."""
    if change.on.year not in wanted:
        return calendar
    rows = Holiday.objects.filter(on__year__in=wanted).exclude(on=change.on)
    days = [Day(row.on, row.is_working) for row in rows]
    if change.kind != CalendarChange.Kind.REMOVE:
        days.append(Day(change.on, change.kind == CalendarChange.Kind.WORKED))
    return WorkCalendar.from_holidays(days, sorted({day.on.year for day in days}))


@transaction.atomic
def apply_change(change_id: int, *, user: User, at: datetime) -> CalendarChange:
    """The day stands in the calendar, and a worker counts the running dossiers again. Raises SamePersonApplies, AlreadySettled."""
    change = CalendarChange.objects.select_for_update().get(pk=change_id)
    if change.applied_at or change.discarded_at:
        raise AlreadySettled(_("This change was applied or discarded meanwhile."))
    if change.proposed_by_id == user.pk:
        raise SamePersonApplies(_("The person who proposed the change cannot apply it."))
    if change.kind == CalendarChange.Kind.REMOVE:
        Holiday.objects.filter(on=change.on).delete()
    else:
        values = {
            "name_vi": change.name_vi,
            "name_en": change.name_en or change.name_vi,
            "is_working": change.kind == CalendarChange.Kind.WORKED,
            "source": change.source,
        }
        Holiday.objects.update_or_create(on=change.on, defaults=values)
    change.applied_by, change.applied_at = user, at
    change.save(update_fields=["applied_by", "applied_at"])
    return change


@transaction.atomic
def discard_change(change_id: int, *, at: datetime) -> None:
    """The calendar stays as it is. Raises AlreadySettled."""
    change = CalendarChange.objects.select_for_update().get(pk=change_id)
    if change.applied_at or change.discarded_at:
        raise AlreadySettled(_("This change was applied or discarded meanwhile."))
    change.discarded_at = at
    change.save(update_fields=["discarded_at"])


def recount_some(*, at: datetime, limit: int = BATCH) -> int:
    """The next dossiers of the oldest applied change are counted again; returns how many dates moved. Safe to repeat."""
    waiting = CalendarChange.objects.filter(applied_at__isnull=False, finished_at__isnull=True)
    change = waiting.select_related("applied_by").order_by("pk").first()
    if change is None:
        return 0
    about, who = f"{change.on:%d/%m/%Y} ({change.source})", change.applied_by.full_name if change.applied_by else ""
    job = carry_on(LongJob.Kind.RECOUNT, about=about)
    job = job or begin(LongJob.Kind.RECOUNT, about=about, by=who, total=concerned(change.on).filter(pk__gt=change.reached).count())
    counted = _recount(change.pk, at=at, limit=limit)
    job.advanced(counted.seen)
    if counted.is_over:
        job.end()
    return counted.moved


@dataclass(frozen=True, slots=True)
class _Counted:
    """What one batch came to."""

    seen: int
    moved: int
    is_over: bool


@transaction.atomic
def _recount(change_id: int, *, at: datetime, limit: int) -> _Counted:
    change = CalendarChange.objects.select_for_update().get(pk=change_id)
    chunk = list(concerned(change.on).filter(pk__gt=change.reached)[:limit])
    moved = 0
    for dossier in chunk:
        moved += _move(dossier.pk, change, at=at)
    change.moved += moved
    if chunk:
        change.reached = chunk[-1].pk
    else:
        change.finished_at = at
    change.save(update_fields=["moved", "reached", "finished_at"])
    return _Counted(len(chunk), moved, is_over=not chunk)


def _move(dossier_id: int, change: CalendarChange, *, at: datetime) -> bool:
    """The dossier has its new date, with an entry in the ledger, an event and a message; False if its date stays."""
    dossier = locked(dossier_id)
    runs = dossier.state in RUNNING or {"state": dossier.state, "came_from": dossier.came_from} == PAYS_MEANWHILE
    if not runs or not list(_moves([dossier])):
        return False
    why = f"Lịch làm việc thay đổi ngày {change.on:%d/%m/%Y} ({change.source}); ngày hẹn trả được tính lại."
    event = transition(dossier, Verb.RECOUNT, By(user=None, at=at), Step(note=why, legal_basis=change.source))
    say(dossier, "recounted", event)
    return True
