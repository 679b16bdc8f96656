"""Technical tables only: the demo clock and the record of periodic runs."""

from django.db import models


class DemoClock(models.Model):
    """The one row that moves legal time in the demo."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    offset_seconds = models.BigIntegerField(default=0)

    class Meta:
        db_table = "core_demo_clock"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="demo_clock_is_one_row")]

    def __str__(self) -> str:
        return f"+{self.offset_seconds} s"


class JobRun(models.Model):
    """A periodic job ran for a period; the unique key makes two schedulers harmless."""

    name = models.CharField(max_length=80)
    period_start = models.DateTimeField()
    started_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "period_start"], name="job_runs_once_per_period")]

    def __str__(self) -> str:
        return f"{self.name} {self.period_start:%Y-%m-%d %H:%M}"
