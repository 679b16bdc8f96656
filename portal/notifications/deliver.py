"""Hand queued messages to the SMS and e-mail gateway over HTTP; the gateway ignores a key that it has seen."""

import json
from collections.abc import Sequence
from datetime import timedelta

import urllib3
from django.conf import settings

from portal.core.clock import technical_now
from portal.core.patience import patient
from portal.notifications.models import Notification
from portal.outbox.actions import Claimed, Done, Outcome, Park, Retry
from portal.outbox.backoff import wait_before

_http = urllib3.PoolManager(timeout=urllib3.Timeout(connect=patient(2), read=patient(5)), retries=False)


def deliver(messages: Sequence[Claimed]) -> list[tuple[Claimed, Outcome]]:
    """Each message is with the gateway, or waits, or is parked with the gateway's words."""
    notifications = Notification.objects.in_bulk([message.payload["notification"] for message in messages])
    return [(message, _deliver(message, notifications[message.payload["notification"]])) for message in messages]


def _deliver(message: Claimed, notification: Notification) -> Outcome:
    body = {
        "key": notification.key,
        "channel": notification.channel,
        "to": notification.recipient,
        "text": notification.text,
        "subject": notification.dossier_code,
    }
    headers = {"Authorization": f"Bearer {settings.MESSAGES_TOKEN}", "Content-Type": "application/json"}
    try:
        answer = _http.request("POST", f"{settings.MESSAGES_URL}/messages", body=json.dumps(body).encode(), headers=headers, redirect=False)
    except urllib3.exceptions.HTTPError as error:
        return Retry(type(error).__name__, wait_before(message.attempt))
    if answer.status in {200, 201}:
        Notification.objects.filter(pk=notification.pk, sent_at__isnull=True).update(sent_at=technical_now())
        return Done()
    if answer.status in {400, 413, 422}:
        return Park(f"{answer.status}: {answer.data[:200].decode('utf-8', 'replace')}")
    return Retry(f"HTTP {answer.status}", max(wait_before(message.attempt), timedelta(seconds=1)))
