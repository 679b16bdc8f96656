"""Periodic work runs once per period, whoever asks for it and however often."""

from datetime import UTC, datetime, timedelta

from django.db import connection

from portal.core.models import JobRun

KEPT_FOR = timedelta(days=7)
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def is_first(name: str, *, every: timedelta, at: datetime) -> bool:
    """Whether the caller is the one to do the job's work in the period that holds `at` (technical time).

    Two schedulers, or a repeated message, get False; a job that nobody started for a while simply runs later.
    """
    begins = _EPOCH + (at - _EPOCH) // every * every
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_jobrun (name, period_start, started_at) VALUES (%s::text, %s::timestamptz, %s::timestamptz)"
            " ON CONFLICT DO NOTHING",
            [name, begins, at],
        )
        return bool(cursor.rowcount)


def forget_runs(*, before: datetime) -> int:
    """Records of runs before that time are gone; returns how many."""
    count, _by_model = JobRun.objects.filter(period_start__lt=before).delete()
    return count
