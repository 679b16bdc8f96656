"""The legal clock of a dossier: a fold over the ledger of its clock and the working calendar. Pure.

Source of the counting: Bộ luật Dân sự 2015, Art. 147 (the first day is not counted) and
Art. 148 (a period that ends on a day off ends on the next working day). The day of acceptance is
the calendar day, even a Saturday on which a counter is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from dossiers.timerules import PAUSE_RESUME, Policy, PolicyKind, TimeRule, TimeUnit
from portal.core.workcalendar import ONE_DAY, WorkCalendar, local

IN_DAY_UNTIL = time(15, 0)
"""Received by then, the result is due the same day. Source: 32 pages of the national catalogue."""

TRANSFER_BASIS = "Thời gian chuyển hồ sơ đến cơ quan có thẩm quyền không tính vào thời hạn giải quyết của thủ tục này."
"""Source: the announcement of 1.012564 and of seven others in the national catalogue."""

_GIVES = (PolicyKind.PAUSE_RESUME, PolicyKind.ADD_FIXED, PolicyKind.RESTART)
"""From the policy that gives least to the one that gives most."""

MINUTE_UNITS = frozenset({TimeUnit.HOUR, TimeUnit.CLOCK_HOUR})


class EntryKind(StrEnum):
    """Kinds of entries in the ledger of a clock. TRANSFER: accepted elsewhere, and the way to the competent agency does not count."""

    TRANSFER = "transfer"
    START = "start"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"
    STOP = "stop"
    RECOUNT = "recount"


class ClockState(StrEnum):
    """What the clock does now."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    SUSPENDED = "suspended"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ClockEntry:
    """One entry.

    SUSPEND may name its own policy (an outside obligation is always pause_resume), and so may RESUME (a case
    reopened runs its full time); EXTEND carries the new due time; RECOUNT says that days off were announced since.
    """

    kind: EntryKind
    at: datetime
    legal_basis: str = ""
    policy: Policy | None = None
    new_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """The clock ran from `anchor_at`, at which it had `amount` of `unit` left, until `ended_at`.

    Hours are kept in minutes. `due_at` is what it would have come to; `is_voided` when a restart
    made the days counted here worthless.
    """

    anchor_at: datetime
    unit: TimeUnit
    amount: int
    due_at: datetime
    ended_at: datetime | None = None
    is_extended: bool = False
    is_voided: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """What the ledger says. `due_at` is None while the clock is not started or suspended.

    `on_the_way_since`: accepted then, by somebody else than the competent agency, whose receipt starts it.
    """

    state: ClockState = ClockState.NOT_STARTED
    due_at: datetime | None = None
    first_due_at: datetime | None = None
    last_due_at: datetime | None = None
    segments: tuple[Segment, ...] = ()
    has_addition: bool = False
    on_the_way_since: datetime | None = None


class LedgerBroken(ValueError):
    """The entries do not begin with a start, or an extension names no new due time."""


def fold(rule: TimeRule, policy: Policy, entries: Sequence[ClockEntry], calendar: WorkCalendar) -> Clock:
    """The clock after all its entries, in their order. Raises CalendarYearMissing, LedgerBroken.

    Of several waits that overlap, the policy that gives most counts, whichever entry came first.
    """
    clock = Clock()
    held: Policy = policy
    for entry in entries:
        if entry.kind is EntryKind.START:
            clock = _start(clock, rule, entry.at, calendar)
        elif entry.kind is EntryKind.TRANSFER:
            clock = _set_out(clock, entry.at)
        elif clock.state is ClockState.NOT_STARTED:
            clock = _before_start(clock, rule, entry, calendar)
        elif entry.kind is EntryKind.SUSPEND:
            held = _waits_by(clock, held, entry.policy or policy)
            clock = _suspend(clock, entry.at, ClockState.SUSPENDED)
        elif entry.kind is EntryKind.STOP:
            held = _waits_by(clock, held, entry.policy or PAUSE_RESUME)
            clock = _suspend(clock, entry.at, ClockState.STOPPED)
        elif entry.kind is EntryKind.RESUME:
            clock = _resume(clock, rule, entry.policy or held, entry.at, calendar)
        elif entry.kind is EntryKind.EXTEND:
            clock = _extend(clock, entry, calendar)
    return clock


def _before_start(clock: Clock, rule: TimeRule, entry: ClockEntry, calendar: WorkCalendar) -> Clock:
    """What was stopped on its way to the agency begins there when it goes on; otherwise only a start is possible."""
    if entry.kind is EntryKind.RESUME and clock.on_the_way_since:
        return _start(clock, rule, entry.at, calendar)
    if entry.kind is not EntryKind.STOP and not (entry.kind is EntryKind.RECOUNT and clock.on_the_way_since):
        raise LedgerBroken(f"A clock that has not started cannot {entry.kind}.")
    return clock


def _waits_by(clock: Clock, held: Policy, policy: Policy) -> Policy:
    """The policy of the wait that begins, or of the one that it joins."""
    return policy if clock.state is ClockState.RUNNING else max(held, policy, key=lambda each: (_GIVES.index(each.kind), each.days))


def _set_out(clock: Clock, at: datetime) -> Clock:
    if clock != Clock():
        raise LedgerBroken("A clock that has begun does not begin at another agency.")
    return Clock(on_the_way_since=local(at))


def _start(clock: Clock, rule: TimeRule, at: datetime, calendar: WorkCalendar) -> Clock:
    if clock.segments:
        raise LedgerBroken("A clock starts once.")
    segment = _segment(at, rule.unit, _amount(rule), calendar)
    due = segment.due_at
    return replace(clock, state=ClockState.RUNNING, due_at=due, first_due_at=due, last_due_at=due, segments=(segment,))


