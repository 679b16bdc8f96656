"""What operators must know at once: written with the fact itself, and told by whoever registered for it."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from portal.outbox.models import OperatorAlert

Bell = Callable[[OperatorAlert], None]
_bells: list[Bell] = []


def on_alert(bell: Bell) -> None:
    """From now on `bell` is rung for every new alert, inside the transaction that wrote it."""
    if bell not in _bells:
        _bells.append(bell)


@transaction.atomic
def raise_alert(kind: str, *, about: str, text: str, at: datetime, message_id: int | None = None) -> bool:
    """The alert is open and people are being told; False if it was open already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_operatoralert (kind, about, message_id, text, opened_at)"
            " VALUES (%s::text, %s::text, %s::bigint, %s::text, %s::timestamptz) ON CONFLICT DO NOTHING RETURNING id",
            [str(kind), about[:80], message_id, text[:500], at],
        )
        row = cursor.fetchone()
    if row is None:
        return False
    alert = OperatorAlert.objects.get(pk=row[0])
    for bell in _bells:
        bell(alert)
    return True


def end_alerts(kind: str, *, about: str, at: datetime) -> None:
    """What the channel's alert was about has ended."""
    OperatorAlert.objects.filter(kind=kind, about=about, message__isnull=True, ended_at__isnull=True).update(ended_at=at)
