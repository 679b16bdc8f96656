"""What people write to each other about a dossier: officers among themselves. Append-only, under row-level security."""

from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier
from portal.accounts.models import User
from portal.agencies.models import Agency

LONGEST = 2000


class InternalNote(models.Model):
    """A note of the agency on a dossier. Only the agency that wrote it reads it, also when the dossier has gone elsewhere."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="notes", db_index=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    text = models.TextField(max_length=LONGEST)
    mentioned = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="The colleague who finds it in the work list",
    )
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
            models.CheckConstraint(condition=Q(mentioned__isnull=True) | ~Q(mentioned=models.F("author")), name="note_mentions_another"),
            models.CheckConstraint(condition=Q(seen_at__isnull=True) | Q(mentioned__isnull=False), name="note_seen_by_the_mentioned"),
        ]
        indexes = [
            models.Index(fields=["dossier", "-at", "-id"], name="note_by_dossier"),
            models.Index(fields=["mentioned", "-at"], condition=Q(mentioned__isnull=False, seen_at__isnull=True), name="note_unseen"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.author_id} {self.at:%Y-%m-%d %H:%M}"


class ThreadMessage(models.Model):
    """Something that the agency and the applicant wrote to each other. `agency` empty: the applicant wrote it. Never moves a clock."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="thread", db_index=False)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    text = models.TextField(max_length=LONGEST)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True, help_text="When the other side first read it")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="message_says_something")]
        indexes = [
            models.Index(fields=["dossier", "-at", "-id"], name="message_by_dossier"),
            models.Index(fields=["dossier"], condition=Q(agency__isnull=True, read_at__isnull=True), name="message_new_to_agency"),
            models.Index(fields=["dossier"], condition=Q(agency__isnull=False, read_at__isnull=True), name="message_new_to_applicant"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.author_id} {self.at:%Y-%m-%d %H:%M}"
