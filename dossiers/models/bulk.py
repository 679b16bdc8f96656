"""Several dossiers that a person handles together: chosen once, each with an outcome of its own."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from portal.accounts.models import User


class BulkBatch(models.Model):
    """One choice of dossiers and what is to be done with each. The token makes a second posting the same batch."""

    class Action(models.TextChoices):
        CLAIM = "claim", _("Take over")
        ASSIGN = "assign", _("Give to an officer")
        PRINT = "print", _("Print")
        EXTEND = "extend", _("Extend")
        SIGN = "sign", _("Read and sign")

    token = models.UUIDField()
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    action = models.CharField(max_length=6, choices=Action.choices)
    started_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "user"], name="bulk_batch_once")]

    def __str__(self) -> str:
        return f"{self.action} {self.token}"


class BulkItem(models.Model):
    """One dossier of a batch. Without an outcome nothing has happened to it yet; an outcome is never changed."""

    class Outcome(models.TextChoices):
        OPEN = "", _("Not done yet")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")
        LOST = "lost", _("Somebody was faster")

    batch = models.ForeignKey(BulkBatch, models.PROTECT, related_name="items")
    seq = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=50)
    dossier = models.ForeignKey(
        Dossier, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: not the person's to see"
    )
    is_picked = models.BooleanField(default=True)
    seen_version = models.PositiveIntegerField(null=True, blank=True, help_text="Sign: the version whose result the person looked at")
    outcome = models.CharField(max_length=7, blank=True, choices=Outcome.choices, default=Outcome.OPEN)
    text = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "seq"], name="bulk_item_numbered_once"),
            models.UniqueConstraint(fields=["batch", "code"], name="bulk_item_once"),
            models.CheckConstraint(
                condition=Q(outcome="", done_at__isnull=True) | (~Q(outcome="") & Q(done_at__isnull=False)),
                name="bulk_outcome_has_its_time",
            ),
            models.CheckConstraint(condition=~Q(outcome="done") | Q(dossier__isnull=False), name="bulk_done_to_a_dossier"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.outcome}"
