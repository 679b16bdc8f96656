"""Put work into the outbox, claim it, and say how it ended. At least once; the fencing number guards late finishers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from portal.core.db import require_transaction
from portal.core.db.bulk import fresh
from portal.outbox.alerts import raise_alert
from portal.outbox.models import OperatorAlert, OutboxMessage

LEASE = timedelta(seconds=120)
REPUBLISH_AFTER = timedelta(seconds=30)
BATCH = 100
ORDERED = (OutboxMessage.Stream.NATIONAL,)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker holds until its lease ends; `attempt` is the fencing number.

    `tries` failures went before, `refusals` of them for what the message says.
    """

    id: int
    subject_id: int
    sequence: int
    kind: str
    payload: dict[str, Any]
    key: str
    attempt: int
    created_at: datetime
    tries: int = 0
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """The effect is there."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now; `after` is the wait. What was not sent at all does not count as a try."""

    reason: str
    after: timedelta
    is_refusal: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Park:
    """A person must look at it; nothing later of the same dossier is sent on an ordered stream."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rewind:
    """The other side lacks an earlier step: everything from `expected` on is sent again, in order, with the same bytes."""

    expected: int
    reason: str
    after: timedelta


Outcome = Done | Retry | Park | Rewind


def enqueue(
    stream: str, *, subject_id: int, sequence: int, kind: str, key: str, at: datetime, payload: dict[str, Any] | None = None
) -> None:
    """The message is part of the caller's transaction. `at` is technical time."""
    require_transaction()
    message(stream, subject_id=subject_id, sequence=sequence, kind=kind, key=key, at=at, payload=payload).save(force_insert=True)


def message(
    stream: str, *, subject_id: int, sequence: int, kind: str, key: str, at: datetime, payload: dict[str, Any] | None = None
) -> OutboxMessage:
    """The unsaved message, for a caller who inserts many at once. `at` is technical time."""
    return fresh(
        OutboxMessage,
        stream=stream,
        subject_id=subject_id,
        sequence=sequence,
        kind=kind,
        key=key,
        payload=payload or {},
        created_at=at,
        not_before=at,
    )


_DUE = (
    "m.done_at IS NULL AND m.parked_at IS NULL AND m.not_before <= %(now)s::timestamptz"
    " AND (m.lease_until IS NULL OR m.lease_until < %(now)s::timestamptz)"
)
_HEAD_OF_LINE = (
    " AND NOT EXISTS (SELECT 1 FROM outbox_outboxmessage e WHERE e.stream = m.stream AND e.subject_id = m.subject_id"
    " AND e.sequence < m.sequence AND e.done_at IS NULL)"
)


def claim(stream: str, *, now: datetime, limit: int = BATCH) -> list[Claimed]:
    """Up to `limit` due messages now belong to the caller for LEASE; on an ordered stream only the first of each dossier."""
    order = _HEAD_OF_LINE if stream in ORDERED else ""
    # A subselect may be planned as the inner side of a loop and run again for each row, each time locking `limit` more; this is run once.
    statement = f"""
        WITH due AS MATERIALIZED (
            SELECT m.id FROM outbox_outboxmessage m WHERE m.stream = %(stream)s::text AND {_DUE}{order}
            ORDER BY m.not_before, m.id LIMIT %(limit)s::int FOR UPDATE SKIP LOCKED)
        UPDATE outbox_outboxmessage t SET lease_until = %(until)s::timestamptz, attempt = t.attempt + 1
        FROM due WHERE t.id = due.id
        RETURNING t.id, t.subject_id, t.sequence, t.kind, t.payload::text, t.key, t.attempt, t.created_at, t.tries, t.refusals"""  # noqa: S608 -- constants only
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, {"stream": str(stream), "now": now, "until": now + LEASE, "limit": limit})
        rows = cursor.fetchall()
    return sorted((_claimed(row) for row in rows), key=lambda message: message.id)


def _claimed(row: Sequence[Any]) -> Claimed:
    return Claimed(row[0], row[1], row[2], row[3], json.loads(row[4]), row[5], *row[6:])


