"""The history of a dossier and the entries of its legal clock; both append-only."""

from django.db import models

from dossiers.models.dossier import Dossier
from portal.accounts.models import User
from portal.agencies.models import Agency, Office


class Event(models.Model):
    """Something that happened, with the next sequence number and the hash of everything before it."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=40)
    from_state = models.CharField(max_length=24, blank=True)
    to_state = models.CharField(max_length=24)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True, help_text="Text that the citizen may read")
    at = models.DateTimeField()
    content = models.TextField(help_text="The exact bytes that were hashed")
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "seq"], name="event_sequence_unique")]

    def __str__(self) -> str:
        return f"{self.dossier_id}#{self.seq} {self.verb}"


class ClockRecord(models.Model):
    """One entry of the clock's ledger; `dossiers.deadlines` folds them into the due date."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="clock")
    seq = models.PositiveIntegerField()
    event_seq = models.PositiveIntegerField(null=True, help_text="Number of the event of the step that wrote it")
    kind = models.CharField(max_length=8, help_text="transfer, start, suspend, resume, extend, stop, recount")
    at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True, help_text="extend: the new due instant")
    policy = models.CharField(max_length=20, blank=True, help_text="Where the wait has its own rule; empty: that of the procedure")
    legal_basis = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "seq"], name="clock_sequence_unique"),
            models.UniqueConstraint(fields=["dossier", "event_seq"], name="clock_entry_once_a_step"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.kind} {self.at}"
