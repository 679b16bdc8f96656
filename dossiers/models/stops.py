"""Handling that was stopped, and a working calendar that changed under running clocks."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from portal.accounts.models import User


class HandlingStop(models.Model):
    """A stop with its ground. Only one that was recorded as a pause can be resumed. Source: Thông tư 03/2025/TT-VPCP, form 05."""

    class Ground(models.TextChoices):
        COURT_ORDER = "court_order", _("Order of a court or another authority")
        DISPUTE = "dispute", _("The matter is in dispute")
        PETITION = "petition", _("A petition or denunciation must be settled first")
        DEATH = "death", _("The person has died, or the organisation has ceased to exist")
        NO_ANSWER = "no_answer", _("Papers were not handed in on time")
        UNPAID = "unpaid", _("What is owed was not paid on time")
        OTHER = "other", _("Another ground in law")

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="stops")
    ground = models.CharField(max_length=12, choices=Ground.choices)
    reason = models.TextField()
    is_pause = models.BooleanField(help_text="The cause may end; handling can then be resumed")
    stopped_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    stopped_at = models.DateTimeField()
    resumed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    resumed_at = models.DateTimeField(null=True, blank=True)
    resume_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(resumed_at__isnull=True),
                name="one_open_stop",
                violation_error_message=_("Handling of this dossier is stopped already."),
            ),
            models.CheckConstraint(
                condition=Q(resumed_at__isnull=True) | Q(is_pause=True),
                name="only_a_pause_is_resumed",
                violation_error_message=_("This stop was final: it was not recorded as a pause."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.ground}"


class CalendarChange(models.Model):
    """A day off or a make-up day announced late. It is applied only after a second person has seen which dossiers it moves."""

    class Kind(models.TextChoices):
        DAY_OFF = "day_off", _("Day off")
        WORKED = "worked", _("Make-up working day")
        REMOVE = "remove", _("Ordinary day again")

    on = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name_vi = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=200)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    discarded_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    reached = models.BigIntegerField(default=0, help_text="The last dossier that was counted again")
    moved = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["on"],
                condition=Q(applied_at__isnull=True, discarded_at__isnull=True),
                name="one_open_change_a_day",
                violation_error_message=_("A change of this day already waits for approval."),
            ),
            models.CheckConstraint(
                condition=Q(applied_by__isnull=True) | ~Q(applied_by=models.F("proposed_by")),
                name="calendar_change_needs_two",
                violation_error_message=_("The person who proposed the change cannot apply it."),
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(applied_at__isnull=False, finished_at__isnull=True), name="calendar_change_running")
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.kind}"
