"""Desks and the visits of people to them."""

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
