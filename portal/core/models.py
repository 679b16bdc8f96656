"""Technical tables only: the demo clock, the record of periodic runs, and how far long work is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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


class LongJob(models.Model):
    """Work of many transactions, and how far it is. Written between them, so that others see it while it goes on."""

    class Kind(models.TextChoices):
        RECONCILE_RECENT = "reconcile_recent", _("Comparison of the last two days with the national portal")
        RECONCILE_ALL = "reconcile_all", _("Comparison of everything with the national portal")
        CERTIFY = "certify", _("Certificates of completeness")
        IMPORT = "import", _("Import of the national catalogue")
        CATALOGUE = "catalogue", _("What changed in the national catalogue")
        RECOUNT = "recount", _("Dates counted again after a change of the calendar")
        INHERIT = "inherit", _("Successors take over after a reorganisation")

    class State(models.TextChoices):
        RUNNING = "running", _("Under way")
        DONE = "done", _("Finished")
        FAILED = "failed", _("Broken off")
        LOST = "lost", _("Its worker was lost")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    about = models.CharField(max_length=200, blank=True)
    started_by = models.CharField(max_length=200, blank=True, help_text="A person's name of then; empty: the system")
    total = models.PositiveIntegerField(default=0, help_text="0: not known beforehand")
    done = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="running", finished_at__isnull=True)
                | (~models.Q(state="running") & models.Q(finished_at__isnull=False)),
                name="long_job_ends_once",
            )
        ]
        indexes = [models.Index(fields=["-started_at", "-id"], name="long_job_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.done}/{self.total} {self.state}"
