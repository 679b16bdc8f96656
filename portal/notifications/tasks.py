"""Periodic work of messages."""

from celery import shared_task

from portal.core.clock import technical_now
from portal.notifications.operators import tell_waiting


@shared_task(name="notifications.tell_operators", ignore_result=True)
def tell_operators_of_what_waits(**ignored: object) -> int:
    """Alerts that were raised shortly after another are told, and open ones told again. Idempotent: quiet times are in the database."""
    return tell_waiting(at=technical_now())
