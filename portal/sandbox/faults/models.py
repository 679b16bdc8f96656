from typing import ClassVar

from django.db import models

from portal.sandbox.faults.kinds import SERVICES


class FaultRule(models.Model):
    """A fault that is switched on. Each request that it could hit raises `seen`; the draw depends on seed and `seen` only.

    With a `script` exactly the requests with these numbers are hit, whatever the rate.
    """

    service = models.CharField(max_length=20)
    kind = models.CharField(max_length=30)
    rate = models.FloatField(default=1.0)
    remaining = models.PositiveIntegerField(null=True, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    seed = models.CharField(max_length=60, default="1")
    path = models.CharField(max_length=200, blank=True, default="")
    params = models.JSONField(default=dict, blank=True)
    script = models.JSONField(default=list, blank=True)
    seen = models.PositiveIntegerField(default=0)
    hits = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager["FaultRule"]] = models.Manager()

    class Meta:
        db_table = "sandbox_fault_rule"
        constraints = [
            models.CheckConstraint(name="fault_rate_is_a_share", condition=models.Q(rate__gte=0, rate__lte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.service}:{self.kind}#{self.pk}"

    @property
    def service_name(self) -> str:
        """The service that is hit, for people."""
        return SERVICES.get(self.service, "Tất cả")


class Call(models.Model):
    """One call to a simulated service and what it was answered; `status` is None where the connection was cut."""

    service = models.CharField(max_length=20)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    status = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=30, blank=True, default="")
    milliseconds = models.PositiveIntegerField()
    called_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Call"]] = models.Manager()

    class Meta:
        db_table = "sandbox_call"

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"
