from typing import ClassVar

from django.db import models


class Resident(models.Model):
    """A person of the population register who is not one of the demo citizens of the identity provider."""

    citizen_id = models.CharField(max_length=12, unique=True)
    full_name = models.CharField(max_length=100)
    birth_on = models.DateField()

    objects: ClassVar[models.Manager["Resident"]] = models.Manager()

    class Meta:
        db_table = "sandbox_resident"

    def __str__(self) -> str:
        return self.citizen_id


class Lookup(models.Model):
    """A question that was put to the register, without what was typed: who asked about whom, and what was answered."""

    citizen_id = models.CharField(max_length=12)
    result = models.CharField(max_length=10)
    looked_up_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Lookup"]] = models.Manager()

    class Meta:
        db_table = "sandbox_lookup"

    def __str__(self) -> str:
        return f"{self.citizen_id}: {self.result}"
