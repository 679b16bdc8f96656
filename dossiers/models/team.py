"""Working together in an agency: who is away, who was given what, and the lists that people keep."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from portal.accounts.models import User
from portal.agencies.models import Agency


class Absence(models.Model):
    """From `starts_on` to `ends_on`, both counted, the person takes no new work at the agency. Called off, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="absences")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    deputy = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who is offered the work first")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    cancelled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="absence_ends_after_it_starts",
                violation_error_message=_("The last day cannot lie before the first."),
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=models.F("user")),
                name="absence_deputy_is_another",
                violation_error_message=_("Somebody else must stand in."),
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
                name="absence_cancelled_by_somebody",
            ),
            ExclusionConstraint(
                name="absence_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("agency", RangeOperators.EQUAL),
                    (
                        Func(
                            "starts_on",
                            "ends_on",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(cancelled_at__isnull=True),
                violation_error_message=_("These days overlap an absence that is entered already."),
            ),
        ]
        indexes = [models.Index(fields=["agency", "ends_on"], condition=Q(cancelled_at__isnull=True), name="absence_by_agency")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_on}–{self.ends_on}"


class Reassignment(models.Model):
    """A dossier was given to somebody; shown in the work list of the person until it is seen. Append-only but for `seen_at`."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="reassignments")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    given_from = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: out of the queue")
    given_to = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(given_from__isnull=True) | ~Q(given_from=models.F("given_to")), name="reassigned_to_somebody_else"
            )
        ]
        indexes = [models.Index(fields=["given_to", "-at"], condition=Q(seen_at__isnull=True), name="reassignment_unseen")]

    def __str__(self) -> str:
        return f"{self.dossier_id} → {self.given_to_id}"


class SavedView(models.Model):
    """A work list with its filters under a name. With `agency` the colleagues there see it too."""

    user = models.ForeignKey(User, models.PROTECT, related_name="saved_views", db_index=False)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=300, help_text="Known filters only, in a fixed order")
    seq = models.PositiveSmallIntegerField(default=0)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], name="saved_view_named_once", violation_error_message=_("You have a list of this name already.")
            ),
            models.UniqueConstraint(fields=["user"], condition=Q(is_default=True), name="one_default_view"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_name"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.name}"
