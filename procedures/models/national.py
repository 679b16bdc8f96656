"""What the national database says about each procedure, as it came and as it was read."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from procedures.models.versions import Procedure, ProcedureVersion


class NationalRecord(models.Model):
    """The newest record of the national database for one code, whatever became of it.

    `raw` is kept byte for byte as text values, so that nothing is lost by reading it; `content` is the structured form.
    A record is read again only when `content_hash` or the reader's `reader_version` differs.
    """

    class Outcome(models.TextChoices):
        IMPORTED = "imported", _("Imported as it is")
        REPAIRED = "repaired", _("Imported with repairs")
        REFUSED = "refused", _("Refused")

    class Standing(models.TextChoices):
        NEW = "new", _("New procedure")
        CHANGED = "changed", _("Changes a published procedure")
        SAME = "same", _("Says what is published")
        WAITING = "waiting", _("Waits for an open draft")
        REPEALED = "repealed", _("Repealed nationally")
        REFUSED = "refused", _("Refused")

    reference = models.CharField(max_length=120, unique=True, help_text="The code; of a record without one, file and line")
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, blank=True, related_name="national_records")
    draft = models.ForeignKey(ProcedureVersion, models.SET_NULL, null=True, blank=True, related_name="national_records")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    standing = models.CharField(max_length=8, choices=Standing.choices)
    reason = models.CharField(max_length=400, blank=True, help_text="Why it was refused or has to wait")
    name_vi = models.TextField(blank=True)
    search_key = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    reader_version = models.PositiveSmallIntegerField(default=0)
    raw = models.JSONField(default=dict)
    content = models.JSONField(default=dict)
    repairs = models.JSONField(default=list)
    gaps = models.JSONField(default=list)
    repealed_on = models.DateField(null=True, blank=True)
    replaced_by_code = models.CharField(max_length=30, blank=True)
    source = models.CharField(max_length=120)
    read_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["standing", "reference"], name="national_record_standing"),
            models.Index(fields=["outcome", "reference"], name="national_record_outcome"),
            GinIndex(fields=["search_key"], name="national_record_words", opclasses=["gin_trgm_ops"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="refused") | ~Q(reason=""),
                name="refused_record_has_reason",
                violation_error_message=_("A refused record needs a reason."),
            ),
            models.CheckConstraint(
                condition=~Q(standing="repealed") | Q(repealed_on__isnull=False),
                name="repealed_record_has_day",
                violation_error_message=_("A repealed procedure needs the day of its repeal."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class CatalogueFeed(models.Model):
    """How far the national catalogue was read: one row."""

    cursor = models.CharField(max_length=120, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_catalogue_feed")]

    def __str__(self) -> str:
        return self.cursor
