"""Say one thing to people of the administration, once. No personal data: a body, a number, a link."""

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings

from portal.accounts.models import Membership, Role
from portal.agencies.models import Agency
from portal.agencies.queries import centre_of
from portal.core.db import require_transaction
from portal.notifications.models import Notification
from portal.outbox.actions import enqueue
from portal.outbox.models import OutboxMessage


def supervisors_of(agency: Agency, on: date) -> list[str]:
    """Addresses of the supervisors of the agency's province; where it has none, of those of the country."""
    posts = Membership.objects.on(on).filter(role=Role.SUPERVISOR)
    centre = centre_of(agency.province, on) if agency.province else None
    own = posts.filter(office=centre) if centre else posts.none()
    chosen = own if own.exists() else posts.filter(office__isnull=True)
    return list(chosen.exclude(user__email="").order_by("user__email").values_list("user__email", flat=True).distinct())


def tell_staff(kind: str, *, key: str, text: str, to: Iterable[str], at: datetime) -> int:
    """Each of these addresses has the message in the outbox, or `OPERATORS` where there is none. How many were new.

    Repeating it with the same key changes nothing. `at` is technical time.
    """
    require_transaction()
    return sum(_tell(kind, f"{key}:{recipient}"[:120], text, recipient, at) for recipient in list(to) or settings.OPERATORS)


def _tell(kind: str, key: str, text: str, recipient: str, at: datetime) -> bool:
    channel = Notification.Channel.EMAIL if "@" in recipient else Notification.Channel.SMS
    fields = {"template": kind, "channel": channel, "recipient": recipient, "text": text, "created_at": at}
    notification, is_new = Notification.objects.get_or_create(key=key, defaults=fields)
    if is_new:
        enqueue(
            OutboxMessage.Stream.NOTIFY,
            subject_id=0,
            sequence=notification.pk,
            kind=kind,
            key=key,
            at=at,
            payload={"notification": notification.pk},
        )
    return is_new
