"""The legal working calendar, from the table that an admin keeps."""

from collections.abc import Iterable
from functools import lru_cache

from django.db import connection

from portal.agencies.models import Holiday
from portal.core import workcalendar


def working_calendar(years: Iterable[int]) -> workcalendar.WorkCalendar:
    """The calendar of these years, as far as their days off were entered; a year without any row is not loaded.

    Kept per process until the table changes.
    """
    return _calendar(tuple(sorted(set(years))), _version())


def _version() -> tuple[str, int, int]:
    """Changes whenever a row is added, edited or removed. xmin is the transaction that last wrote the row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(max(id), 0), coalesce(sum(xmin::text::bigint), 0) FROM agencies_holiday")
        count, newest, written = cursor.fetchone()
    return (str(connection.settings_dict["NAME"]), int(count) * 10_000_000 + int(newest), int(written))


@lru_cache(maxsize=64)
def _calendar(years: tuple[int, ...], _version: tuple[str, int, int]) -> workcalendar.WorkCalendar:
    rows = Holiday.objects.filter(on__year__in=years).order_by("on")
    days = [workcalendar.Holiday(row.on, row.is_working) for row in rows]
    return workcalendar.WorkCalendar.from_holidays(days, sorted({day.on.year for day in days}))
