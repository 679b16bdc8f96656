"""Work that must happen after a commit, as rows of the same transaction. Truth is here; the broker only carries ids."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User


class OutboxMessage(models.Model):
    """One piece of work for one dossier. Within (stream, subject_id) `sequence` orders the national stream."""

    class Stream(models.TextChoices):
        ROUTE = "route"
        NATIONAL = "national"
        NOTIFY = "notify"
        DOCUMENT = "document"
        INBOUND = "inbound"
        REPLY = "reply"

    stream = models.CharField(max_length=10, choices=Stream.choices)
    subject_id = models.BigIntegerField()
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0, help_text="How often it was claimed: the fencing number")
    tries = models.PositiveIntegerField(default=0, db_default=0, help_text="How often it failed in vain: the exponent of the wait")
    refusals = models.PositiveIntegerField(default=0, db_default=0, help_text="How often the other side refused it for what it says")
    last_error = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True)
    parked_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "subject_id", "sequence"], name="outbox_sequence_unique"),
            models.CheckConstraint(condition=Q(done_at__isnull=True) | Q(parked_at__isnull=True), name="outbox_done_or_parked"),
        ]
        indexes = [
            models.Index(
                fields=["stream", "not_before", "id"], condition=Q(done_at__isnull=True, parked_at__isnull=True), name="outbox_due"
            ),
            models.Index(fields=["stream", "subject_id", "sequence"], condition=Q(done_at__isnull=True), name="outbox_open_by_subject"),
            models.Index(fields=["stream", "parked_at"], condition=Q(parked_at__isnull=False), name="outbox_parked"),
            models.Index(
                fields=["stream", "created_at"], condition=Q(done_at__isnull=True, parked_at__isnull=True), name="outbox_open_since"
            ),
            models.Index(fields=["stream", "done_at"], include=["created_at"], condition=Q(done_at__isnull=False), name="outbox_done"),
            models.Index(fields=["not_before"], condition=Q(done_at__isnull=True) & ~Q(last_error=""), name="outbox_failing"),
        ]

    def __str__(self) -> str:
        return f"{self.stream}/{self.subject_id}/{self.sequence} {self.kind}"


class Channel(models.Model):
    """One endpoint of another system, as all workers see it: its circuit breaker, and whether a person stopped it or must start it.

    Nothing is sent before `closed_until`. `stream` is the stream that waits with it; empty for an endpoint that only reads.
    """

    class State(models.TextChoices):
        CLOSED = "closed", _("In order")
        OPEN = "open", _("Interrupted")
        HALF_OPEN = "half_open", _("Being tried")

    class Stop(models.TextChoices):
        NONE = "", _("Not stopped")
        ACCESS = "access", _("We are not admitted")
        CONFLICT = "conflict", _("The other side has another content")
        PERSON = "person", _("Stopped by a person")

    name = models.CharField(max_length=40, primary_key=True)
    stream = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CLOSED)
    closed_until = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    successes = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    stop = models.CharField(max_length=10, choices=Stop.choices, default=Stop.NONE, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    skew_seconds = models.IntegerField(default=0)
    skew_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stop="") | Q(stopped_at__isnull=False, closed_until__isnull=False), name="channel_stop_holds"
            ),
            models.CheckConstraint(condition=~Q(state="open") | Q(opened_at__isnull=False), name="channel_open_since"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class ChannelCalls(models.Model):
    """How many calls of a channel began and failed within a few seconds; the breaker adds up a minute of them."""

    channel = models.CharField(max_length=40)
    begins = models.DateTimeField()
    calls = models.PositiveIntegerField()
    failures = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "begins"], name="channel_calls_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.failures}/{self.calls}"


class OperatorAlert(models.Model):
    """Something that a person must look at. It stays open until what it is about has ended."""

    class Kind(models.TextChoices):
        PARKED = "parked", _("A message waits for a person")
        CHANNEL_OPEN = "open", _("A connection is interrupted")
        CHANNEL_STOPPED = "stopped", _("A connection was stopped")
        SKEW = "skew", _("Clocks differ")
        DIFFERENCE = "difference", _("The national portal shows something else")
        COMPETENCE = "competence", _("Places have no competent agency, or several")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    about = models.CharField(max_length=80, help_text="The channel, or the stream of the message")
    message = models.ForeignKey(OutboxMessage, models.CASCADE, null=True, blank=True, related_name="alerts")
    text = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True, help_text="When operators were last sent a message that counts it")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "opened_at"], condition=Q(ended_at__isnull=True), name="alert_open"),
            models.Index(fields=["kind", "about", "told_at"], name="alert_told"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about"], condition=Q(ended_at__isnull=True, message__isnull=True), name="alert_once_per_channel"
            ),
            models.UniqueConstraint(fields=["message"], condition=Q(ended_at__isnull=True), name="alert_once_per_message"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class OutboxReplay(models.Model):
    """What a person did about messages that could not go on: who, when, why, and which. Append-only."""

    class Act(models.TextChoices):
        REPLAY = "replay", _("Send again")
        CLOSE = "close", _("Close as superseded")
        RESEND = "resend", _("Repeat what was acknowledged")
        START = "start", _("Start the connection")
        STOP = "stop", _("Stop the connection")

    act = models.CharField(max_length=10, choices=Act.choices)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    about = models.CharField(max_length=200)
    count = models.PositiveIntegerField()
    messages = models.JSONField(default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="replay_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.act} {self.about}"
