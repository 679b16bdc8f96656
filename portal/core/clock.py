"""The only place that asks what time it is.

`business_now()` is legal time: filing, events, due dates, codes, holidays. In the demo it runs ahead of true time by an
offset that one table row holds, so that every process moves at once. `technical_now()` never moves: leases, retries,
sessions, signatures.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def technical_now() -> datetime:
    """True time, in UTC."""
    return datetime.now(UTC)


def business_now() -> datetime:
    """Legal time, aware, in Asia/Ho_Chi_Minh."""
    return (technical_now() + _demo_offset()).astimezone(LOCAL)


def business_today() -> date:
    """The legal date in Viet Nam."""
    return business_now().date()


@contextmanager
def one_reading() -> Iterator[None]:
    """Inside, the demo's offset is read once: around a request, in which nobody needs to see the clock being moved by another."""
    token = _read.set([])
    try:
        yield
    finally:
        _read.reset(token)


def forget_reading() -> None:
    """Whoever moved the clock sees it moved."""
    if (kept := _read.get()) is not None:
        kept.clear()


_read: ContextVar[list[timedelta] | None] = ContextVar("read", default=None)


def _demo_offset() -> timedelta:
    if not settings.DEMO:
        return timedelta()
    kept = _read.get()
    if kept:
        return kept[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT offset_seconds FROM core_demo_clock WHERE id = 1")
        row = cursor.fetchone()
    offset = timedelta(seconds=row[0]) if row else timedelta()
    if kept is not None:
        kept.append(offset)
    return offset
