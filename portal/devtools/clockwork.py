"""The demo's clock: legal time of every process runs ahead of true time by what stands in one row. It only moves forward."""

import math
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction

from portal.agencies.queries import working_calendar
from portal.core.clock import business_now, forget_reading
from portal.core.errors import DomainError
from portal.core.models import DemoClock

MORNING = time(8, 0)
LAST_MORNING_START = time(9, 30)
ROW = 1


class ClockRefused(DomainError):
    """The clock is not ours to move, or would run backwards."""


@transaction.atomic
def move_forward(by: timedelta) -> datetime:
    """Legal time is later by `by` for every process of this database. Returns it. Raises ClockRefused."""
    if not settings.DEMO:
        raise ClockRefused("Only the demo's clock can be moved.")
    if by < timedelta():
        raise ClockRefused("The clock only moves forward: due dates already promised would be undone.")
    row, _is_new = DemoClock.objects.select_for_update().get_or_create(id=ROW)
    row.offset_seconds += math.ceil(by.total_seconds())
    row.save(update_fields=["offset_seconds"])
    forget_reading()
    return business_now()


def move_to(moment: datetime) -> datetime:
    """Legal time is `moment`. Raises ClockRefused when that has passed."""
    return move_forward(moment - business_now())


def to_working_morning(*, of_next_day: bool) -> datetime:
    """It is the morning of a working day: of the next one, or of today if the morning has not passed yet."""
    now = business_now()
    calendar = working_calendar(range(now.year, now.year + 2))
    today = now.date()
    is_early = calendar.is_working_day(today) and now.time() < LAST_MORNING_START
    if is_early and not of_next_day:
        return now if now.time() >= MORNING else move_to(datetime.combine(today, MORNING, now.tzinfo))
    return move_to(datetime.combine(calendar.next_working_day(today), MORNING, now.tzinfo))
