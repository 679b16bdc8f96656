"""A merger, division, renaming or dissolution of units, entered once, and the successions of agencies and offices it leads to."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.agencies.models.places import AdministrativeUnit, Agency, Office


class Reorganisation(models.Model):
    """Units end and begin at midnight of `effective_from`. Approving it writes every dated row that follows from its lines."""

    class Kind(models.TextChoices):
        MERGER = "merger", _("Merger")
        SPLIT = "split", _("Division")
        RENAME = "rename", _("Renaming")
        DISSOLUTION = "dissolution", _("Dissolution")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        APPROVED = "approved", _("Approved")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    level = models.CharField(max_length=8, choices=[("province", _("Province")), ("commune", _("Commune"))])
    number = models.CharField(max_length=60)
    legal_basis = models.CharField(max_length=300)
    effective_from = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("entered_by")),
                name="reorganisation_second_person",
                violation_error_message=_("A second person has to approve what you entered."),
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="reorganisation_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(closed_by__isnull=False, closed_at__isnull=False) & ~Q(close_reason=""),
                name="reorganisation_cancelled_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["-effective_from", "-id"], name="reorganisation_newest")]

    def __str__(self) -> str:
        return f"{self.number} ({self.effective_from})"


class ReorganisationLine(models.Model):
    """From the day on, the new unit stands where the old one, or a part of it, stood."""

    reorganisation = models.ForeignKey(Reorganisation, models.CASCADE, related_name="lines")
    old_unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, related_name="+")
    new_code = models.CharField(max_length=5)
    new_name = models.CharField(max_length=120)
    new_type = models.CharField(max_length=40)
    new_province_code = models.CharField(max_length=2, blank=True, help_text="Of a commune; empty: the province that it lies in")
    new_identifier = models.CharField(max_length=20, blank=True, help_text="Identifier of the new committee; empty: derived")
    new_unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reorganisation", "old_unit", "new_code"], name="reorganisation_line_once")]

    def __str__(self) -> str:
        return f"{self.old_unit_id} → {self.new_code}"


class ReorganisationRecord(models.Model):
    """What was done about a reorganisation, by whom: entered, approved, cancelled, posts carried over, dossiers handed on. Append-only."""

    reorganisation = models.ForeignKey(Reorganisation, models.PROTECT, related_name="records")
    step = models.CharField(max_length=20)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.reorganisation_id} {self.step}"


class AgencySuccession(models.Model):
    """From `valid_from` on, `successor` takes over what `predecessor` had; several rows for one that was divided."""

    predecessor = models.ForeignKey(Agency, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Agency, models.PROTECT, related_name="predecessions")
    valid_from = models.DateField()
    reorganisation = models.ForeignKey(Reorganisation, models.PROTECT, null=True, blank=True, related_name="agency_successions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="agency_succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="agency_succeeds_another"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id} ({self.valid_from})"


class OfficeSuccession(models.Model):
    """From `valid_from` on, `successor` takes over lists and custody of `predecessor`, whose code series has ended."""

    predecessor = models.ForeignKey(Office, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Office, models.PROTECT, related_name="predecessions")
    valid_from = models.DateField()
    reorganisation = models.ForeignKey(Reorganisation, models.PROTECT, null=True, blank=True, related_name="office_successions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="office_succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="office_succeeds_another"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id} ({self.valid_from})"
