"""What waits, what is parked, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from portal.outbox import breaker
from portal.outbox.models import Channel, OutboxMessage


@dataclass(frozen=True, slots=True)
class StreamState:
    """Counts of one stream. `oldest_at` is when the oldest unfinished message that is not parked was written."""

    stream: str
    waiting: int
    in_work: int
    parked: int
    done: int
    oldest_at: datetime | None


def stream_states(*, now: datetime) -> list[StreamState]:
    """One row for each stream, in the order in which the streams are declared."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT stream,
                      count(*) FILTER (WHERE done_at IS NULL AND parked_at IS NULL AND (lease_until IS NULL OR lease_until < %(now)s)),
                      count(*) FILTER (WHERE done_at IS NULL AND parked_at IS NULL AND lease_until >= %(now)s),
                      count(*) FILTER (WHERE parked_at IS NOT NULL),
                      count(*) FILTER (WHERE done_at IS NOT NULL),
                      min(created_at) FILTER (WHERE done_at IS NULL AND parked_at IS NULL)
               FROM outbox_outboxmessage GROUP BY stream""".replace("%(now)s", "%(now)s::timestamptz"),
            {"now": now},
        )
        found = {row[0]: StreamState(*row) for row in cursor.fetchall()}
    return [found.get(stream.value) or StreamState(stream.value, 0, 0, 0, 0, None) for stream in OutboxMessage.Stream]


def parked() -> QuerySet[OutboxMessage]:
    """Messages that wait for a person, oldest first."""
    return OutboxMessage.objects.filter(parked_at__isnull=False).order_by("parked_at", "pk")


COUNTED = 10_000
"""Beyond this a page says "more than"."""
LAST_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Traffic:
    """One stream, as a page shows it: counts up to COUNTED + 1, and how long the last hour's messages took."""

    stream: str
    waiting: int
    oldest_at: datetime | None
    parked: int
    done_last_hour: int
    typical: timedelta | None
    slow: timedelta | None


_TRAFFIC = """
    SELECT s.stream, w.n, o.created_at, p.n, d.n, d.p50, d.p95 FROM unnest(%(streams)s::text[]) WITH ORDINALITY AS s(stream, place)
    CROSS JOIN LATERAL (SELECT count(*) AS n FROM (
        SELECT 1 FROM outbox_outboxmessage m WHERE m.stream = s.stream AND m.done_at IS NULL AND m.parked_at IS NULL
        LIMIT %(most)s::int) x) w
    LEFT JOIN LATERAL (
        SELECT m.created_at FROM outbox_outboxmessage m WHERE m.stream = s.stream AND m.done_at IS NULL AND m.parked_at IS NULL
        ORDER BY m.created_at LIMIT 1) o ON true
    CROSS JOIN LATERAL (SELECT count(*) AS n FROM (
        SELECT 1 FROM outbox_outboxmessage m WHERE m.stream = s.stream AND m.parked_at IS NOT NULL LIMIT %(most)s::int) x) p
    CROSS JOIN LATERAL (
        SELECT count(*) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY x.lag) AS p50, percentile_cont(0.95) WITHIN GROUP (ORDER BY x.lag)
        AS p95 FROM (
            SELECT m.done_at - m.created_at AS lag FROM outbox_outboxmessage m
            WHERE m.stream = s.stream AND m.done_at > %(since)s::timestamptz ORDER BY m.done_at DESC LIMIT %(most)s::int) x) d
    ORDER BY s.place"""


def traffic(*, now: datetime) -> list[Traffic]:
    """Every stream in the order of declaration, from partial indexes only: as fast with millions of finished messages."""
    with connection.cursor() as cursor:
        cursor.execute(_TRAFFIC, {"streams": list(OutboxMessage.Stream.values), "most": COUNTED + 1, "since": now - LAST_HOUR})
        return [Traffic(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel with the calls and failures of the last minute."""

    channel: Channel
    calls: int
    failures: int


def channel_states(*, now: datetime) -> list[ChannelState]:
    """Every channel that was ever troubled or called in the last minute, by name. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT channel, sum(calls), sum(failures) FROM outbox_channelcalls WHERE begins > %s::timestamptz GROUP BY channel",
            [now - breaker.WINDOW],
        )
        counts = {name: (int(calls), int(failures)) for name, calls, failures in cursor.fetchall()}
    known = {row.name: row for row in Channel.objects.all()}
    names = sorted({*known, *counts})
    return [ChannelState(known.get(name) or Channel(name=name), *counts.get(name, (0, 0))) for name in names]


def settled_of(ids: Sequence[int]) -> dict[int, str]:
    """Of these messages those that are done or parked, and which of both."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id, CASE WHEN done_at IS NULL THEN 'parked' ELSE 'done' END FROM outbox_outboxmessage
               WHERE id = ANY (%s::bigint[]) AND (done_at IS NOT NULL OR parked_at IS NOT NULL)""",
            [list(ids)],
        )
        return dict(cursor.fetchall())


def failing() -> QuerySet[OutboxMessage]:
    """Messages that failed and will be tried again, the latest trial first."""
    return OutboxMessage.objects.filter(done_at__isnull=True, parked_at__isnull=True).exclude(last_error="").order_by("-not_before")
