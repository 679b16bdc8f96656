"""Desks, the visits of people to them, and what other machines and books of the offices tell."""

from django.db import models

from dossiers.models import Dossier
from portal.accounts.models import User
from portal.agencies.models import Office


class Desk(models.Model):
    """A seat in an office."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="desks")
    name = models.CharField(max_length=60)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "name"], name="desk_name_unique")]

    def __str__(self) -> str:
        return self.name


class Visit(models.Model):
    """A person was served at an office about a dossier."""

    class Purpose(models.TextChoices):
        FILING = "filing"
        SUPPLEMENT = "supplement"
        COLLECTION = "collection"
        PAYMENT = "payment"

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    clerk = models.ForeignKey(User, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="visits")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.office_id} {self.purpose} {self.at}"


class ServedTickets(models.Model):
    """How many queue tickets an office's machine says were served on a day; told again, the later figure counts.

    The machine is another system: what it served and no visit here knows of was served outside this one.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    day = models.DateField()
    served = models.PositiveIntegerField()
    source = models.CharField(max_length=100, help_text="File or machine that the figure comes from")
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "day"], name="tickets_told_once_a_day")]
        indexes = [models.Index(fields=["day"], name="tickets_by_day")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.day}: {self.served}"


class ReceiptBook(models.Model):
    """A book of numbered fee receipts that an office was given: every number in it must be accounted for. Books never overlap."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    serial = models.CharField(max_length=40, help_text="Form and serial that are printed on the receipts")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "serial", "first"], name="receipt_book_once"),
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="receipt_book_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.serial} {self.first}–{self.last}"


class BookReceipt(models.Model):
    """A number of a book that was used: for a dossier, by its code, or spoilt. The codes are as told; nobody checks them beforehand."""

    book = models.ForeignKey(ReceiptBook, models.PROTECT, related_name="receipts")
    number = models.PositiveIntegerField()
    day = models.DateField()
    dossier_code = models.CharField(max_length=50, blank=True)
    is_void = models.BooleanField(default=False)
    source = models.CharField(max_length=100, help_text="File or machine that told it")
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "number"], name="book_receipt_once")]
        indexes = [models.Index(fields=["day"], name="book_receipts_by_day")]

    def __str__(self) -> str:
        return f"{self.book_id}: {self.number}"
