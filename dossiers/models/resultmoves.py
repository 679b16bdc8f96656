"""The way of a result on paper from hand to hand."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from portal.accounts.models import User
from portal.agencies.models import Agency, Office


class ResultMove(models.Model):
    """A counter asks for a result, the holder sends it, the counter receives it. The first holder is the agency, which is not asked.

    Each of the three is written once (trigger). Withdrawn: it was handed back where it lay, or nobody needs it there any more.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="result_moves")
    from_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    from_office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    to_office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    received_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(received_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_result_move",
                violation_error_message=_("Another counter has already asked for this result."),
            ),
            models.CheckConstraint(condition=Q(from_agency__isnull=True) ^ Q(from_office__isnull=True), name="result_move_has_one_holder"),
            models.CheckConstraint(condition=Q(from_office__isnull=True) | ~Q(from_office=F("to_office")), name="result_moves_elsewhere"),
            models.CheckConstraint(condition=Q(received_at__isnull=True) | Q(sent_at__isnull=False), name="result_received_after_sent"),
            models.CheckConstraint(condition=Q(asked_at__isnull=False) | Q(sent_at__isnull=False), name="result_move_has_a_beginning"),
        ]
        indexes = [
            models.Index(
                fields=["from_office"],
                condition=Q(sent_at__isnull=True, withdrawn_at__isnull=True),
                name="result_move_to_send",
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} → {self.to_office_id}"
