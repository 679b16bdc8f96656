"""Long checks of the registry as background work, and delegations that wait for a second person."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.agencies.models import Agency
from procedures.models.delegations import CompletenessReport, Delegation
from procedures.models.rulesets import RuleSet
from procedures.models.versions import Procedure


class RegistryRun(models.Model):
    """A dry run of a draft set, or a completeness check: asked for on a page, done by a worker, kept with its result.

    The row is the truth; a message to the broker only wakes a worker, who claims the row for the time of its lease.
    `fingerprint` says what the set held when the run began: a set that holds something else now makes the result stale.
    """

    class Kind(models.TextChoices):
        DRY_RUN = "dry_run", _("Dry run")
        COMPLETENESS = "completeness", _("Completeness check")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, null=True, blank=True, related_name="runs")
    on = models.DateField(help_text="The day whose rules, units, agencies and versions are used")
    dossiers = models.PositiveIntegerField(default=0, help_text="How many of the last dossiers are routed again")
    fingerprint = models.CharField(max_length=64, blank=True)
    done_steps = models.PositiveIntegerField(default=0)
    all_steps = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    report = models.ForeignKey(CompletenessReport, models.SET_NULL, null=True, blank=True, related_name="+")
    error = models.CharField(max_length=300, blank=True)
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "kind",
                Coalesce("rule_set", 0),
                condition=Q(state__in=("waiting", "running")),
                name="registry_run_one_at_a_time",
                violation_error_message=_("This check is already running."),
            )
        ]
        indexes = [
            models.Index(fields=["kind", "rule_set", "-id"], name="registry_run_newest"),
            models.Index(fields=["id"], condition=Q(state__in=("waiting", "running")), name="registry_run_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether a worker has it, or will."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


class DelegationRequest(models.Model):
    """A delegation to enter, or one to end early, as one person asks for it; a second person decides. Both stay on record."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a second person")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Refused")

    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    ends = models.ForeignKey(Delegation, models.PROTECT, null=True, blank=True, related_name="requests", help_text="Empty: a new one")
    from_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, blank=True, related_name="+")
    legal_basis = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_to = models.DateField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    delegation = models.ForeignKey(Delegation, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="delegation_request_second_person",
                violation_error_message=_("A second person has to decide what you asked for."),
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True) | (~Q(state="waiting") & Q(decided_by__isnull=False)),
                name="delegation_request_is_decided_by_someone",
            ),
            models.UniqueConstraint(
                fields=["ends"],
                condition=Q(state="waiting"),
                name="delegation_ended_once",
                violation_error_message=_("Somebody has already asked to end this delegation."),
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state="waiting"), name="delegation_request_waiting")]

    def __str__(self) -> str:
        return f"{self.from_agency_id} → {self.to_agency_id} {self.state}"


class RunPlace(models.Model):
    """A commune in which a procedure would lead elsewhere, as the run found it. Names are those of that day."""

    class Outcome(models.TextChoices):
        AGENCY = "agency", _("One agency")
        CHOICE = "choice", _("The applicant chooses")
        HOLE = "hole", _("Nobody is competent")
        AMBIGUOUS = "ambiguous", _("Several are competent")
        NOT_ASKED = "not_asked", _("No form asks for the place that decides")

    run = models.ForeignKey(RegistryRun, models.CASCADE, related_name="places")
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+")
    commune_code = models.CharField(max_length=5)
    commune_name = models.CharField(max_length=250)
    province_code = models.CharField(max_length=5)
    on = models.DateField(null=True, blank=True, help_text="The day that was tried; empty: that of the run")
    old_outcome = models.CharField(max_length=9, choices=Outcome.choices)
    old_agency = models.CharField(max_length=500, blank=True)
    new_outcome = models.CharField(max_length=9, choices=Outcome.choices)
    new_agency = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["run", "id"], name="run_place_page"),
            models.Index(fields=["run", "province_code", "id"], name="run_place_of_province"),
            models.Index(fields=["run", "new_outcome", "id"], name="run_place_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.commune_code}"


class RunDossier(models.Model):
    """One of the last dossiers that would go elsewhere, and why."""

    run = models.ForeignKey(RegistryRun, models.CASCADE, related_name="moved_dossiers")
    code = models.CharField(max_length=60)
    procedure_code = models.CharField(max_length=20, blank=True)
    old_agency = models.CharField(max_length=500, blank=True)
    new_agency = models.CharField(max_length=500, blank=True)
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="run_dossier_page")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.code}"
