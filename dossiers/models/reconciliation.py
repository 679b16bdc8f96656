"""Comparisons with the national portal, and what they found."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier, InboundFiling


class ReconciliationRun(models.Model):
    """One comparison of a span of filing days with the national portal. `fault`: why it could not be finished."""

    class Scope(models.TextChoices):
        RECENT = "recent", _("The last two days")
        ALL = "all", _("Everything")

    scope = models.CharField(max_length=6, choices=Scope.choices)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    groups = models.PositiveIntegerField(default=0, help_text="Days and provinces that were compared")
    groups_differing = models.PositiveIntegerField(default=0)
    ours = models.PositiveIntegerField(default=0, help_text="Dossiers of ours that the portal has acknowledged")
    theirs = models.PositiveIntegerField(default=0)
    rechecked = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Dossiers asked about because a step of theirs was acknowledged lately"
    )
    found = models.PositiveIntegerField(default=0, help_text="Differences that were new")
    closed = models.PositiveIntegerField(default=0)
    still_open = models.PositiveIntegerField(default=0)
    resent = models.PositiveIntegerField(default=0)
    fetched = models.PositiveIntegerField(default=0, help_text="Filings whose call was lost and that were fetched")
    fetched_to = models.PositiveBigIntegerField(default=0, help_text="Running number at the portal up to which was fetched")
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="reconciliation_latest")]

    def __str__(self) -> str:
        return f"{self.scope} {self.started_at}"


class SyncDifference(models.Model):
    """One dossier on which both sides disagree, with what each shows. Open until a comparison finds them equal."""

    class Kind(models.TextChoices):
        MISSING = "missing", _("Missing there")
        STALE = "stale", _("Behind there")
        ALTERED = "altered", _("Different there")
        EXTRA = "extra", _("Unknown here")

    class Ending(models.TextChoices):
        EQUAL = "equal", _("Equal again")
        RECEIVED = "received", _("Received here")

    code = models.CharField(max_length=60)
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, blank=True, related_name="sync_differences")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    day = models.DateField(null=True, blank=True, help_text="The filing day")
    province = models.CharField(max_length=10, blank=True)
    ours_seq = models.PositiveIntegerField(default=0)
    ours_status = models.PositiveSmallIntegerField(default=0)
    theirs_seq = models.PositiveIntegerField(default=0)
    theirs_status = models.PositiveSmallIntegerField(default=0)
    run = models.ForeignKey(ReconciliationRun, models.PROTECT, related_name="differences")
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="The last comparison that found it")
    repairs = models.PositiveSmallIntegerField(default=0, help_text="How often our steps were sent again for it")
    repaired_at = models.DateTimeField(null=True, blank=True)
    inbound = models.ForeignKey(InboundFiling, models.PROTECT, null=True, blank=True, related_name="sync_differences")
    note = models.CharField(max_length=300, blank=True)
    needs_person = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=8, choices=Ending.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(closed_at__isnull=True), name="difference_open_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, ending="") | (Q(closed_at__isnull=False) & ~Q(ending="")),
                name="difference_ends_somehow",
            ),
            models.CheckConstraint(condition=Q(kind="extra") | Q(dossier__isnull=False), name="difference_has_our_dossier"),
        ]
        indexes = [
            models.Index(fields=["found_at", "id"], condition=Q(closed_at__isnull=True), name="difference_open"),
            models.Index(fields=["-found_at", "-id"], name="difference_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"
