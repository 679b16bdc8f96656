"""When a dossier is due, why each day counts, and how late it is. Pure.

The arithmetic is that of `legalclock`; this is what pages, commands and actions ask.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from dossiers.legalclock import (
    IN_DAY_UNTIL,
    MINUTE_UNITS,
    TRANSFER_BASIS,
    Clock,
    ClockEntry,
    ClockState,
    EntryKind,
    LedgerBroken,
    Segment,
    fold,
    last_day,
)
from dossiers.timerules import (
    PAUSE_RESUME,
    RESTART,
    Policy,
    PolicyKind,
    TimeRule,
    TimeUnit,
    UnreadablePolicy,
    UnreadableRule,
    parse_policy,
    parse_rule,
)
from portal.core.workcalendar import ONE_DAY, TIMEZONE, CalendarYearMissing, WorkCalendar, local

__all__ = [
    "ANSWER_MINUTES", "IN_DAY_UNTIL", "PAUSE_RESUME", "RESTART", "TRANSFER_BASIS", "WHY_TEXTS", "Clock", "ClockEntry", "ClockState", "Day",
    "EntryKind", "Lateness", "LedgerBroken", "Policy", "PolicyKind", "TimeRule", "TimeUnit", "UnreadablePolicy", "UnreadableRule",
    "Why", "answer_due", "due_at", "due_soon_from", "explain_days", "fold", "hand_over_due", "lateness", "parse_policy", "parse_rule",
]  # fmt: skip

ANSWER_MINUTES = 8 * 60
"""An online filing is answered within 8 working hours. Source: Nghị định 45/2020/NĐ-CP."""


class Why(StrEnum):
    """Why a day counts or does not."""

    ON_THE_WAY = "on_the_way"
    AT_AGENCY = "at_agency"
    RECEIVED = "received"
    RESUMED = "resumed"
    WORKING_DAY = "working_day"
    MAKE_UP_DAY = "make_up_day"
    CALENDAR_DAY = "calendar_day"
    WORKING_HOURS = "working_hours"
    CLOCK_HOURS = "clock_hours"
    IN_DAY = "in_day"
    EXTENDED = "extended"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    ROLLED_FORWARD = "rolled_forward"
    AFTER_15 = "after_15"
    OUTSIDE_HOURS = "outside_hours"
    SUSPENDED = "suspended"
    RESTARTED = "restarted"


WHY_TEXTS = {
    Why.ON_THE_WAY: "On the way to the competent agency, not counted",
    Why.AT_AGENCY: "Day on which the competent agency received it, not counted",
    Why.RECEIVED: "Day of acceptance, not counted",
    Why.RESUMED: "Day on which the clock went on, not counted",
    Why.WORKING_DAY: "Working day",
    Why.MAKE_UP_DAY: "Make-up working day",
    Why.CALENDAR_DAY: "Calendar day",
    Why.WORKING_HOURS: "Working hours of this day",
    Why.CLOCK_HOURS: "Hours of this day",
    Why.IN_DAY: "Result on this day",
    Why.EXTENDED: "Added by the extension",
    Why.WEEKEND: "Weekend",
    Why.HOLIDAY: "Public holiday",
    Why.ROLLED_FORWARD: "The period ended on a day off, so it ends on this working day",
    Why.AFTER_15: "Received after 15:00 or outside a working day",
    Why.OUTSIDE_HOURS: "No working hours were left of this day",
    Why.SUSPENDED: "Waiting, not counted",
    Why.RESTARTED: "Not counted: the time started again",
}
"""English msgids."""


@dataclass(frozen=True, slots=True)
class Day:
    """One date between acceptance and due date. Under a rule in hours `minutes` is how much of the day counted."""

    on: date
    counted: bool
    why: Why
    minutes: int = 0


def due_at(rule: TimeRule, policy: Policy, entries: Sequence[ClockEntry], calendar: WorkCalendar) -> datetime | None:
    """When the result is due; None while the clock is not started or suspended.

    Raises CalendarYearMissing, LedgerBroken.
    """
    return fold(rule, policy, entries, calendar).due_at


def explain_days(rule: TimeRule, policy: Policy, entries: Sequence[ClockEntry], calendar: WorkCalendar) -> list[Day]:
    """Each date from acceptance to the due date (or to the open suspension), once, in order."""
    clock = fold(rule, policy, entries, calendar)
    days = {day.on: day for day in _way_to_the_agency(clock)}
    first = Why.AT_AGENCY if clock.on_the_way_since else Why.RECEIVED
    for number, segment in enumerate(clock.segments):
        for day in _segment_days(segment, calendar, Why.RESUMED if number else first):
            days[day.on] = _together(days.get(day.on), day)
        following = clock.segments[number + 1] if number + 1 < len(clock.segments) else None
        if segment.ended_at and (following or clock.state is ClockState.SUSPENDED):
            for day in _waiting_days(segment.ended_at, following):
                days.setdefault(day.on, day)
    return sorted(days.values(), key=lambda day: day.on)


def _together(before: Day | None, day: Day) -> Day:
    """The day on which the clock stood still and went on again: what counted of it before and after."""
    if before is None or not before.minutes:
        return day
    return replace(day if day.minutes else before, minutes=before.minutes + day.minutes)


def _way_to_the_agency(clock: Clock) -> list[Day]:
    """The dates from acceptance until the agency had it; the first of them while it is on its way."""
    if clock.on_the_way_since is None:
        return []
    first = clock.on_the_way_since.date()
    count = (clock.segments[0].anchor_at.date() - first).days if clock.segments else 1
    return [Day(first + n * ONE_DAY, counted=False, why=Why.ON_THE_WAY) for n in range(count)]


def _waiting_days(ended_at: datetime, following: Segment | None) -> list[Day]:
    first = local(ended_at).date()
    count = max((following.anchor_at.date() - first).days, 0) if following else 1
    return [Day(first + n * ONE_DAY, counted=False, why=Why.SUSPENDED) for n in range(count)]


def _segment_days(segment: Segment, calendar: WorkCalendar, opening: Why) -> list[Day]:
    """The dates on which the segment ran; the one on which it was interrupted only if hours of it counted."""
    first = segment.anchor_at.date()
    last = segment.due_at.date()
    if segment.ended_at:
        kept = ONE_DAY * (segment.unit not in MINUTE_UNITS or not _short_day(local(segment.ended_at).date(), segment, calendar).minutes)
        last = min(last, local(segment.ended_at).date() - kept)
    dates = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    if segment.unit in MINUTE_UNITS or segment.unit is TimeUnit.IN_DAY:
        days = [_short_day(day, segment, calendar) for day in dates]
    else:
        days = [_long_day(day, segment, calendar, opening) for day in dates]
    return [Day(day.on, counted=False, why=Why.RESTARTED) if segment.is_voided and day.counted else day for day in days]


def _short_day(day: date, segment: Segment, calendar: WorkCalendar) -> Day:
    """A date under a rule in hours, or of a result on the day."""
    if segment.unit in MINUTE_UNITS:
        return _hours_of(day, segment, calendar)
    if not calendar.is_working_day(day):
        return _off(day, calendar)
    if day == segment.due_at.date() and not segment.is_extended:
        return Day(day, counted=True, why=Why.IN_DAY)
    return Day(day, counted=segment.is_extended, why=Why.EXTENDED if segment.is_extended else Why.AFTER_15)


def _hours_of(day: date, segment: Segment, calendar: WorkCalendar) -> Day:
    """A date under a rule in hours, with how much of it counted."""
    until = min(segment.due_at, local(segment.ended_at)) if segment.ended_at else segment.due_at
    begins = max(segment.anchor_at, datetime.combine(day, time(), TIMEZONE))
    ends = max(begins, min(until, datetime.combine(day + ONE_DAY, time(), TIMEZONE)))
    if segment.unit is TimeUnit.CLOCK_HOUR:
        return Day(day, counted=True, why=Why.CLOCK_HOURS, minutes=int((ends - begins).total_seconds()) // 60)
    if not calendar.is_working_day(day):
        return _off(day, calendar)
    minutes = calendar.working_minutes_between(begins, ends)
    return Day(day, counted=minutes > 0, why=Why.WORKING_HOURS if minutes else Why.OUTSIDE_HOURS, minutes=minutes)


def _long_day(day: date, segment: Segment, calendar: WorkCalendar, opening: Why) -> Day:
    """A date under a rule in days, months or years."""
    first = segment.anchor_at.date()
    if day == first:
        return Day(day, counted=False, why=opening)
    by_working_days = segment.unit is TimeUnit.WORKING_DAY
    if day > last_day(first, segment.unit, segment.amount, calendar):
        if not calendar.is_working_day(day):
            return _off(day, calendar)
        return Day(day, counted=segment.is_extended, why=Why.EXTENDED if segment.is_extended else Why.ROLLED_FORWARD)
    if not by_working_days:
        return Day(day, counted=True, why=Why.CALENDAR_DAY)
    if not calendar.is_working_day(day):
        return _off(day, calendar)
    return Day(day, counted=True, why=Why.MAKE_UP_DAY if day in calendar.make_up_days else Why.WORKING_DAY)


def _off(day: date, calendar: WorkCalendar) -> Day:
    return Day(day, counted=False, why=Why.HOLIDAY if day in calendar.days_off else Why.WEEKEND)


def answer_due(received_at: datetime, calendar: WorkCalendar) -> datetime:
    """By when an online filing is accepted, refused or answered: 8 working hours."""
    return calendar.add_working_minutes(received_at, ANSWER_MINUTES)


def hand_over_due(accepted_at: datetime, calendar: WorkCalendar) -> datetime:
    """By when the papers leave for the agency: the same day, or as work begins next if after 15:00."""
    moment = local(accepted_at)
    if calendar.is_working_day(moment.date()) and moment.time() <= IN_DAY_UNTIL:
        return calendar.end_of_shift(moment.date())
    return calendar.start_of_shift(calendar.next_working_day(moment.date()))


class Lateness(StrEnum):
    """How a dossier stands towards its due time. Never a status."""

    NOT_DUE = "not_due"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


def due_soon_from(rule: TimeRule, clock: Clock, calendar: WorkCalendar) -> datetime | None:
    """From when on the dossier is due soon; None while it has no due time.

    The beginning of the working day before the due day. Of a time under two working days, its last quarter: a promise for today would
    otherwise be "due soon" from its first minute. A time that was extended is no longer a short one.
    """
    if clock.due_at is None or not clock.segments:
        return None
    segment = clock.segments[-1]
    if segment.is_extended or not (_is_short(rule.unit, _amount_of(rule)) and _is_short(segment.unit, segment.amount)):
        return max(_working_day_before(clock.due_at, calendar), segment.anchor_at)
    if segment.unit is TimeUnit.CLOCK_HOUR:
        return clock.due_at - (clock.due_at - segment.anchor_at) / 4
    minutes = calendar.working_minutes_between(segment.anchor_at, clock.due_at)
    return min(calendar.add_working_minutes(segment.anchor_at, minutes - minutes // 4), clock.due_at)


def _amount_of(rule: TimeRule) -> int:
    return rule.value * 60 if rule.unit in MINUTE_UNITS else rule.value


def _is_short(unit: TimeUnit, amount: int) -> bool:
    """Whether so much of the unit is under two working days. Hours come in minutes."""
    return unit is TimeUnit.IN_DAY or amount < _TWO_WORKING_DAYS.get(unit, 0)


_TWO_WORKING_DAYS = {TimeUnit.WORKING_DAY: 2, TimeUnit.DAY: 2, TimeUnit.HOUR: 2 * 8 * 60, TimeUnit.CLOCK_HOUR: 2 * 24 * 60}


def _working_day_before(due: datetime, calendar: WorkCalendar) -> datetime:
    """When the working day before the due day begins; 24 hours before where that year is not entered."""
    day = local(due).date() - ONE_DAY
    try:
        while not calendar.is_working_day(day):
            day -= ONE_DAY
    except CalendarYearMissing:
        return due - ONE_DAY
    return datetime.combine(day, time(), TIMEZONE)


def lateness(
    finished_at: datetime | None, due_at: datetime | None, now: datetime, rule: TimeRule, soon_at: datetime | None = None
) -> Lateness:
    """How the dossier stands. A clock without a due time is never overdue.

    Finished by date, or by instant where the rule is in hours. `soon_at` is what `due_soon_from` said; without it nothing is soon.
    """
    if finished_at is not None:
        return _closed(local(finished_at), local(due_at) if due_at else None, rule)
    if due_at is None:
        return Lateness.NOT_DUE
    if now > due_at:
        return Lateness.OVERDUE
    return Lateness.DUE_SOON if soon_at is not None and now >= soon_at else Lateness.NOT_DUE


def _closed(finished: datetime, due: datetime | None, rule: TimeRule) -> Lateness:
    if due is None:
        return Lateness.ON_TIME
    by_instant = rule.unit in MINUTE_UNITS
    late_by = (finished - due) if by_instant else (finished.date() - due.date())
    if late_by < timedelta():
        return Lateness.EARLY
    return Lateness.LATE if late_by > timedelta() else Lateness.ON_TIME
