"""What passes between the administration and the citizen while the case runs: supplements, fees, reminders."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from portal.accounts.models import User
from portal.agencies.models import Agency, Office
from portal.core.money import format_vnd
from procedures.models import FeeRule


class SupplementPermit(models.Model):
    """A supervisor allowed one more request, and why. Append-only; a request uses it up."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="supplement_permits")
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="supplement_permit_has_reason")]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.at:%Y-%m-%d}"


class SupplementRequest(models.Model):
    """One consolidated request for everything that is missing; a second one of the same stage names its permit (trigger)."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="supplement_requests")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer_by = models.DateField()
    note = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    expired_at = models.DateTimeField(null=True, blank=True, help_text="Nobody answered in time; `answered_at` is then the same instant")
    permit = models.OneToOneField(SupplementPermit, models.PROTECT, null=True, blank=True, related_name="request")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier"], condition=Q(answered_at__isnull=True), name="one_open_supplement_request")
        ]
        indexes = [models.Index(fields=["answer_by", "id"], condition=Q(answered_at__isnull=True), name="supplement_open_by_date")]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.asked_at:%Y-%m-%d}"


class SupplementItem(models.Model):
    """One thing to add or to correct, with its reason. `field_key` names an answer, `requirement_key` a paper."""

    request = models.ForeignKey(SupplementRequest, models.PROTECT, related_name="items")
    seq = models.PositiveSmallIntegerField()
    requirement_key = models.CharField(max_length=60, blank=True)
    field_key = models.CharField(max_length=60, blank=True, default="", db_default="")
    title = models.CharField(max_length=400)
    reason = models.CharField(max_length=500)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title


class AnswerChange(models.Model):
    """An answer of the declaration before and after a supplement. Append-only; protected by row-level security like the answers."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="answer_changes")
    request = models.ForeignKey(SupplementRequest, models.PROTECT, related_name="changes")
    field_key = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "field_key"], name="answer_changed_once_per_request")]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.field_key}"


class FeeLine(models.Model):
    """What the owner owes for this dossier. Payments settles it through `actions.settle_fee`."""

    class State(models.TextChoices):
        DUE = "due", _("To be paid")
        PAID = "paid", _("Paid")
        HELD = "held", _("Held until acceptance")
        EXEMPT = "exempt", _("Exempt")
        REFUND_DUE = "refund_due", _("To be refunded")
        REFUNDED = "refunded", _("Refunded")
        WAIVED = "waived", _("No longer owed")
        UNKNOWN = "unknown", _("Amount set by the provincial council, not yet entered")

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="fee_lines")
    rule = models.ForeignKey(FeeRule, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=6, choices=FeeRule.Kind.choices)
    name = models.CharField(max_length=250)
    amount_vnd = models.PositiveBigIntegerField(null=True, blank=True, help_text="Empty: set by the provincial council and not known here")
    beneficiary = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    exemption = models.CharField(max_length=300, blank=True)
    basis = models.CharField(max_length=300, blank=True, help_text="What the amount rests on, where a person entered it")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_vnd__isnull=False) | Q(state__in=["unknown", "waived", "exempt"]), name="fee_amount_known_unless_said"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.name} {self.amount_vnd}"

    @property
    def owed_vnd(self) -> int:
        """The amount; 0 while nobody has entered it."""
        return self.amount_vnd or 0

    @property
    def amount_text(self) -> str:
        """The amount as people read it; never "free" where a council decides."""
        return format_vnd(self.amount_vnd) if self.amount_vnd is not None else str(_("Amount set by the provincial People's Council"))


class Reminder(models.Model):
    """A watching office urges; the agency must answer."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="reminders")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField(db_default=Now(), help_text="The agency must answer by then")
    text = models.TextField()
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["agency", "sent_at"], condition=Q(answered_at__isnull=True), name="reminder_open_by_agency"),
            models.Index(fields=["due_at"], condition=Q(answered_at__isnull=True), name="reminder_open_by_due"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.sent_at:%Y-%m-%d %H:%M}"
