"""The control: a relay as it is often written. Any due row in any order, a new key for each try, and again if in doubt.

If the check of the storm let this pass, it would prove nothing.
"""

import hashlib
import json
import random
import secrets
import sys
import time
from typing import Any

import django
import urllib3

django.setup()

from dossiers.national.mapping2026 import body_of  # noqa: E402
from portal.devtools import postgres  # noqa: E402
from tests.sandbox.client import Services  # noqa: E402
from tests.storm.world import FLAVOUR  # noqa: E402

TAKE = """
    UPDATE outbox_outboxmessage t SET lease_until = now() + interval '5 seconds' FROM (
        SELECT id FROM outbox_outboxmessage WHERE stream = 'national' AND done_at IS NULL AND (lease_until IS NULL OR lease_until < now())
        ORDER BY random() LIMIT 20 FOR UPDATE SKIP LOCKED) d, dossiers_dossier o
    WHERE t.id = d.id AND o.id = t.subject_id RETURNING t.id, o.code, t.sequence, t.kind, t.payload"""
DONE = "UPDATE outbox_outboxmessage SET done_at = now(), lease_until = NULL WHERE id = ANY(%s)"
AGAIN = "UPDATE outbox_outboxmessage SET lease_until = NULL WHERE id = ANY(%s) AND done_at IS NULL"


def item(code: str, seq: int, kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """A message under a key that is new each time."""
    body = body_of(body)
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"key": secrets.token_hex(16), "dossier_code": code, "seq": seq, "kind": kind, "body": body, "body_hash": digest}


def relay(database: str, url: str, seconds: float) -> None:
    """Sends until nothing was due for a while, or the time is over."""
    services, end, idle = Services(url), time.monotonic() + seconds, 0
    with postgres.connect(FLAVOUR, database=database) as connection:
        while time.monotonic() < end and idle < 100:
            rows = connection.execute(TAKE).fetchall()
            idle = 0 if rows else idle + 1
            ids = [row[0] for row in rows]
            if not rows:
                time.sleep(0.1)
                continue
            try:
                answer = services.send(*(item(str(c), int(str(s)), str(k), dict(b)) for _, c, s, k, b in rows), timeout=3)  # type: ignore[call-overload]
                connection.execute(DONE if answer.status == 200 and answer.json()["items"] else AGAIN, [ids])
            except (urllib3.exceptions.HTTPError, ValueError, KeyError, AssertionError):
                services.token = ""
                time.sleep(random.random() * 0.3)
                connection.execute(AGAIN, [ids])


if __name__ == "__main__":
    relay(sys.argv[1], sys.argv[2], float(sys.argv[3]))
