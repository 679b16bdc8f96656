"""Say one thing to one person, once. Texts carry a code and a link, never personal data. Source: Luật 91/2025/QH15."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation

from portal.core.db import require_transaction
from portal.notifications.models import Notification
from portal.notifications.texts import TEXTS
from portal.outbox.actions import enqueue
from portal.outbox.models import OutboxMessage


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a person can be reached; with neither phone nor e-mail the office calls or waits for the visit."""

    phone: str
    email: str
    office_id: int


def notify(
    template: str, *, subject_id: int, sequence: int, code: str, secret: str, to: Recipient, link: str, at: datetime
) -> Notification:
    """One message is queued for the person, or put on the office's call list. Repeating it with the same numbers changes nothing.

    `at` is technical time.
    """
    require_transaction()
    key = f"notify:{code}:{sequence}:{template}"
    channel = Notification.Channel.SMS if to.phone else Notification.Channel.EMAIL if to.email else Notification.Channel.CALL
    with translation.override("vi"):
        text = str(TEXTS[template]) % {"code": code, "link": link, "secret": secret}
    notification, is_new = Notification.objects.get_or_create(
        key=key,
        defaults={
            "template": template,
            "channel": channel,
            "recipient": to.phone or to.email,
            "dossier_code": code,
            "office_id": to.office_id,
            "text": text,
            "created_at": at,
        },
    )
    if is_new and channel != Notification.Channel.CALL:
        enqueue(
            OutboxMessage.Stream.NOTIFY,
            subject_id=subject_id,
            sequence=notification.pk,
            kind=template,
            key=key,
            at=at,
            payload={"notification": notification.pk},
        )
    return notification


def tell_staff(template: str, *, key: str, email: str, subject_id: int, words: Mapping[str, object], at: datetime) -> None:
    """A member of staff has an e-mail in the outbox. Repeating it with the same key changes nothing. `at` is technical time."""
    require_transaction()
    with translation.override("vi"):
        text = str(TEXTS[template]) % words
    notification, is_new = Notification.objects.get_or_create(
        key=key,
        defaults={
            "template": template,
            "channel": Notification.Channel.EMAIL,
            "recipient": email,
            "dossier_code": str(words["code"]),
            "text": text,
            "created_at": at,
        },
    )
    if is_new:
        enqueue(
            OutboxMessage.Stream.NOTIFY,
            subject_id=subject_id,
            sequence=notification.pk,
            kind=template,
            key=key,
            at=at,
            payload={"notification": notification.pk},
        )


def mark_called(notification: Notification, *, user_id: int, note: str, at: datetime) -> None:
    """The office has reached the person by telephone."""
    notification.called_at, notification.called_by_id, notification.call_note = at, user_id, note
    notification.save(update_fields=["called_at", "called_by_id", "call_note"])
