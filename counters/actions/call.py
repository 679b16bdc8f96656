"""The counter reaches a person who has neither phone messages nor e-mail."""

from datetime import datetime

from django.db import transaction

from dossiers.models import Dossier
from portal.accounts.models import User
from portal.notifications.actions import mark_called
from portal.notifications.models import Notification


@transaction.atomic
def note_call(notification: Notification, *, by: User, note: str, at: datetime) -> None:
    """The call is on record; the dossier leaves the call list with its last open call."""
    held = Notification.objects.select_for_update().get(pk=notification.pk)
    if held.called_at is not None:
        return
    mark_called(held, user_id=by.pk, note=note.strip()[:300], at=at)
    waiting = Notification.objects.filter(dossier_code=held.dossier_code, channel=Notification.Channel.CALL, called_at__isnull=True)
    if not waiting.exists():
        Dossier.objects.filter(code=held.dossier_code).update(in_call_list=False)
