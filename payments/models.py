"""Money as a ledger: orders, what the gateway said, balanced entries, receipts. Integer đồng."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier, FeeLine, IssuedDocument
from portal.accounts.models import User
from portal.agencies.models import Office


class Order(models.Model):
    """One attempt to pay what a dossier owes. `reference` is unique per attempt and known to the gateway."""

    class Instrument(models.TextChoices):
        ONLINE = "online", _("Online")
        QR = "qr", _("QR at the desk")
        CASH = "cash", _("Cash")

    class State(models.TextChoices):
        DUE = "due", _("To be paid")
        PENDING = "pending", _("Waiting for the gateway")
        PAID = "paid", _("Paid")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")
        REFUND_DUE = "refund_due", _("To be refunded")
        REFUNDED = "refunded", _("Refunded")

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="orders")
    lines = models.ManyToManyField(FeeLine, related_name="orders")
    reference = models.CharField(max_length=40, unique=True)
    instrument = models.CharField(max_length=6, choices=Instrument.choices)
    amount_vnd = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    gateway_ref = models.CharField(max_length=80, blank=True)
    pay_url = models.CharField(max_length=400, blank=True)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    receipt = models.OneToOneField(IssuedDocument, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="order_amount_positive"),
            models.UniqueConstraint(fields=["gateway_ref"], condition=~Q(gateway_ref=""), name="gateway_ref_once"),
            models.UniqueConstraint(fields=["dossier"], condition=Q(state="pending"), name="one_pending_order"),
        ]

    def __str__(self) -> str:
        return self.reference


class Callback(models.Model):
    """What the gateway told us, word for word; the event id makes a repetition harmless. Append-only."""

    event_id = models.CharField(max_length=80, primary_key=True)
    reference = models.CharField(max_length=40)
    body = models.TextField()
    outcome = models.CharField(max_length=200)
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.event_id


class LedgerEntry(models.Model):
    """One side of a booking; the entries of one `booking` sum to zero (deferred trigger). Append-only."""

    class Account(models.TextChoices):
        RECEIVABLE = "receivable", _("Owed by applicants")
        CASH = "cash", _("Cash at the office")
        GATEWAY = "gateway", _("At the payment gateway")
        HELD = "held", _("Held until acceptance")
        REVENUE = "revenue", _("Revenue of the beneficiary")
        REFUNDS = "refunds", _("Refunds to pay")

    booking = models.UUIDField(db_index=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="entries")
    account = models.CharField(max_length=12, choices=Account.choices)
    amount_vnd = models.BigIntegerField(help_text="Debit positive, credit negative")
    line = models.ForeignKey(FeeLine, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.account} {self.amount_vnd:+d}"
