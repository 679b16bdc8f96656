"""The dossier itself, its four parties, its answers and how its agency was found."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.lifecycle import NATIONAL_STATUS, WAITING_FOR_APPLICANT, State
from portal.accounts.models import User
from portal.agencies.models import AdministrativeUnit, Agency, Office
from procedures.models import Channel, CompetenceRule, Procedure, ProcedureCase, ProcedureVersion

CLOSED_STATES = tuple(s.value for s in (State.CLOSED, State.REFUSED, State.WITHDRAWN, State.STOPPED))
FINISHED_STATES = tuple(s.value for s in (State.ISSUED, State.IN_TRANSFER_TO_COUNTER, State.READY_FOR_COLLECTION))
DECIDING_STATES = tuple(s.value for s in (State.IN_TRANSFER_TO_AGENCY, State.ASSIGNED, State.AWAITING_SIGNATURE))
UNDECIDED_STATES = (*DECIDING_STATES, State.ACCEPTED.value)
"""While the legal clock may run: with the agency, or on its way there."""
WAITING_STATES = tuple(sorted(state.value for state in WAITING_FOR_APPLICANT))
HELD_STATES = tuple(s.value for s in (State.ASSIGNED, State.AWAITING_SIGNATURE, State.SUPPLEMENT_REQUESTED, State.PAYMENT_REQUIRED))
"""While an officer of the agency can hold the dossier; a wait before acceptance has no holder."""


class DossierQuerySet(models.QuerySet["Dossier"]):
    def open(self) -> "DossierQuerySet":
        return self.exclude(state__in=CLOSED_STATES)

    def undecided(self) -> "DossierQuerySet":
        return self.filter(state__one_of=UNDECIDED_STATES)

    def overdue(self, at: datetime) -> "DossierQuerySet":
        return self.undecided().filter(due_at__lt=at)

    def due_soon(self, at: datetime) -> "DossierQuerySet":
        return self.undecided().filter(due_at__gte=at, due_soon_at__lte=at)


class Dossier(models.Model):
    """A filed case. Born with its code; `state` is written by `dossiers.actions.transition` only (trigger)."""

    class Routing(models.TextChoices):
        PENDING = "pending", _("Being routed")
        ROUTED = "routed", _("Routed")
        NONE = "none", _("No competent agency found")
        SEVERAL = "several", _("Several agencies possible")
        UNSTAFFED = "unstaffed", _("Agency has no officer")
        ASKED = "asked", _("The public service centre determines the place")

    class Acceptance(models.TextChoices):
        BY_COUNTER = "counter", _("Accepted by the receiving counter")
        BY_AGENCY = "agency", _("To be accepted by the agency's own counter")

    code = models.CharField(max_length=50, unique=True)
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+")
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+")
    case = models.ForeignKey(ProcedureCase, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    state = models.CharField(max_length=24)
    came_from = models.CharField(max_length=24, blank=True, help_text="The state that a wait goes back to")
    state_version = models.PositiveIntegerField(default=1)
    event_seq = models.PositiveIntegerField(default=0)
    chain_head = models.CharField(max_length=64, blank=True)
    routing = models.CharField(max_length=10, choices=Routing.choices, default=Routing.PENDING)
    acceptance = models.CharField(max_length=8, choices=Acceptance.choices)
    receiving_office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    returning_office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    custody_office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who holds the paper set; empty: nobody"
    )
    assigned_to = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", help_text="The account that filed: citizen or clerk")
    applicant = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="The citizen's account, when there is one"
    )
    owner_name = models.CharField(max_length=200)
    owner_key = models.CharField(max_length=220, default="", help_text="Folded name for search")
    place = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+", help_text="The current unit that decided competence"
    )
    hops = models.PositiveSmallIntegerField(default=0, help_text="Times an agency returned it as not its competence")
    extensions = models.PositiveSmallIntegerField(default=0)
    filed_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    answer_due_at = models.DateTimeField(null=True, blank=True, help_text="The own counter must answer by then (8 working hours)")
    due_at = models.DateTimeField(null=True, blank=True)
    due_soon_at = models.DateTimeField(
        null=True, blank=True, help_text="From then on it is due soon (`deadlines.due_soon_from`); written with due_at"
    )
    stage_due_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="From then on it is in its present step, or waits for the citizen, for too long (`dossiers.stages`)",
    )
    is_in_day = models.BooleanField(default=False, db_default=False, help_text="Promised for the day of acceptance")
    first_due_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    payment_due_at = models.DateTimeField(null=True, blank=True)
    submit_token = models.UUIDField(unique=True)
    secret_issue = models.PositiveSmallIntegerField(default=1, help_text="How often the tracking secret was given out anew")
    phone = models.CharField(max_length=20, blank=True, help_text="Where messages go; empty: the receiving counter calls")
    email = models.EmailField(blank=True)
    paper_count = models.PositiveSmallIntegerField(default=0, help_text="Kinds of paper handed in when it was filed")
    in_call_list = models.BooleanField(default=False)
    remote_id = models.CharField(max_length=80, blank=True, help_text="Id at the national portal when it was filed there")
    remote_code = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="The code under which the national portal had it before us"
    )
    remote_steps = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Steps that the portal had under that code before ours; ours go on from there"
    )

    objects: ClassVar = DossierQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="dossier_state_known"),
            models.CheckConstraint(
                condition=Q(routing="pending") | Q(routing__in=["none", "several", "asked"]) | Q(agency__isnull=False),
                name="routed_dossier_has_agency",
            ),
            models.CheckConstraint(condition=Q(due_at__isnull=True) | Q(accepted_at__isnull=False), name="due_only_after_acceptance"),
            models.CheckConstraint(condition=Q(due_soon_at__lte=models.F("due_at")), name="due_soon_before_due"),
            models.CheckConstraint(
                condition=Q(extensions__lte=1),
                name="extended_once_at_most",
                violation_error_message=_("A dossier can be extended only once."),
            ),
            models.UniqueConstraint(fields=["remote_id"], condition=~Q(remote_id=""), name="remote_dossier_once"),
            models.UniqueConstraint(fields=["remote_code"], condition=~Q(remote_code=""), name="remote_code_once"),
            models.CheckConstraint(condition=Q(remote_steps=0) | ~Q(remote_code=""), name="remote_steps_have_a_code"),
        ]
        indexes = [
            models.Index(fields=["agency", "due_at", "id"], condition=Q(state__in=DECIDING_STATES), name="dossier_agency_queue"),
            models.Index(
                fields=["agency", "assigned_to", "due_at", "id"],
                condition=Q(state__in=HELD_STATES, assigned_to__isnull=False),
                name="dossier_held",
            ),
            models.Index(fields=["due_soon_at", "id"], condition=Q(state__in=UNDECIDED_STATES), name="dossier_due_soon"),
            models.Index(fields=["stage_due_at", "id"], condition=Q(stage_due_at__isnull=False), name="dossier_stage_due"),
            models.Index(fields=["agency", "due_at", "id"], condition=Q(is_in_day=True, state__in=DECIDING_STATES), name="dossier_in_day"),
            models.Index(fields=["agency", "answer_due_at", "id"], condition=Q(state="awaiting_reception"), name="dossier_reception_inbox"),
            models.Index(fields=["receiving_office", "-filed_at", "-id"], name="dossier_by_receiving_office"),
            models.Index(fields=["returning_office", "state", "id"], condition=Q(state__in=FINISHED_STATES), name="dossier_to_hand_back"),
            models.Index(fields=["applicant", "-filed_at", "-id"], condition=Q(applicant__isnull=False), name="dossier_by_applicant"),
            models.Index(fields=["routing", "id"], condition=~Q(routing="routed"), name="dossier_unrouted"),
            models.Index(fields=["agency", "version"], name="dossier_agency_version"),
            models.Index(fields=["filed_at"], name="dossier_by_filing_time"),
            models.Index(fields=["payment_due_at", "id"], condition=Q(state="payment_required"), name="dossier_payment_due"),
            models.Index(fields=["agency", "owner_key"], name="dossier_owner_name", opclasses=["int8_ops", "text_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def national_status(self) -> int:
        """One of the ten codes of the national portal."""
        return NATIONAL_STATUS[State(self.state)]

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED_STATES


class Party(models.Model):
    """A person or organisation in one of the four roles, as stated when filing. A snapshot, never edited."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Dossier owner")
        SUBJECT = "subject", _("Person concerned")
        SUBMITTER = "submitter", _("Submitter")
        COLLECTOR = "collector", _("Collector")

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")
        HOUSEHOLD = "household", _("Household business")

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="parties")
    role = models.CharField(max_length=10, choices=Role.choices)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(max_length=200)
    personal_id = models.CharField(max_length=20, blank=True)
    tax_code = models.CharField(max_length=14, blank=True)
    birth_date = models.CharField(max_length=10, blank=True, help_text="ISO, year or month may stand alone")
    sex = models.CharField(max_length=10, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    ground = models.CharField(max_length=300, blank=True, help_text="Why this person may act for the owner")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "role"], name="one_party_per_role")]

    def __str__(self) -> str:
        return f"{self.role}: {self.name}"


