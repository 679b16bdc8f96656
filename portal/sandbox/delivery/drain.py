"""Sends what the services owe to the portal. Rows survive a restart; each process drains them with one thread.

A row is claimed by moving its `not_before` into the future (the lease) under SKIP LOCKED, sent outside any transaction,
then marked delivered on a 2xx answer or left with a longer delay. A process that dies in between loses nothing.
"""

import logging
import secrets
import threading
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import urllib3
from django.db import Error, close_old_connections, transaction
from django.db.models import F, Q

from portal.core.clock import technical_now
from portal.sandbox import settings
from portal.sandbox.delivery.models import Delivery
from portal.sandbox.preparation import prepare
from portal.sandbox.signing import sign

log = logging.getLogger(__name__)
LEASE_SECONDS = 30
IDLE_SECONDS = 0.5
BACKOFF_SECONDS = (1, 2, 4, 8, 15, 30, 60, 120, 300)

_wake = threading.Event()
_http = urllib3.PoolManager(timeout=urllib3.Timeout(connect=3, read=10), retries=False)


def enqueue(scheme: Delivery.Scheme, subject: str, path: str, body: str, *, at: datetime, forged: bool = False) -> Delivery:
    """The portal will be told, from `at` on. A forged message is sent once and never again."""
    row = Delivery.objects.create(
        scheme=scheme,
        subject=subject,
        url=settings.PORTAL_BASE_URL + path,
        body=body,
        is_forged=forged,
        max_attempts=1 if forged else None,
        not_before=at,
        created_at=technical_now(),
    )
    transaction.on_commit(_wake.set)
    return row


def headers_for(row: Delivery, at: datetime) -> dict[str, str]:
    """The signature headers, made at the moment of sending so that a late message is still fresh."""
    timestamp, body = str(int(at.timestamp())), row.body
    headers = {"Content-Type": "application/json", "X-Timestamp": timestamp}
    if row.scheme == Delivery.Scheme.NATIONAL:
        nonce = secrets.token_hex(16)
        path = urlsplit(row.url).path
        secret = "not-the-shared-secret" if row.is_forged else settings.NATIONAL_HMAC_KEY
        signature = sign(secret, timestamp, nonce, "POST", path, body)
        return headers | {"X-Nonce": nonce, "X-Signature": signature}
    key = "not-the-shared-secret" if row.is_forged else settings.PAYMENT_SECRET
    return headers | {"X-Signature": sign(key, timestamp, body)}


def claim(at: datetime) -> Delivery | None:
    """The oldest due row, leased to the caller."""
    with transaction.atomic():
        due = Delivery.objects.filter(
            Q(max_attempts__isnull=True) | Q(attempt__lt=F("max_attempts")), delivered_at__isnull=True, not_before__lte=at
        )
        row = due.select_for_update(skip_locked=True).order_by("not_before", "pk").first()
        if row is not None:
            row.attempt += 1
            row.not_before = at + timedelta(seconds=LEASE_SECONDS)
            row.save(update_fields=["attempt", "not_before"])
        return row


def deliver(row: Delivery) -> None:
    """The row is delivered, or waits for its next attempt."""
    at = technical_now()
    try:
        answer = _http.request("POST", row.url, body=row.body.encode(), headers=headers_for(row, at), redirect=False)
        row.last_status, row.last_answer = answer.status, answer.data[:500].decode("utf-8", "replace").replace("\x00", "")
    except urllib3.exceptions.HTTPError as error:
        row.last_status, row.last_answer = None, type(error).__name__
    if row.last_status is not None and 200 <= row.last_status < 300:
        row.delivered_at = technical_now()
    wait = BACKOFF_SECONDS[min(row.attempt, len(BACKOFF_SECONDS)) - 1]
    row.not_before = technical_now() + timedelta(seconds=wait)
    row.save(update_fields=["last_status", "last_answer", "delivered_at", "not_before"])


def drain() -> int:
    """Everything due now was tried once; how many rows that were."""
    count = 0
    while row := claim(technical_now()):
        deliver(row)
        count += 1
    return count


def start_drain() -> None:
    """The process is prepared and drained by a daemon thread for as long as it lives."""
    threading.Thread(target=_loop, name="sandbox-drain", daemon=True).start()


def _loop() -> None:
    is_ready = False
    while True:
        try:
            if not is_ready:
                prepare()
                is_ready = True
            drain()
        except Error:  # the database went away: its rows wait for us
            log.warning("delivery_paused", exc_info=True)
        close_old_connections()
        _wake.wait(IDLE_SECONDS)
        _wake.clear()
