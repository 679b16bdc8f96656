from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.workcalendar import TIMEZONE, CalendarYearMissing, Holiday, Shift, WorkCalendar

CALENDAR = WorkCalendar.from_holidays(
    [
        Holiday(date(2026, 11, 24), is_working=False),
        Holiday(date(2026, 8, 22), is_working=True),
        Holiday(date(2026, 8, 31), is_working=False),
    ],
    years=(2026,),
)


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=TIMEZONE)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 24), False),
        (date(2026, 11, 22), False),
        (date(2026, 8, 22), True),
        (date(2026, 8, 31), False),
    ],
    ids=["monday", "holiday", "sunday", "make-up-saturday", "bridge-day"],
)
def test_working_days(day: date, is_working: bool) -> None:
    assert CALENDAR.is_working_day(day) is is_working


def test_days_are_added_moved_and_counted() -> None:
    friday = date(2026, 11, 20)

    assert CALENDAR.next_working_day(friday) == date(2026, 11, 23)
    assert CALENDAR.add_working_days(friday, 3) == date(2026, 11, 26)
    assert CALENDAR.roll_forward(friday) == friday
    assert CALENDAR.roll_forward(date(2026, 11, 24)) == date(2026, 11, 25)
    assert CALENDAR.working_days_between(friday, date(2026, 11, 26)) == 2


def test_a_year_that_was_not_entered_is_refused() -> None:
    with pytest.raises(CalendarYearMissing, match="2027"):
        CALENDAR.next_working_day(date(2026, 12, 31))


@pytest.mark.parametrize(
    ("given_at", "normal"),
    [
        (at(23, 6, 30), at(23, 7)),
        (at(23, 12), at(23, 13, 30)),
        (at(23, 11, 30), at(23, 11, 30)),
        (at(23, 17), at(23, 17)),
        (at(23, 17, 0, 1), at(25, 7)),
        (at(22, 9), at(23, 7)),
        (datetime(2026, 11, 23, 1, 0, tzinfo=UTC), at(23, 8)),
    ],
    ids=["before", "lunch", "end-of-morning", "end-of-day", "after", "sunday", "other-offset"],
)
def test_instants_are_moved_into_working_time(given_at: datetime, normal: datetime) -> None:
    assert CALENDAR.normalise(given_at) == normal


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        (at(23, 10), 90, at(23, 11, 30)),
        (at(23, 10), 91, at(23, 13, 31)),
        (at(23, 16), 480, at(25, 16)),
        (at(21, 20), 480, at(23, 17)),
        (at(23, 12), 0, at(23, 13, 30)),
    ],
)
def test_working_minutes_are_added(start: datetime, minutes: int, end: datetime) -> None:
    assert CALENDAR.add_working_minutes(start, minutes) == end


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        CALENDAR.normalise(at(23, 8).replace(tzinfo=None))


def test_shifts_are_whole_and_in_order() -> None:
    with pytest.raises(ValueError, match="ends after"):
        Shift(time(9), time(9))
    with pytest.raises(ValueError, match="overlap"):
        WorkCalendar(frozenset(), frozenset(), frozenset({2026}), (Shift(time(8), time(12)), Shift(time(11), time(15))))


@given(st.integers(0, 24 * 60 * 20), st.integers(0, 4000))
def test_minutes_added_are_minutes_counted(offset: int, minutes: int) -> None:
    start = datetime.fromtimestamp(at(2, 0).timestamp() + offset * 60, TIMEZONE)

    assert CALENDAR.working_minutes_between(start, CALENDAR.add_working_minutes(start, minutes)) == minutes
