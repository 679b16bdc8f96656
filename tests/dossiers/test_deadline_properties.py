"""What must hold for every rule, every policy and every interruption."""

import csv
from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dossiers.deadlines import PAUSE_RESUME, RESTART, ClockEntry, EntryKind, Policy, TimeRule, TimeUnit, due_at, explain_days, fold
from portal.core import paths
from portal.core.workcalendar import TIMEZONE, Holiday, WorkCalendar
from tests.dossiers.test_deadlines import ADD_5, CALENDAR, MAKE_UP_2026, OFF_2026, at, started

UNITS = [unit for unit in TimeUnit if unit is not TimeUnit.CLOCK_HOUR]
rules = st.builds(TimeRule, st.integers(1, 12), st.sampled_from(UNITS))
policies = st.sampled_from([RESTART, PAUSE_RESUME, ADD_5])
instants = st.integers(0, 364 * 24 * 60).map(lambda minutes: at(1, 1, 0) + timedelta(minutes=minutes))
spans = st.timedeltas(timedelta(0), timedelta(days=40))


def _due(rule: TimeRule, policy: Policy, entries: list[ClockEntry], calendar: WorkCalendar = CALENDAR) -> datetime:
    due = due_at(rule, policy, entries, calendar)
    assert due is not None
    return due


@given(rules, policies, instants, spans, spans)
def test_the_due_time_is_within_working_time(
    rule: TimeRule, policy: Policy, received: datetime, used: timedelta, waited: timedelta
) -> None:
    due = _due(rule, policy, started(received, (received + used, received + used + waited)))

    assert CALENDAR.is_working_day(due.date())
    assert time(7) <= due.time() <= time(17)


@given(rules, policies, instants, spans, spans, spans)
def test_a_longer_suspension_is_never_due_earlier(
    rule: TimeRule, policy: Policy, received: datetime, used: timedelta, waited: timedelta, longer: timedelta
) -> None:
    asked = received + used

    short = _due(rule, policy, started(received, (asked, asked + waited)))

    assert short <= _due(rule, policy, started(received, (asked, asked + waited + longer)))


