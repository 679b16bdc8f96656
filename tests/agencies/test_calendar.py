"""The committed calendar, against an independent source and the rules of 2026."""

from datetime import date, timedelta

import holidays
import pytest

from portal.agencies.models import Holiday
from portal.agencies.queries import working_calendar
from portal.agencies.reference_files import read_rows

KNOWN_DIFFERENCES = {date(2026, 1, 2)}
"""The package lacks the swap of Friday 2 January 2026 for Saturday 10 January."""


def test_days_off_agree_with_the_holidays_package() -> None:
    ours = {date.fromisoformat(row["on"]) for row in read_rows("holidays") if row["is_working"] == "0"}
    theirs = set(holidays.country_holidays("VN", years=range(2024, 2028)))
    weekdays = {day for day in ours ^ theirs if day.weekday() < 5}
    assert weekdays == KNOWN_DIFFERENCES


def test_each_make_up_day_is_a_saturday_and_each_row_has_a_source() -> None:
    rows = read_rows("holidays")
    assert all(date.fromisoformat(row["on"]).weekday() == 5 for row in rows if row["is_working"] == "1")
    assert all(row["source"] and row["name_vi"] and row["name_en"] for row in rows)
    assert all("dự kiến" in row["source"] for row in rows if row["on"].startswith("2027"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        ("2026-08-22", True),
        ("2026-08-31", False),
        ("2026-01-10", True),
        ("2026-01-02", False),
        ("2026-11-24", False),
        ("2026-04-27", False),
    ],
)
def test_swaps_of_2026(day: str, is_worked: bool) -> None:
    assert working_calendar([2026]).is_working_day(date.fromisoformat(day)) is is_worked


@pytest.mark.django_db
def test_a_year_without_rows_is_not_loaded() -> None:
    assert working_calendar([2026, 2040]).years == frozenset({2026})


@pytest.mark.django_db
def test_an_edited_day_counts_at_once() -> None:
    day = date(2026, 11, 24)
    assert not working_calendar([2026]).is_working_day(day)
    Holiday.objects.filter(on=day).update(is_working=True)
    assert working_calendar([2026]).is_working_day(day)
    Holiday.objects.filter(on=day).delete()
    assert working_calendar([2026]).is_working_day(day)
    Holiday.objects.create(on=day + timedelta(days=1), name_vi="Nghỉ", name_en="Off", source="test")
    assert not working_calendar([2026]).is_working_day(day + timedelta(days=1))
