"""Drafts that nobody came back to leave nothing behind."""

from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction

from dossiers.models import Draft, DraftFile, Paper

SHOWN_AS_EXPIRED_FOR = timedelta(days=30)
"""For a month the person is told that the draft expired, instead of not finding it."""
BATCH = 500


def clear_drafts(*, at: datetime) -> int:
    """Unfiled drafts that expired a month before `at` are gone, with those of their files that no dossier has. Returns how many."""
    with transaction.atomic():
        old = Draft.objects.filter(dossier__isnull=True, expires_at__lt=at - SHOWN_AS_EXPIRED_FOR)
        drafts = list(old.order_by("pk").select_for_update(skip_locked=True)[:BATCH].values_list("pk", flat=True))
        keys = set(DraftFile.objects.filter(draft__in=drafts).values_list("storage_key", flat=True))
        keys -= set(Paper.objects.filter(storage_key__in=keys).values_list("storage_key", flat=True))
        Draft.objects.filter(pk__in=drafts).delete()
    for key in keys:
        default_storage.delete(key)
    return len(drafts)