class Answers(models.Model):
    """The answers of the form. Protected by row-level security: only the deciding agency, the applicant, and the
    receiving office until the dossier has been handed over, can read the row."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, primary_key=True, related_name="answers")
    content = models.JSONField()

    def __str__(self) -> str:
        return f"answers of {self.dossier_id}"


class RouteDecision(models.Model):
    """Why this agency: rule, its version, the inputs, the units on the way and what was rejected. Append-only.

    `record` holds names and sentences of the day; whoever explains a decision reads nothing but this row (`dossiers.routerecord`).
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="route_decisions")
    outcome = models.CharField(max_length=10)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.ForeignKey(CompetenceRule, models.PROTECT, null=True, blank=True, related_name="+")
    rule_version = models.PositiveIntegerField(null=True, blank=True)
    rule_text = models.CharField(max_length=300, blank=True)
    inputs = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    candidates = ArrayField(models.BigIntegerField(), default=list)
    record = models.JSONField(default=dict)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.dossier_id} → {self.agency_id or self.outcome}"


class InboundFiling(models.Model):
    """What the national portal handed over, word for word, by its remote id; filed once by a worker, or for a person to look at."""

    remote_id = models.UUIDField(unique=True)
    body = models.JSONField()
    received_at = models.DateTimeField()
    dossier = models.OneToOneField(Dossier, models.PROTECT, null=True, blank=True, related_name="inbound")
    problem = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return str(self.remote_id)


class CodeCounter(models.Model):
    """The last number given in an office's series of one day. Taken by upsert, last in the filing transaction."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "day"], name="code_counter_once")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.day} {self.last}"
