"""What a clerk's office reads: its drafts, calls and reminders."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404

from dossiers.models import Draft, Reminder
from portal.accounts.identity import Identity
from portal.accounts.models import Role
from portal.notifications.models import Notification


def drafts_of(who: Identity, at: datetime) -> QuerySet[Draft]:
    """Open drafts of the clerk's offices, newest first."""
    return (
        Draft.objects.filter(office_id__in=who.offices.get(Role.CLERK, ()), dossier__isnull=True, expires_at__gt=at)
        .select_related("version", "owner", "office")
        .order_by("-updated_at", "pk")
    )


def draft_or_404(who: Identity, draft_id: Any) -> Draft:
    """The draft, filed or expired ones too, if it belongs to one of the clerk's offices."""
    drafts = Draft.objects.filter(office_id__in=who.offices.get(Role.CLERK, ()))
    try:
        draft = (
            drafts.select_related("version__procedure", "case", "office__province", "office__unit", "dossier").filter(pk=draft_id).first()
        )
    except ValidationError as error:
        raise Http404 from error
    if draft is None:
        raise Http404
    return draft


def calls_of(who: Identity) -> QuerySet[Notification]:
    """Calls that the clerk's offices still have to make, oldest first."""
    return Notification.objects.filter(
        channel=Notification.Channel.CALL, called_at__isnull=True, office_id__in=who.offices.get(Role.CLERK, ())
    ).order_by("created_at", "pk")


def reminders_sent(who: Identity) -> QuerySet[Reminder]:
    """Reminders that the clerk's offices sent, newest first."""
    offices = who.offices.get(Role.CLERK, ())
    return Reminder.objects.filter(office_id__in=offices).select_related("dossier", "agency", "answered_by").order_by("-sent_at", "-pk")
