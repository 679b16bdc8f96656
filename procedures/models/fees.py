"""Dated fees and concessions. Read by `procedures.fees`."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import FAR_PAST, AdministrativeUnit
from procedures.models.rules import PERIOD
from procedures.models.versions import Channel, Procedure, in_language


class FeeRule(models.Model):
    """A dated fee; rules with the same `code` are one fee. `amount_vnd` empty: set by the provincial council and not
    known here, so it cannot be paid online. Immutable (database trigger): only its last day is set, once, by a published set."""

    class Kind(models.TextChoices):
        CHARGE = "charge", _("Charge")
        LEVY = "levy", _("Levy")

    class Basis(models.TextChoices):
        PER_DOSSIER = "per_dossier", _("Per dossier")
        PER_COPY = "per_copy", _("Per copy")
        PER_PAGE = "per_page", _("Per page")

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="fee_rules")
    code = models.SlugField(max_length=60)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    name_vi = models.CharField(max_length=250)
    name_en = models.CharField(max_length=250, blank=True)
    amount_vnd = models.PositiveBigIntegerField(null=True, blank=True)
    basis = models.CharField(max_length=12, choices=Basis.choices, default=Basis.PER_DOSSIER)
    tiers = models.JSONField(default=list, blank=True, help_text="[up_to, amount_vnd] pairs; up_to null is the rest")
    cap_vnd = models.PositiveBigIntegerField(null=True, blank=True, help_text="At most this much per copy")
    channel = models.CharField(max_length=8, blank=True, choices=Channel.choices)
    province = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+")
    legal_basis = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField(default=FAR_PAST)
    valid_to = models.DateField(null=True, blank=True)
    fee_set = models.ForeignKey(
        "FeeSet", models.PROTECT, null=True, blank=True, related_name="rules", help_text="Empty: loaded with the catalogue"
    )
    ended_by = models.ForeignKey("FeeSet", models.PROTECT, null=True, blank=True, related_name="ended_rules")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "code", "channel", "province", "valid_from"], nulls_distinct=False, name="fee_rule_once"
            ),
            ExclusionConstraint(
                name="fee_rule_once_a_day",
                expressions=[
                    ("procedure", "="),
                    ("code", "="),
                    ("channel", "="),
                    (Coalesce("province_id", 0), "="),
                    (PERIOD, "&&"),
                ],
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("This fee already has a rate in a part of the period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.name_vi}"

    @property
    def name(self) -> str:
        return in_language(self.name_vi, self.name_en)


class FeeConcession(models.Model):
    """An exemption (100 %) or reduction. `ground` is claimed by the payer; `condition` is found out by us.

    The condition `on_time` holds when it is filed within `within_days` of the date in the answer `since_answer`.
    """

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="fee_concessions")
    fee_code = models.SlugField(max_length=60, blank=True, help_text="Empty: all fees of the procedure")
    percent = models.PositiveSmallIntegerField(default=100)
    ground = models.SlugField(max_length=40, blank=True)
    condition = models.SlugField(max_length=40, blank=True)
    since_answer = models.CharField(max_length=60, blank=True)
    within_days = models.PositiveSmallIntegerField(null=True, blank=True)
    name_vi = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    channel = models.CharField(max_length=8, blank=True, choices=Channel.choices)
    province = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+")
    legal_basis = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField(default=FAR_PAST)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100), name="concession_percent_in_range"),
            models.UniqueConstraint(fields=["procedure", "fee_code", "ground", "condition", "valid_from"], name="concession_once"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} -{self.percent}% {self.name_vi}"

    @property
    def name(self) -> str:
        return in_language(self.name_vi, self.name_en)