def settle(message: Claimed, outcome: Outcome, *, now: datetime) -> bool:
    """The message is done, waiting again, or parked with an alert. False if another worker took it over: then nothing changed."""
    mine = OutboxMessage.objects.filter(pk=message.id, attempt=message.attempt, done_at__isnull=True)
    match outcome:
        case Done():
            return bool(mine.update(done_at=now, lease_until=None, last_error=""))
        case Retry(reason, after, is_refusal, counts):
            counted = {"tries": F("tries") + 1, "refusals": F("refusals") + int(is_refusal)} if counts else {}
            return bool(mine.update(not_before=now + after, lease_until=None, published_at=None, last_error=reason[:500], **counted))
        case Park(reason):
            return _park(message, mine, reason, now)
        case Rewind():
            return _rewind(message, mine, outcome, now)


@transaction.atomic
def _park(message: Claimed, mine: QuerySet[OutboxMessage], reason: str, now: datetime) -> bool:
    if not mine.update(parked_at=now, parked_reason=reason[:500], lease_until=None, last_error=reason[:500]):
        return False
    stream = OutboxMessage.objects.values_list("stream", flat=True).get(pk=message.id)
    raise_alert(OperatorAlert.Kind.PARKED, about=stream, text=reason, at=now, message_id=message.id)
    return True


@transaction.atomic
def _rewind(message: Claimed, mine: QuerySet[OutboxMessage], outcome: Rewind, now: datetime) -> bool:
    row = mine.select_for_update().first()
    if row is None:
        return False
    reopen(row.stream, subject_id=row.subject_id, sequences=(outcome.expected, row.sequence - 1), now=now)
    return settle(message, Retry(outcome.reason, outcome.after, is_refusal=True), now=now)


def reopen(stream: str, *, subject_id: int, sequences: tuple[int, int], now: datetime) -> list[OutboxMessage]:
    """Acknowledged messages of the subject, from the first to the last sequence named, are due again with the same bytes and keys."""
    first, last = sequences
    again = OutboxMessage.objects.filter(
        stream=stream, subject_id=subject_id, sequence__gte=first, sequence__lte=last, done_at__isnull=False
    )
    found = list(again.select_for_update().order_by("sequence"))
    again.update(done_at=None, not_before=now, published_at=None, lease_until=None)
    return found


def settle_done(messages: Sequence[Claimed], *, now: datetime) -> int:
    """Those of `messages` still held by their claim are done; returns how many. One statement for a batch."""
    if not messages:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE outbox_outboxmessage t SET done_at = %s::timestamptz, lease_until = NULL, last_error = ''
               FROM unnest(%s::bigint[], %s::int[]) AS held(id, attempt)
               WHERE t.id = held.id AND t.attempt = held.attempt AND t.done_at IS NULL""",
            [now, [m.id for m in messages], [m.attempt for m in messages]],
        )
        return int(cursor.rowcount)


def publishable(*, now: datetime, limit: int = 1000) -> dict[str, int]:
    """Mark due messages that no worker was told about (or long ago) as published; returns how many per stream.

    A stream whose channel is interrupted, paused or stopped is left alone until its time has come.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""WITH due AS MATERIALIZED (
                SELECT m.id FROM outbox_outboxmessage m
                WHERE {_DUE} AND (m.published_at IS NULL OR m.published_at < %(stale)s::timestamptz)
                  AND m.stream NOT IN (SELECT c.stream FROM outbox_channel c WHERE c.closed_until > %(now)s::timestamptz)
                ORDER BY m.id LIMIT %(limit)s::int FOR UPDATE SKIP LOCKED)
            , told AS (
                UPDATE outbox_outboxmessage t SET published_at = %(now)s::timestamptz FROM due WHERE t.id = due.id RETURNING t.stream)
            SELECT stream, count(*) FROM told GROUP BY stream""",  # noqa: S608 -- constants only
            {"now": now, "stale": now - REPUBLISH_AFTER, "limit": limit},
        )
        return dict(cursor.fetchall())
