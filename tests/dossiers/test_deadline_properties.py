"""What must hold for every rule, every policy and every interruption."""

from datetime import date, datetime, time, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from dossiers.deadlines import PAUSE_RESUME, RESTART, ClockEntry, Policy, TimeRule, TimeUnit, due_at, explain_days
from portal.core.workcalendar import WorkCalendar
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
