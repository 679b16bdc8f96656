"""What is signed or drawn to show that nothing is left out. Append-only, except for the verdicts of an inspection."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User


class CompletenessCertificate(models.Model):
    """The certificate of one day: the signed bytes, their hash, and the hash of the certificate before it."""

    number = models.PositiveIntegerField(unique=True)
    day = models.DateField(unique=True)
    issued_at = models.DateTimeField()
    content = models.TextField(help_text="Exactly what was signed: canonical JSON")
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)
    signature = models.CharField(max_length=128)
    key_id = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number=1, previous_hash="") | (Q(number__gt=1) & ~Q(previous_hash="")), name="certificate_chained"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.day}"


class InspectionDraw(models.Model):
    """Codes drawn at random: the same seed, span and population give the same codes."""

    seed = models.CharField(max_length=64)
    since = models.DateField()
    until = models.DateField()
    province = models.CharField(max_length=10, blank=True)
    population = models.PositiveIntegerField()
    drawn_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(since__lte=models.F("until")), name="draw_span_in_order")]
        indexes = [models.Index(fields=["-drawn_at", "-id"], name="draw_latest")]

    def __str__(self) -> str:
        return f"{self.seed} {self.since}…{self.until}"


class InspectedDossier(models.Model):
    """One drawn code with what both systems showed when they were asked, and the inspector's verdict.

    `theirs` is empty while the portal has not answered; `fault` then says why.
    """

    class Verdict(models.TextChoices):
        OPEN = "", _("Not judged yet")
        EQUAL = "equal", _("Equal")
        DIFFERENT = "different", _("Different")

    draw = models.ForeignKey(InspectionDraw, models.PROTECT, related_name="dossiers")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60)
    ours = models.JSONField(default=dict, help_text="Empty: unknown here")
    theirs = models.JSONField(default=dict)
    asked_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=300, blank=True)
    verdict = models.CharField(max_length=9, choices=Verdict.choices, default=Verdict.OPEN, blank=True)
    note = models.CharField(max_length=300, blank=True)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "position"], name="inspected_position_once"),
            models.UniqueConstraint(fields=["draw", "code"], name="inspected_code_once"),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(judged_by__isnull=False, judged_at__isnull=False), name="verdict_has_a_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id} {self.position} {self.code}"
