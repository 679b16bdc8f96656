"""What one agency lets another decide, which procedures start others, and what the last completeness check found."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.agencies.models import FAR_PAST, Agency
from procedures.models.rules import PERIOD, CompetenceRule
from procedures.models.versions import Procedure

_NOT_EMPTY = Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))


class Delegation(models.Model):
    """For a period an agency lets another decide: what one rule gives it, one procedure, or everything. The narrowest holds.

    Source: Luật Tổ chức chính quyền địa phương 72/2025/QH15 (a delegation names its term). Only its last day may be set anew, to end it
    early (database trigger); one that is withdrawn before its first day ends on the day before it.
    """

    from_agency = models.ForeignKey(Agency, models.PROTECT, related_name="delegations_given")
    to_agency = models.ForeignKey(Agency, models.PROTECT, related_name="delegations_received")
    rule = models.ForeignKey(CompetenceRule, models.PROTECT, null=True, blank=True, related_name="delegations")
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, blank=True, related_name="+")
    legal_basis = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_to = models.DateField()
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_agency=F("to_agency")),
                name="delegation_to_another",
                violation_error_message=_("An agency cannot delegate to itself."),
            ),
            models.CheckConstraint(
                condition=Q(rule__isnull=True) | Q(procedure__isnull=True),
                name="delegation_has_one_scope",
                violation_error_message=_("A delegation is for one rule, or one procedure, or everything."),
            ),
            models.CheckConstraint(
                condition=~Q(legal_basis=""), name="delegation_has_basis", violation_error_message=_("A delegation needs its legal basis.")
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from") - 1),
                name="delegation_period_in_order",
                violation_error_message=_("The delegation would end before it begins."),
            ),
            ExclusionConstraint(
                name="delegation_once_per_scope",
                expressions=[
                    ("from_agency", "="),
                    (Coalesce("rule_id", 0), "="),
                    (Coalesce("procedure_id", 0), "="),
                    (PERIOD, "&&"),
                ],
                condition=_NOT_EMPTY,
                violation_error_message=_("The agency has already delegated this for a part of the period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_agency_id} → {self.to_agency_id}"


class LinkedProcedure(models.Model):
    """Filing the parent also starts the child (liên thông), with its own agency and clock, under one matter.

    `facts` maps a place fact of the child to the parent's fact that answers it; `answers` does the same for questions of the forms,
    where a child's answer may also be a fixed value or a field of the earlier result. A child with `starts_after` waits for that
    child's result, which also stands for the components named in `papers_from_result`.
    """

    parent = models.ForeignKey(Procedure, models.PROTECT, related_name="linked_children")
    child = models.ForeignKey(Procedure, models.PROTECT, related_name="linked_parents")
    seq = models.PositiveSmallIntegerField()
    facts = models.JSONField(default=dict, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    papers_from_result = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    show = models.JSONField(null=True, blank=True, help_text="Condition on the parent's answers under which the child is started")
    starts_after = models.ForeignKey(Procedure, models.PROTECT, null=True, blank=True, related_name="+")
    is_optional = models.BooleanField(default=False, help_text="Started only if the applicant asks for it")
    legal_basis = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField(default=FAR_PAST)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(parent=F("child")) & (Q(starts_after__isnull=True) | ~Q(starts_after=F("child"))),
                name="linked_procedure_is_another",
                violation_error_message=_("A procedure cannot start itself."),
            ),
            ExclusionConstraint(
                name="linked_procedure_once",
                expressions=[("parent", "="), ("child", "="), (PERIOD, "&&")],
                violation_error_message=_("These two procedures are already linked in a part of the period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} → {self.child_id}"


class CompletenessReport(models.Model):
    """What a completeness check of one day found, for the page that shows it. The newest per day and scope counts."""

    on = models.DateField(help_text="The day whose rules, units, agencies and versions were checked")
    made_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: all of them")
    is_sample = models.BooleanField(default=False)
    procedures_count = models.PositiveIntegerField()
    communes_count = models.PositiveIntegerField()
    one_agency = models.PositiveIntegerField()
    lawful_choice = models.PositiveIntegerField()
    holes = models.PositiveIntegerField()
    ambiguous = models.PositiveIntegerField()
    not_asked = models.PositiveIntegerField(default=0, help_text="No form of the procedure asks for the place that decides")
    unstaffed_agencies = models.PositiveIntegerField()
    findings = models.JSONField(default=list, help_text="By procedure, outcome and province, with every commune")
    unstaffed = models.JSONField(default=list, help_text="By agency kind and province, agencies named up to a limit")

    class Meta:
        indexes = [models.Index(fields=["on", "-made_at"])]

    def __str__(self) -> str:
        return f"{self.on}: {self.gaps}"

    @property
    def gaps(self) -> int:
        """Pairs of procedure and commune without their one answer."""
        return self.holes + self.ambiguous + self.not_asked