@given(rules, policies, instants, st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_another_holiday_never_makes_it_due_earlier(rule: TimeRule, policy: Policy, received: datetime, off: date) -> None:
    assume(off not in MAKE_UP_2026)
    with_holiday = WorkCalendar(OFF_2026 | {off}, MAKE_UP_2026, CALENDAR.years)

    assert _due(rule, policy, started(received)) <= _due(rule, policy, started(received), with_holiday)


@given(rules, instants, spans)
def test_received_later_is_never_due_earlier(rule: TimeRule, received: datetime, later: timedelta) -> None:
    assert _due(rule, RESTART, started(received)) <= _due(rule, RESTART, started(received + later))


@given(st.integers(1, 30), policies, instants, spans, spans)
def test_the_explained_days_add_up(value: int, policy: Policy, received: datetime, used: timedelta, waited: timedelta) -> None:
    assume(used < timedelta(days=value))
    rule = TimeRule(value, TimeUnit.WORKING_DAY)
    entries = started(received, (received + used, received + used + waited))

    days = explain_days(rule, policy, entries, CALENDAR)

    assert sum(day.counted for day in days) == value + (5 if policy is ADD_5 else 0)
    assert days[-1].on == _due(rule, policy, entries).date()
    assert [day.on for day in days] == sorted({day.on for day in days})


WAITS = (
    *(ClockEntry(kind, at(1, 1)) for kind in (EntryKind.SUSPEND, EntryKind.STOP, EntryKind.RECOUNT)),
    *(ClockEntry(EntryKind.SUSPEND, at(1, 1), policy=policy) for policy in (PAUSE_RESUME, RESTART, ADD_5)),
)


@given(rules, policies, instants, spans, spans, st.lists(st.sampled_from(WAITS), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_entries_of_one_instant_does_not_matter(
    rule: TimeRule, policy: Policy, received: datetime, used: timedelta, waited: timedelta, waits: list[ClockEntry], dice: Random
) -> None:
    assume(any(entry.kind is not EntryKind.RECOUNT for entry in waits))
    moment = received + used
    same = [ClockEntry(entry.kind, moment, policy=entry.policy) for entry in waits]
    shuffled = dice.sample(same, len(same))
    start, back = ClockEntry(EntryKind.START, received), ClockEntry(EntryKind.RESUME, moment + waited)

    one, other = (fold(rule, policy, [start, *entries], CALENDAR) for entries in (same, shuffled))
    assert (one.state, one.due_at, one.last_due_at) == (other.state, other.due_at, other.last_due_at)
    assert _due(rule, policy, [start, *same, back]) == _due(rule, policy, [start, *shuffled, back])


@given(rules, policies, instants, st.lists(spans, min_size=6, max_size=6))
def test_of_two_suspensions_each_made_longer_never_makes_it_earlier(
    rule: TimeRule, policy: Policy, received: datetime, lengths: list[timedelta]
) -> None:
    """The second begins when it did, however long the first was: it is only joined later."""
    asked, back, later_back, asked_again, back_again, later_still = (received + sum(lengths[: n + 1], timedelta()) for n in range(6))

    short = _due(rule, policy, started(received, (asked, back), (asked_again, back_again)))

    assert short <= _due(rule, policy, started(received, (asked, later_back), (asked_again, back_again)))
    assert short <= _due(rule, policy, started(received, (asked, back), (asked_again, later_still)))


def _real_calendar() -> WorkCalendar:
    with (paths.ROOT / "data" / "holidays.csv").open(encoding="utf-8") as file:
        days = [Holiday(date.fromisoformat(row["on"]), row["is_working"] == "1") for row in csv.DictReader(file)]
    return WorkCalendar.from_holidays(days, sorted({day.on.year for day in days}))


REAL = _real_calendar()
around_tet = st.integers(0, 75 * 24 * 60).map(lambda minutes: datetime(2025, 12, 15, tzinfo=TIMEZONE) + timedelta(minutes=minutes))
"""From the middle of December to the end of February: New Year, and nine days off at Tết."""


@given(st.integers(1, 30), around_tet)
def test_over_new_year_and_tet_only_working_days_count(value: int, received: datetime) -> None:
    rule = TimeRule(value, TimeUnit.WORKING_DAY)
    due = _due(rule, RESTART, started(received), REAL)
    days = explain_days(rule, RESTART, started(received), REAL)

    counted = [day.on for day in days if day.counted]
    assert len(counted) == value
    assert all(REAL.is_working_day(on) for on in counted)
    assert not [on for on in REAL.days_off if on in counted]
    assert counted[-1] == due.date()
    between = [received.date() + timedelta(days=n) for n in range(1, (due.date() - received.date()).days + 1)]
    assert [on for on in between if REAL.is_working_day(on)] == counted


@given(
    st.builds(TimeRule, st.integers(1, 12), st.sampled_from([unit for unit in UNITS if unit is not TimeUnit.YEAR])),
    policies,
    around_tet,
    spans,
    spans,
    spans,
)
def test_over_new_year_and_tet_a_longer_suspension_is_never_due_earlier(
    rule: TimeRule, policy: Policy, received: datetime, used: timedelta, waited: timedelta, longer: timedelta
) -> None:
    asked = received + used
    short = _due(rule, policy, started(received, (asked, asked + waited)), REAL)

    assert short <= _due(rule, policy, started(received, (asked, asked + waited + longer)), REAL)


@pytest.mark.parametrize("first", [date(2026, 2, 17), date(2027, 2, 6)])
def test_no_day_of_tet_is_a_working_day(first: date) -> None:
    assert not [n for n in range(-1, 3) if REAL.is_working_day(first + timedelta(days=n))]
