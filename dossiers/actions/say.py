"""Tell the person concerned, once per event."""

from django.conf import settings

from dossiers.models import Dossier, Event
from dossiers.secrets import secret_for
from portal.core.clock import technical_now
from portal.notifications.actions import Recipient, notify
from portal.notifications.models import Notification


def say(dossier: Dossier, template: str, event: Event) -> None:
    """A message is queued, or the dossier is on the receiving office's call list."""
    tell(dossier, template, event.seq, path=f"/tra-cuu/?ma={dossier.code}")


def tell(dossier: Dossier, template: str, sequence: int, *, path: str) -> None:
    """As `say`, for what is no event: `sequence` numbers what is told under this template."""
    notification = notify(
        template,
        subject_id=dossier.pk,
        sequence=sequence,
        code=dossier.code,
        secret=secret_for(dossier.code, dossier.secret_issue),
        to=Recipient(phone=dossier.phone, email=dossier.email, office_id=dossier.receiving_office_id),
        link=f"{settings.BASE_URL}{path}",
        at=technical_now(),
    )
    if notification.channel == Notification.Channel.CALL and not dossier.in_call_list:
        dossier.in_call_list = True
        dossier.save(update_fields=["in_call_list"])
