"""Calls of each channel and how many of them failed, counted in the database by a few seconds each."""

from datetime import datetime

from django.db import connection

from portal.outbox import breaker
from portal.outbox.models import ChannelCalls
from portal.outbox.rounds import bucket


def count(name: str, *, calls: int, failures: int, at: datetime, now: datetime) -> tuple[int, int]:
    """Calls that ended around `at` are counted. Returns calls and failures of the last minute, with them."""
    with connection.cursor() as cursor:
        cursor.execute(
            # A crash may forget the calls of the last moment: nobody waits for the disk because of them. The sum does not see the insert.
            "WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)), told AS ("
            " INSERT INTO outbox_channelcalls AS c (channel, begins, calls, failures)"
            " SELECT %(name)s::text, %(begins)s::timestamptz, %(calls)s::int, %(failures)s::int FROM relaxed"
            " ON CONFLICT (channel, begins) DO UPDATE SET calls = c.calls + EXCLUDED.calls, failures = c.failures + EXCLUDED.failures)"
            " SELECT coalesce(sum(calls), 0) + %(calls)s::int, coalesce(sum(failures), 0) + %(failures)s::int FROM outbox_channelcalls"
            " WHERE channel = %(name)s::text AND begins > %(since)s::timestamptz",
            {"name": name, "begins": bucket(at), "calls": calls, "failures": failures, "since": now - breaker.WINDOW},
        )
        found = cursor.fetchone()
    return int(found[0]), int(found[1])


def calls_of(name: str, *, now: datetime) -> tuple[int, int]:
    """Calls and failures of the last minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(calls), 0), coalesce(sum(failures), 0) FROM outbox_channelcalls"
            " WHERE channel = %s::text AND begins > %s::timestamptz",
            [name, now - breaker.WINDOW],
        )
        calls, failures = cursor.fetchone()
    return int(calls), int(failures)


def forget_calls(*, before: datetime) -> None:
    """Counts that no breaker looks at any more are gone."""
    ChannelCalls.objects.filter(begins__lt=before).delete()
