"""Failed attempts, counted in PostgreSQL: atomic, shared by all processes, gone from memory after their window."""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

CLEAR_AT_ONCE = 20


def count_attempt(what: str, *, now: datetime, window: timedelta) -> int:
    """One more attempt at `what` is on record; how many there are in its present window, this one included.

    `now` is technical time. Nobody can read from the row what was tried: only a keyed hash is kept. Call it outside
    transactions, so that a rolled-back request still counts.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO core_attempt AS a (key, count, until) VALUES (%s::text, 1, %s::timestamptz)
               ON CONFLICT (key) DO UPDATE SET
                 count = CASE WHEN a.until <= %s::timestamptz THEN 1 ELSE a.count + 1 END,
                 until = CASE WHEN a.until <= %s::timestamptz THEN excluded.until ELSE a.until END
               RETURNING count""",
            [_key(what), now + window, now, now],
        )
        (count,) = cursor.fetchone()
        cursor.execute(
            """DELETE FROM core_attempt WHERE key IN
               (SELECT key FROM core_attempt WHERE until < %s::timestamptz LIMIT %s::int FOR UPDATE SKIP LOCKED)""",
            [now, CLEAR_AT_ONCE],
        )
    return int(count)


def forgive_attempt(what: str) -> None:
    """The last attempt was right and does not count."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_attempt SET count = greatest(count - 1, 0) WHERE key = %s::text", [_key(what)])


def _key(what: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"attempt:{what}".encode(), hashlib.sha256).hexdigest()
