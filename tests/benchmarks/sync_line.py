"""Steps told over a line that has a length: in batches, and by one Celery task for each step, by the same worker in turn.

This is how a portal without an outbox of its own tells its steps: every step is announced through the broker, and its task claims it,
posts it and settles it. Both sides talk to the same receiver, whose answers come after LATENCY.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from celery import Celery
from django.conf import settings

from portal.core.celeryconf import SYNC, celery_settings
from portal.devtools.children import Child, Fleet
from portal.devtools.processes import ServiceError
from tests.benchmarks import worlds

LATENCY = 0.020
"""Seconds. The way from Thành phố Hồ Chí Minh to Hà Nội and back: twice some 1,700 km of fibre at 200,000 km/s are 17 ms."""
PATIENCE = 120
_OPEN = "SELECT count(*) FROM outbox_outboxmessage WHERE stream = 'national' AND done_at IS NULL"
_LAST = "SELECT extract(epoch FROM max(done_at))::float8 FROM outbox_outboxmessage WHERE stream = 'national'"


class Line:
    """A real worker that delivers over the line, and the queue through which it is told to."""

    def __init__(self, queue: Celery, database: str, workers: int, fill: Callable[[int], None]) -> None:
        self.queue, self.database, self.workers, self.fill = queue, database, workers, fill

    def batches(self, count: int) -> float:
        """Each process of the worker is woken once and empties the stream; steps a second until the last is settled."""
        return self._rate(count, self.workers, lambda: self.queue.send_task("outbox.drain", kwargs={"stream": "national"}, queue=SYNC))

    def tasks(self, count: int) -> float:
        """A task for each step; steps a second from the first announcement until the last is settled."""
        return self._rate(count, count, lambda: self.queue.send_task("bench.tell_one", queue=SYNC))

    def _rate(self, count: int, times: int, announce: Callable[[], object]) -> float:
        self.fill(count)
        with worlds.connect(self.database) as connection:
            began = time.time()
            for _each in range(times):
                announce()
            end = time.monotonic() + PATIENCE
            while connection.execute(_OPEN).fetchone() != (0,):
                if time.monotonic() > end:
                    raise ServiceError(f"Steps were not told over the line within {PATIENCE} s.")
                time.sleep(0.02)
            found = connection.execute(_LAST).fetchone()
        assert found is not None
        return count / (float(str(found[0])) - began)


@contextmanager
def line(fleet: Fleet, url: str, database: str, *, workers: int, fill: Callable[[int], None]) -> Iterator[Line]:
    """A worker of so many processes on the database, talking to the receiver at `url`."""
    own = replace(fleet, environment={**fleet.environment, "DATABASE_NAME": database, "NATIONAL_URL": url})
    child: Child = own.worker(concurrency=workers)
    child.command += ["-I", "tests.benchmarks.one_task"]
    child.stop_seconds = 8
    queue = Celery("bench", set_as_current=False)
    queue.conf.update(
        {name.lower().removeprefix("celery_"): value for name, value in celery_settings(settings.BROKER_URL, f"{database}:").items()}
    )
    try:
        child.start()
        child.wait_ready()
        yield Line(queue, database, workers, fill)
    finally:
        child.stop()
        queue.close()