def _suspend(clock: Clock, at: datetime, state: ClockState) -> Clock:
    is_stopped = state is ClockState.STOPPED
    if clock.state is not ClockState.RUNNING:
        return replace(clock, state=state, due_at=clock.last_due_at) if is_stopped else clock
    ended = replace(clock.segments[-1], ended_at=at)
    return replace(clock, state=state, due_at=clock.last_due_at if is_stopped else None, segments=(*clock.segments[:-1], ended))


def _resume(clock: Clock, rule: TimeRule, policy: Policy, at: datetime, calendar: WorkCalendar) -> Clock:
    if clock.state is ClockState.RUNNING:
        return clock
    last = clock.segments[-1]
    has_addition = clock.has_addition
    if policy.kind is PolicyKind.RESTART:
        last = replace(last, is_voided=True)
        segment = _segment(at, rule.unit, _amount(rule), calendar)
        if last.is_extended:
            # A new date once promised in an apology letter is not taken back.
            segment = replace(segment, due_at=max(segment.due_at, last.due_at))
    else:
        unit, amount = _left(last, calendar)
        if policy.kind is PolicyKind.ADD_FIXED and not has_addition:
            unit, amount = _add(unit, amount, policy.days)
            has_addition = True
        segment = _segment(at, unit, amount, calendar)
    segments = (*clock.segments[:-1], last, segment)
    due = segment.due_at
    return replace(clock, state=ClockState.RUNNING, due_at=due, last_due_at=due, segments=segments, has_addition=has_addition)


def _extend(clock: Clock, entry: ClockEntry, calendar: WorkCalendar) -> Clock:
    if entry.new_due_at is None or clock.state is not ClockState.RUNNING:
        raise LedgerBroken("An extension needs a running clock and a new due time.")
    due = local(entry.new_due_at)
    if not calendar.is_working_day(due.date()):
        due = calendar.end_of_shift(calendar.roll_forward(due.date()))
    segment = replace(clock.segments[-1], due_at=due, is_extended=True)
    return replace(clock, due_at=due, last_due_at=due, segments=(*clock.segments[:-1], segment))


def _amount(rule: TimeRule) -> int:
    return rule.value * 60 if rule.unit in MINUTE_UNITS else rule.value


def _segment(at: datetime, unit: TimeUnit, amount: int, calendar: WorkCalendar) -> Segment:
    return Segment(local(at), unit, amount, _reach(local(at), unit, amount, calendar))


def _reach(anchor: datetime, unit: TimeUnit, amount: int, calendar: WorkCalendar) -> datetime:
    """The instant at which the amount is used up."""
    if unit is TimeUnit.HOUR:
        return calendar.add_working_minutes(anchor, amount)
    if unit is TimeUnit.CLOCK_HOUR:
        return anchor + timedelta(minutes=amount)
    if unit is TimeUnit.IN_DAY:
        return calendar.end_of_shift(_in_day(anchor, calendar))
    return calendar.end_of_shift(calendar.roll_forward(last_day(anchor.date(), unit, amount, calendar)))


def last_day(start: date, unit: TimeUnit, amount: int, calendar: WorkCalendar) -> date:
    """The last day of a period counted in days, months or years, before it rolls over a day off."""
    if unit is TimeUnit.WORKING_DAY:
        return calendar.add_working_days(start, amount)
    if unit is TimeUnit.MONTH:
        return _add_months(start, amount)
    if unit is TimeUnit.YEAR:
        return _add_months(start, amount * 12)
    return start + amount * ONE_DAY


def _in_day(anchor: datetime, calendar: WorkCalendar) -> date:
    day = anchor.date()
    return calendar.roll_forward(day) if anchor.time() <= IN_DAY_UNTIL else calendar.next_working_day(day)


def _add_months(start: date, months: int) -> date:
    index = start.month - 1 + months
    year, month = start.year + index // 12, index % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + (start.day - 1) * ONE_DAY, following - ONE_DAY)


def _left(segment: Segment, calendar: WorkCalendar) -> tuple[TimeUnit, int]:
    """What was left when the segment ended; never less than one day or one hour.

    The day on which the clock was stopped is not used up. Months and years that were interrupted
    go on as the days they consist of; an extension counts up to its new date.
    """
    unit, due = segment.unit, segment.due_at
    asked = local(segment.ended_at or segment.anchor_at)
    if unit is TimeUnit.HOUR:
        return unit, max(calendar.working_minutes_between(max(asked, segment.anchor_at), due), 60)
    if unit is TimeUnit.CLOCK_HOUR:
        return unit, max(int((due - asked).total_seconds()) // 60, 60)
    if unit is TimeUnit.IN_DAY and not segment.is_extended:
        return unit, 1
    start = segment.anchor_at.date()
    before_first_left = max(asked.date() - ONE_DAY, start)
    if unit in (TimeUnit.WORKING_DAY, TimeUnit.IN_DAY):
        return TimeUnit.WORKING_DAY, max(calendar.working_days_between(before_first_left, due.date() + ONE_DAY), 1)
    end = due.date() if segment.is_extended else last_day(start, unit, segment.amount, calendar)
    return TimeUnit.DAY, max((end - before_first_left).days, 1)


def _add(unit: TimeUnit, amount: int, fixed: int) -> tuple[TimeUnit, int]:
    """The fixed addition counts in the rule's own unit; in-day results get working days."""
    if unit is TimeUnit.IN_DAY:
        return TimeUnit.WORKING_DAY, fixed
    return unit, amount + (fixed * 60 if unit in MINUTE_UNITS else fixed)
