"""What people were told about a dossier's time, once each; and who stands in where nobody took a dossier of the day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from portal.accounts.models import User
from portal.agencies.models import Agency


class Alert(models.Model):
    """One occasion to tell people of an agency something about a dossier. Append-only.

    `occasion_at` is the stored instant that the alert is about (due, target of the step): a new date is a new occasion.
    """

    class Kind(models.TextChoices):
        ARRIVED = "arrived", _("To be done today")
        UNCLAIMED = "unclaimed", _("Nobody took it in 30 minutes")
        DUE_SOON = "due_soon", _("Due soon")
        OVERDUE = "overdue", _("Overdue")
        STUCK = "stuck", _("Too long in its step")
        WAITING = "waiting", _("Waiting for the citizen for long")

    class Why(models.TextChoices):
        ABSENCE = "absence", _("stands in for an absent colleague")
        CHOSEN = "chosen", _("named by the leader for such cases")
        LEADER = "leader", _("leads the agency")

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="alerts")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    occasion_at = models.DateTimeField()
    deputy = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Unclaimed: who is to take it")
    deputy_why = models.CharField(max_length=7, blank=True, choices=Why.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "kind", "occasion_at"], name="alert_once_per_occasion"),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True, deputy_why="") | (Q(kind="unclaimed", deputy__isnull=False) & ~Q(deputy_why="")),
                name="deputy_of_the_unclaimed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.kind}"


class AlertCopy(models.Model):
    """One person who was told; shown in the work list until it is seen. Append-only but for `seen_at`."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="copies")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "user"], name="alert_told_once")]
        indexes = [models.Index(fields=["user", "-id"], condition=Q(seen_at__isnull=True), name="alert_unseen")]

    def __str__(self) -> str:
        return f"{self.alert_id} → {self.user_id}"


class AlertDigest(models.Model):
    """What a supervisor was told on the morning of a day. Append-only."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    counts = models.JSONField(help_text="By kind of alert")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.on}"


class StandingDeputy(models.Model):
    """Whom the leader has chosen to take what nobody took in time. One per agency; the last choice counts."""

    agency = models.OneToOneField(Agency, models.PROTECT, primary_key=True, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: nobody, the leader")
    chosen_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.agency_id} → {self.user_id}"
