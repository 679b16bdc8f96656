"""Housekeeping of the technical tables."""

from celery import shared_task

from portal.core.clock import technical_now
from portal.core.jobs import KEPT_FOR, forget_runs
from portal.core.longjobs import forget_jobs


@shared_task(name="core.forget_old_runs", ignore_result=True)
def forget_old_runs(**ignored: object) -> int:
    """Records of periodic runs older than a week, and of long work that ended a month ago, are gone. Idempotent."""
    return forget_runs(before=technical_now() - KEPT_FOR) + forget_jobs()
