"""What the national portal hands over about a dossier after its filing: supplements, payments, questions."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from portal.accounts.models import User


class InboundCall(models.Model):
    """One call, word for word, by its remote id. A worker handles it once, when its dossier is here; some then wait for a person."""

    class Kind(models.TextChoices):
        SUPPLEMENT = "supplement", _("Supplement")
        PAYMENT = "payment", _("Payment")
        QUESTION = "question", _("Question from a person")

    remote_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    filing_id = models.UUIDField(null=True, blank=True, help_text="The remote id under which the dossier was filed there")
    dossier_code = models.CharField(max_length=50, blank=True)
    body = models.JSONField()
    received_at = models.DateTimeField()
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, blank=True, related_name="inbound_calls")
    handled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    waits_for_person = models.BooleanField(default=False)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(waits_for_person=True) | Q(handled_at__isnull=False), name="inbound_waits_once_handled"),
            models.CheckConstraint(condition=Q(answered_at__isnull=True) | Q(waits_for_person=False), name="inbound_answered_or_waits"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_by__isnull=False), name="inbound_answered_by_someone"
            ),
        ]
        indexes = [
            models.Index(fields=["filing_id"], condition=Q(handled_at__isnull=True), name="inbound_by_filing"),
            models.Index(fields=["received_at"], condition=Q(waits_for_person=True), name="inbound_for_people"),
            models.Index(fields=["dossier", "received_at"], name="inbound_of_dossier"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.remote_id}"


class InboundNonce(models.Model):
    """A nonce that a signed call of the national portal has used. Kept while its timestamp would still be fresh."""

    value = models.CharField(max_length=64, primary_key=True)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.value
