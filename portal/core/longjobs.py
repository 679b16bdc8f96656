"""How far long work is: one row for each run, written between its transactions. A run that goes silent is marked, not believed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from portal.core.clock import technical_now
from portal.core.models import LongJob

STUCK_AFTER = timedelta(minutes=10)
"""Without a sign of life for so long a run counts as stuck; the slowest step between two signs takes a fraction of it."""
KEPT_FOR = timedelta(days=30)
State = LongJob.State


class Progress:
    """One run. Every method is a statement of its own: call them between the transactions of the work."""

    def __init__(self, job: LongJob) -> None:
        self._pk, self._done = job.pk, job.done
        self._error = ""

    def reached(self, done: int, *, total: int | None = None) -> None:
        """So much is done; the run is alive."""
        self._done = done
        self._note(done=done, **({} if total is None else {"total": total}))

    def advanced(self, by: int) -> None:
        """So much more is done."""
        self.reached(self._done + by)

    def fault(self, why: str) -> None:
        """The run will end as broken off, for this reason."""
        self._error = why[:300]

    def end(self) -> None:
        """The run is over: finished, or broken off if a fault was told."""
        state = State.FAILED if self._error else State.DONE
        self._note(state=state, error=self._error, finished_at=technical_now())

    def _note(self, **values: Any) -> None:
        LongJob.objects.filter(pk=self._pk, state=State.RUNNING).update(heartbeat_at=technical_now(), **values)


def begin(kind: str, *, about: str = "", by: str = "", total: int = 0) -> Progress:
    """A new run. Earlier ones of the kind that went silent are lost."""
    now = technical_now()
    silent = LongJob.objects.filter(kind=kind, state=State.RUNNING, heartbeat_at__lt=now - STUCK_AFTER)
    silent.update(state=State.LOST, finished_at=now)
    job = LongJob.objects.create(kind=kind, about=about[:200], started_by=by[:200], total=total, started_at=now, heartbeat_at=now)
    return Progress(job)


def carry_on(kind: str, *, about: str) -> Progress | None:
    """The run of that name which is under way, for work that many tasks do one after the other."""
    job = LongJob.objects.filter(kind=kind, about=about[:200], state=State.RUNNING).order_by("-pk").first()
    return Progress(job) if job else None


@contextmanager
def long_job(kind: str, *, about: str = "", by: str = "", total: int = 0) -> Iterator[Progress]:
    """The run lasts as long as the block, and ends as broken off when the block raises."""
    job = begin(kind, about=about, by=by, total=total)
    try:
        yield job
    except BaseException as error:
        job.fault(f"{type(error).__name__}: {error}")
        raise
    finally:
        job.end()


def forget_jobs() -> int:
    """Runs that ended a month ago are gone; returns how many."""
    count, _by_model = LongJob.objects.filter(finished_at__lt=technical_now() - KEPT_FOR).delete()
    return count
