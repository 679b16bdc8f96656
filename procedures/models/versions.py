"""Procedures and their versions; a published version is immutable."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User


def in_language(vi: str, en: str) -> str:
    """The text in the reader's language; Vietnamese where no translation exists."""
    return en if en and get_language() == "en" else vi


class Channel(models.TextChoices):
    """NPSP KenhThucHien 1, 2, 3."""

    DIRECT = "direct", _("At a counter")
    ONLINE = "online", _("Online")
    POSTAL = "postal", _("By post")


class Procedure(models.Model):
    """A procedure of the national catalogue. Codes are replaced, never edited. Source: Nghị định 63/2010."""

    code = models.CharField(max_length=30, unique=True)
    field_vi = models.CharField(max_length=200)
    field_en = models.CharField(max_length=200, blank=True)
    keywords = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    search_key = models.TextField(default="", blank=True)
    ended_on = models.DateField(null=True, blank=True, help_text="First day on which it can no longer be filed")
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaces")
    replaced_by_code = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return self.code


class ProcedureVersionQuerySet(models.QuerySet["ProcedureVersion"]):
    def published(self) -> "ProcedureVersionQuerySet":
        return self.filter(state=ProcedureVersion.State.PUBLISHED)

    def in_force(self, day: date) -> "ProcedureVersionQuerySet":
        """One row per procedure: the latest published version already effective, of procedures that still exist."""
        return (
            self.published()
            .filter(Q(procedure__ended_on__isnull=True) | Q(procedure__ended_on__gt=day), effective_from__lte=day)
            .order_by("procedure_id", "-effective_from", "-number")
            .distinct("procedure_id")
        )


class ProcedureVersion(models.Model):
    """What the law wants shown, from `effective_from` on. A published row is immutable (database trigger)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("Waiting for approval")
        PUBLISHED = "published", _("Published")
        DISCARDED = "discarded", _("Discarded")

    class OnlineLevel(models.TextChoices):
        FULL = "full", _("Fully online")
        PARTIAL = "partial", _("Partly online")
        INFORMATION = "none", _("Information only")

    class AcceptanceScope(models.TextChoices):
        NATIONWIDE = "nationwide", _("Any counter in the country")
        PROVINCE = "province", _("Any counter of the province")
        TERRITORIAL = "territorial", _("Counters of the competent agency's area")

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    name_vi = models.TextField()
    name_en = models.TextField(blank=True)
    short_name_vi = models.CharField(max_length=250)
    short_name_en = models.CharField(max_length=250, blank=True)
    levels = ArrayField(models.CharField(max_length=10), default=list)
    competent_text_vi = models.CharField(max_length=300, blank=True, help_text="How the catalogue names the agency")
    channels = ArrayField(models.CharField(max_length=8, choices=Channel.choices), default=list)
    online_level = models.CharField(max_length=8, choices=OnlineLevel.choices)
    visit_note_vi = models.CharField(max_length=400, blank=True, help_text="Partly online: which visit is needed")
    visit_note_en = models.CharField(max_length=400, blank=True)
    acceptance_scope = models.CharField(max_length=12, choices=AcceptanceScope.choices)
    transfer_excluded = models.BooleanField(default=False, help_text="The clock starts when the competent agency accepts")
    exempt_from_pilot = models.BooleanField(default=False, help_text="Receiving counters only register it")
    supplement_policy = models.CharField(max_length=20, default="pause_resume")
    step_hours = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        db_default=[],
        blank=True,
        help_text="Working hours for receiving, assigning, examining, signing and returning; empty: shares of the legal time",
    )
    subjects_vi = models.CharField(max_length=300, blank=True, help_text="Who may file")
    subjects_en = models.CharField(max_length=300, blank=True)
    sets_count = models.PositiveSmallIntegerField(default=1, help_text="Number of sets of the dossier")
    steps_vi = models.TextField(blank=True)
    steps_en = models.TextField(blank=True)
    preconditions_vi = models.TextField(blank=True)
    preconditions_en = models.TextField(blank=True)
    fee_note_vi = models.TextField(blank=True)
    fee_note_en = models.TextField(blank=True)
    legal_basis = ArrayField(models.CharField(max_length=200), default=list)
    note_vi = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    decision_number = models.CharField(max_length=60, blank=True)
    decision_on = models.DateField(null=True, blank=True)
    effective_from = models.DateField(null=True, blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)

    objects: ClassVar = ProcedureVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="version_number_unique"),
            models.UniqueConstraint(
                fields=["procedure", "effective_from"],
                condition=Q(state="published"),
                name="one_published_version_a_day",
                violation_error_message=_("Another version takes effect on this day."),
            ),
            models.UniqueConstraint(
                fields=["procedure"],
                condition=Q(state__in=["draft", "review"]),
                name="one_open_draft_per_procedure",
                violation_error_message=_("This procedure already has an open draft."),
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | (Q(effective_from__isnull=False) & ~Q(decision_number="")),
                name="published_version_has_decision",
                violation_error_message=_("Publishing needs a decision number and an effective date."),
            ),
            models.CheckConstraint(condition=Q(step_hours__len=5) | Q(step_hours=[]), name="hours_for_all_five_steps"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(drafted_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="approver_is_second_person",
                violation_error_message=_("The person who drafted it cannot approve it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} v{self.number} {self.short_name_vi}"

    @property
    def name(self) -> str:
        return in_language(self.name_vi, self.name_en)

    @property
    def short_name(self) -> str:
        return in_language(self.short_name_vi, self.short_name_en)
