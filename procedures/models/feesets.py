"""Draft sets of fees: the rates of one decision, for the country or one province; written by one person, published by another."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.agencies.models import AdministrativeUnit
from procedures.models.fees import FeeRule
from procedures.models.versions import Channel, Procedure


class FeeSet(models.Model):
    """Rates that take effect together. What is published or discarded stays on record as it was.

    Source: Luật phí và lệ phí 97/2015/QH13, Điều 21 and 22 (provincial People's Councils set the rates that the law leaves to them).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("Waiting for approval")
        PUBLISHED = "published", _("Published")
        DISCARDED = "discarded", _("Discarded")

    title = models.CharField(max_length=200)
    province = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: the whole country"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    legal_basis = models.CharField(max_length=300)
    note = models.TextField(blank=True)
    decision_number = models.CharField(max_length=60, blank=True)
    decision_on = models.DateField(null=True, blank=True)
    effective_from = models.DateField(null=True, blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="fee_set_approver_is_second_person",
                violation_error_message=_("The person who drafted it cannot approve it."),
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | (Q(effective_from__isnull=False, approved_by__isnull=False, published_at__isnull=False) & ~Q(decision_number="")),
                name="published_fee_set_has_decision",
                violation_error_message=_("Publishing needs a decision number, an effective date and a second person."),
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="fee_set_by_state")]

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"


class FeeChange(models.Model):
    """One line of a set: from its first day on, this fee of this procedure costs so much, or is no longer taken."""

    class Action(models.TextChoices):
        SET = "set", _("Set the amount")
        END = "end", _("No longer taken")

    fee_set = models.ForeignKey(FeeSet, models.PROTECT, related_name="changes")
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+")
    action = models.CharField(max_length=4, choices=Action.choices, default=Action.SET)
    code = models.SlugField(max_length=60)
    kind = models.CharField(max_length=6, choices=FeeRule.Kind.choices)
    name_vi = models.CharField(max_length=250)
    name_en = models.CharField(max_length=250, blank=True)
    amount_vnd = models.PositiveBigIntegerField(null=True, blank=True)
    basis = models.CharField(max_length=12, choices=FeeRule.Basis.choices, default=FeeRule.Basis.PER_DOSSIER)
    tiers = models.JSONField(default=list, blank=True, help_text="[up_to, amount_vnd] pairs; up_to null is the rest")
    cap_vnd = models.PositiveBigIntegerField(null=True, blank=True, help_text="At most this much per copy")
    channel = models.CharField(max_length=8, blank=True, choices=Channel.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fee_set", "procedure", "code", "channel"],
                name="fee_changed_once_per_set",
                violation_error_message=_("This set already changes that fee for these filings."),
            ),
            models.CheckConstraint(
                condition=Q(action="end") | Q(amount_vnd__isnull=False),
                name="fee_change_has_amount",
                violation_error_message=_("Say how much the fee is."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.code} {self.amount_vnd}"
