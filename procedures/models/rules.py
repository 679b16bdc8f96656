"""Dated rules that say who decides, and the pilot decisions that let every counter accept."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import FAR_PAST, AdministrativeUnit, Agency, valid_on
from procedures.models.versions import Procedure

PERIOD = Func(F("valid_from"), F("valid_to"), Value("[]"), function="daterange", output_field=DateRangeField())
"""The days of validity, both ends included; open where `valid_to` is empty."""

_ONE_GROUND = (
    Q(procedure__isnull=False, field_vi="", level="")
    | (Q(procedure__isnull=True, level="") & ~Q(field_vi=""))
    | (Q(procedure__isnull=True, field_vi="") & ~Q(level=""))
)
_PLACE_IS_ASKED = Q(place__isnull=True) | ~Q(place_fact="") | Q(kind="filing_place") | Q(kind="applicant_choice", choice_facts__len__gt=0)


class RuleContent(models.Model):
    """What a rule says: for this ground, who decides. Lower rank wins.

    The ground is one procedure, one field, or one level, and optionally a unit within which the deciding place must lie.
    """

    class Kind(models.TextChoices):
        FIXED_AGENCY = "fixed_agency", _("One fixed agency")
        DEPARTMENT_OF_PROVINCE = "department_of_province", _("Department of the province of the place")
        COMMUNE_AUTHORITY = "commune_authority", _("Commune authority of the place")
        MINISTRY = "ministry", _("Ministry")
        SERVICE_AREA = "service_area", _("Office whose service area holds the place")
        FILING_PLACE = "filing_place", _("Authority of the place of filing")
        APPLICANT_CHOICE = "applicant_choice", _("The applicant's choice among lawful agencies")
        POOLED = "pooled", _("Shared among agencies by load")

    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, blank=True, related_name="+")
    field_vi = models.CharField(max_length=200, blank=True)
    level = models.CharField(max_length=10, blank=True)
    rank = models.PositiveSmallIntegerField(default=100)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    place_fact = models.CharField(max_length=40, blank=True)
    choice_facts = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    choice_kind = models.CharField(
        max_length=24, choices=Kind.choices, default=Kind.COMMUNE_AUTHORITY, help_text="How each place of the choice leads to its agency"
    )
    agency_kind = models.CharField(max_length=40, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    place = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+", help_text="Only where the place lies in this unit"
    )
    legal_basis = models.CharField(max_length=300, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=_ONE_GROUND,
                name="%(class)s_has_one_ground",
                violation_error_message=_("A rule is for one procedure, or for one field, or for one level."),
            ),
            models.CheckConstraint(
                condition=_PLACE_IS_ASKED,
                name="%(class)s_place_is_asked",
                violation_error_message=_("A rule that holds within one unit must say which answer names the place."),
            ),
        ]


class CompetenceRule(RuleContent):
    """A published rule. Immutable (database trigger): only its last day is set, once, when a published set ends or replaces it."""

    version = models.PositiveIntegerField(default=1)
    valid_from = models.DateField(default=FAR_PAST)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    rule_set = models.ForeignKey(
        "RuleSet", models.PROTECT, null=True, blank=True, related_name="rules", help_text="Empty: loaded with the catalogue"
    )
    ended_by = models.ForeignKey("RuleSet", models.PROTECT, null=True, blank=True, related_name="ended_rules")

    class Meta(RuleContent.Meta):
        constraints = [
            *RuleContent.Meta.constraints,
            models.CheckConstraint(
                # A rule that is withdrawn before its first day ends on the day before it.
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from") - 1),
                name="competence_rule_period_in_order",
                violation_error_message=_("The rule would end before it begins."),
            ),
            ExclusionConstraint(
                name="competence_rule_once_per_rank",
                expressions=[
                    (Coalesce("procedure_id", 0), "="),
                    ("field_vi", "="),
                    ("level", "="),
                    ("rank", "="),
                    (Coalesce("place_id", 0), "="),
                    (PERIOD, "&&"),
                ],
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("Another rule of the same rank already covers this ground and period."),
            ),
        ]

    def __str__(self) -> str:
        return f"R{self.pk} {self.kind}"


class PilotDecision(models.Model):
    """Under this decision, taking a dossier at any counter of these provinces is its legal acceptance.

    No provinces listed: the whole country. No procedures listed: all but the versions marked `exempt_from_pilot`.
    """

    number = models.CharField(max_length=60, unique=True)
    title_vi = models.CharField(max_length=300)
    provinces = models.ManyToManyField(AdministrativeUnit, blank=True, related_name="+")
    procedures = models.ManyToManyField(Procedure, blank=True, related_name="+")
    source = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.number

    @staticmethod
    def in_force(day: date) -> "models.QuerySet[PilotDecision]":
        """Decisions whose validity covers the day."""
        return PilotDecision.objects.filter(valid_on(day))
