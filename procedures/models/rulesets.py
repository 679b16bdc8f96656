"""Draft sets of changes to the rules of competence: written by one person, published by another."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from procedures.models.rules import CompetenceRule, RuleContent


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    def open(self) -> "RuleSetQuerySet":
        """Sets that are still being written or wait for a second person."""
        return self.filter(state__in=(RuleSet.State.DRAFT, RuleSet.State.REVIEW))


class RuleSet(models.Model):
    """Changes to the rules that take effect together. What is published or discarded stays on record as it was."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("Waiting for approval")
        PUBLISHED = "published", _("Published")
        DISCARDED = "discarded", _("Discarded")

    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    legal_basis = models.CharField(max_length=300, blank=True)
    decision_number = models.CharField(max_length=60, blank=True)
    effective_from = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = RuleSetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="rule_set_approver_is_second_person",
                violation_error_message=_("The person who drafted it cannot approve it."),
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | (
                    Q(effective_from__isnull=False, approved_by__isnull=False, published_at__isnull=False)
                    & ~Q(decision_number="")
                    & ~Q(legal_basis="")
                ),
                name="published_rule_set_has_decision",
                violation_error_message=_("Publishing needs a decision number, a legal basis, an effective date and a second person."),
            ),
        ]
        indexes = [models.Index(fields=["state", "id"])]

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"


class RuleChange(RuleContent):
    """One change of a set: a rule is added, replaced or ended. Of an ended rule it holds what the rule said."""

    class Action(models.TextChoices):
        ADD = "add", _("Add a rule")
        REPLACE = "replace", _("Replace a rule")
        END = "end", _("End a rule")

    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="changes")
    action = models.CharField(max_length=8, choices=Action.choices)
    target = models.ForeignKey(CompetenceRule, models.PROTECT, null=True, blank=True, related_name="changes")

    class Meta(RuleContent.Meta):
        constraints = [
            *RuleContent.Meta.constraints,
            models.CheckConstraint(
                condition=Q(action="add", target__isnull=True) | (~Q(action="add") & Q(target__isnull=False)),
                name="rule_change_has_target",
                violation_error_message=_("Say which rule is replaced or ended."),
            ),
            models.UniqueConstraint(
                fields=["rule_set", "target"],
                name="rule_changed_once_per_set",
                violation_error_message=_("This set already changes that rule."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_id or self.kind}"
