"""On the way to the right agency: questions about places, what was found out, detours, and moving many dossiers at once."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from portal.accounts.models import User
from portal.agencies.models import AdministrativeUnit, Agency, Office


class PlaceQuestion(models.Model):
    """In which part of a divided unit does an address lie? Asked of the centre of the unit's province.

    One per dossier and fact; answered once (trigger). Without `answer` but answered: none of the parts.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="place_questions")
    fact = models.CharField(max_length=40)
    written = models.CharField(max_length=300, help_text="The address in the person's own words")
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, related_name="+", help_text="The unit that was divided")
    options = ArrayField(models.BigIntegerField(), help_text="The units that stand there now")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", help_text="The centre that answers")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Four working hours after it was asked")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "fact"], name="place_question_once"),
            models.CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="place_question_has_time"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="place_answer_has_author",
            ),
        ]
        indexes = [models.Index(fields=["office", "due_at", "id"], condition=Q(answered_at__isnull=True), name="place_question_open")]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.fact}"


class PlaceFinding(models.Model):
    """The unit in which a place lies, found out after filing; the latest per fact counts instead of the form's. Append-only."""

    class Source(models.TextChoices):
        ANSWERED = "answered", _("Answered by the public service centre")
        CORRECTED = "corrected", _("Stated by the agency that returned it")

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="place_findings")
    fact = models.CharField(max_length=40)
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, related_name="+")
    source = models.CharField(max_length=9, choices=Source.choices)
    told_by = models.CharField(max_length=200, help_text="Name of the office or agency, of that day")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.fact} → {self.unit_id}"


class Detour(models.Model):
    """A dossier's stay at an agency that was not competent, from arrival there until arrival at the next one.

    The administration answers for this time; the return date promised to the citizen does not move.
    """

    class Reason(models.TextChoices):
        PLACE = "place", _("The place is outside the agency's area")
        LEVEL = "level", _("Another level decides")
        FIELD = "field", _("Another field of work")
        REGISTER = "register", _("The register is kept by another agency")
        DUPLICATE = "duplicate", _("Another agency already has this matter")
        DELEGATED = "delegated", _("The competence has been delegated")
        OTHER = "other", _("Another reason")

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="detours")
    number = models.PositiveSmallIntegerField()
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField()
    returned_at = models.DateTimeField()
    returned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason_code = models.CharField(max_length=10, choices=Reason.choices)
    reason = models.CharField(max_length=500)
    fact = models.CharField(max_length=40, blank=True, help_text="Which place is stated otherwise")
    place = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+")
    proposal = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    next_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    charged_minutes = models.PositiveIntegerField(null=True, blank=True, help_text="Working minutes, when it has ended")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "number"], name="detour_number_once"),
            models.UniqueConstraint(fields=["dossier"], condition=Q(ended_at__isnull=True), name="one_open_detour"),
            models.CheckConstraint(condition=Q(returned_at__gte=F("arrived_at")), name="detour_in_order"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, next_agency__isnull=True, charged_minutes__isnull=True)
                | Q(ended_at__gte=F("returned_at"), next_agency__isnull=False, charged_minutes__isnull=False),
                name="detour_ends_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["-returned_at", "-id"], name="detour_by_return"),
            models.Index(fields=["agency", "-returned_at"], name="detour_by_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} #{self.number} {self.agency_id}"


class ReroutingRun(models.Model):
    """Many dossiers are decided again after a rule changed, or the moves of such a run are taken back (`undo_of`)."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a worker")
        RUNNING = "running", _("Under way")
        DONE = "done", _("Finished")

    undo_of = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone_by")
    selection = models.JSONField(default=dict)
    reason = models.CharField(max_length=500)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: the country")
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    on = models.DateField(help_text="Whose rules, units and agencies count")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    last_id = models.BigIntegerField(default=0, help_text="The last dossier (or move) that was looked at")
    up_to_id = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-started_at", "-id"], name="rerouting_newest")]

    def __str__(self) -> str:
        return f"rerouting {self.pk} {self.state}"


class ReroutingItem(models.Model):
    """What a run did with one dossier. Names are those of the day. Append-only."""

    class Outcome(models.TextChoices):
        MOVED = "moved", _("Moved")
        UNCHANGED = "unchanged", _("Stays where it is")
        REFUSED = "refused", _("Not moved")

    run = models.ForeignKey(ReroutingRun, models.PROTECT, related_name="items")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    code = models.CharField(max_length=24, blank=True, help_text="Why it was not moved")
    why = models.CharField(max_length=500, blank=True)
    from_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    from_name = models.CharField(max_length=200, blank=True)
    to_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    to_name = models.CharField(max_length=200, blank=True)
    left_version = models.PositiveIntegerField(help_text="The dossier's version when the run left it")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "dossier"], name="rerouting_item_once")]
        indexes = [models.Index(fields=["run", "outcome", "id"], name="rerouting_by_outcome")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.dossier_id} {self.outcome}"
