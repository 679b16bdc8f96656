"""Steps delivered to the national portal, against the database part alone and against posting each for itself, in turn.

Two worker processes run the portal's own code: claim a batch, map it, sign it, send it, read each answer, settle it. The database
part alone claims and settles.

*Posting each item* is: every step by a request and a transaction of its own (`drain_rounds(limit=1)`), by the same processes over the same
kept connections. It is measured over a line of some length (`sync_line.LATENCY`: the portal is in another city), for which the goal
is set, and without any line, where only what batches save of our own processor time is left: there even claiming and settling alone,
which sends nothing, is no fifty times as fast, so that it can have no such goal. Both figures are shown. Beside them stands *one Celery
task for each step*, over the line, as routing is compared (`one_task`).
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from psycopg import sql

from portal.core import paths
from portal.devtools.children import Fleet, free_port
from portal.devtools.processes import ServiceError
from tests.benchmarks import worlds
from tests.benchmarks.simulator import simulator
from tests.benchmarks.slices import Ratio, ratio_of
from tests.benchmarks.sync_line import LATENCY, line

GOAL_DATABASE, GOAL_SINGLE = 0.65, 50.0
WORKERS = 2
DATABASE, SIMULATOR = "bench_sync", "bench_sync_sandbox"
DATABASES = (DATABASE, SIMULATOR)
Worker = subprocess.Popen[str]


@dataclass(frozen=True, slots=True)
class Sync:
    """Pairs of slices, all of the same run. Items are posted one by one over the line, singles without; tasks are one per step."""

    to_database: Ratio
    to_items: Ratio
    to_tasks: Ratio
    to_singles: Ratio
    database_to_singles: Ratio
    simulator_to_database: Ratio
    steps: int
    singles: int

    @property
    def misses(self) -> bool:
        """Whether a goal was missed for certain."""
        return any(
            ratio.median < goal and ratio.high < goal for ratio, goal in ((self.to_database, GOAL_DATABASE), (self.to_items, GOAL_SINGLE))
        )


class Bench:
    """Fills the outbox, lets the workers empty it, and takes the time."""

    def rate(self, workers: list[Worker], way: str, count: int) -> float:
        """Steps in a second while all workers empty the stream."""
        self.fill(count)
        began = time.time()
        for worker in workers:
            _tell(worker, way)
        answers = [json.loads(_line(worker)) for worker in workers]
        taken = sum(answer["taken"] for answer in answers)
        if taken != count:
            raise ServiceError(f"{way}: {taken} of {count} steps were taken, {self._waiting()}")
        return float(count / (max(answer["ended"] for answer in answers) - began))

    def fill(self, count: int) -> None:
        """So many dossiers have one more step to tell, each as the first that waits of its dossier."""
        with worlds.connect(DATABASE) as connection:
            connection.execute(_FILL, {"count": count})
            connection.execute("VACUUM (ANALYZE) outbox_outboxmessage")

    def _waiting(self) -> str:
        with worlds.connect(DATABASE) as connection:
            rows = connection.execute("SELECT last_error, count(*) FROM outbox_outboxmessage WHERE done_at IS NULL GROUP BY 1").fetchall()
        return str(rows[:5])


# Every dossier's row differs only in what names the dossier; the first step of each is a creation, so each slice takes other dossiers.
_FILL = """
    INSERT INTO outbox_outboxmessage
        (stream, subject_id, sequence, kind, payload, key, created_at, not_before, attempt, last_error, parked_reason)
    SELECT 'national', d.id, 1, 'create', t.payload || jsonb_build_object('code', d.code), 'bench:' || d.code, now(), now(), 0, '', ''
    FROM (SELECT id, code FROM dossiers_dossier o WHERE NOT EXISTS (
              SELECT 1 FROM outbox_outboxmessage m WHERE m.stream = 'national' AND m.subject_id = o.id)
          ORDER BY id LIMIT %(count)s) d, bench_step_template t"""


# The filed dossier again and again, under other numbers; nothing but its code is read here.
_COPIES = """
    INSERT INTO dossiers_dossier SELECT (jsonb_populate_record(d, jsonb_build_object(
        'id', 1000000 + i, 'code', split_part(d.code, '-', 1) || '-' || split_part(d.code, '-', 2) || '-' || lpad(i::text, 6, '0'),
        'submit_token', gen_random_uuid()))).*
    FROM dossiers_dossier d, generate_series(1, %(count)s) i WHERE d.code = %(code)s"""


def measure(fleet: Fleet, *, slices: int, steps: int, singles: int) -> Sync:
    """All of them, slice by slice in turn."""
    bench = Bench()
    _prepare((slices + 1) * (5 * steps + 3 * singles) + 10)
    with ExitStack() as stack:
        lean = stack.enter_context(_receiver())
        quick = stack.enter_context(_workers(fleet, lean))
        there = stack.enter_context(simulator(fleet, SIMULATOR))
        real = stack.enter_context(_workers(fleet, there))
        distant = stack.enter_context(_receiver(LATENCY))
        remote = stack.enter_context(_workers(fleet, distant))
        far = stack.enter_context(line(fleet, distant, DATABASE, workers=WORKERS, fill=bench.fill))
        ways = (
            lambda: bench.rate(quick, "delivered", steps),
            lambda: bench.rate(quick, "database", steps),
            lambda: bench.rate(quick, "single", singles),
            lambda: bench.rate(real, "delivered", steps),
            lambda: bench.rate(remote, "delivered", steps),
            lambda: bench.rate(remote, "single", singles),
            lambda: far.batches(steps),
            lambda: far.tasks(singles),
        )
        for way in ways:
            way()  # what is slow the first time only
        found: list[list[float]] = [[] for _way in ways]
        for number in range(slices):
            order = list(enumerate(ways))
            for index, way in order if number % 2 == 0 else reversed(order):
                found[index].append(way())
    delivered, database, single, simulated, sent, item, batched, tasked = found
    return Sync(
        to_database=ratio_of(delivered, database),
        to_items=ratio_of(sent, item),
        to_tasks=ratio_of(batched, tasked),
        to_singles=ratio_of(delivered, single),
        database_to_singles=ratio_of(database, single),
        simulator_to_database=ratio_of(simulated, database),
        steps=slices * steps,
        singles=slices * singles,
    )


def _prepare(dossiers: int) -> None:
    """A database with one dossier that was really filed, so many copies of it, and nothing to tell yet."""
    worlds.clone(DATABASE, worlds.INTAKE)
    with worlds.using(DATABASE):
        from tests.factories import filed  # the settings are named by now

        code = filed().dossier.code
    with worlds.connect(DATABASE) as connection:
        connection.execute(
            sql.SQL(
                "CREATE TABLE bench_step_template AS SELECT m.payload FROM outbox_outboxmessage m"
                " JOIN dossiers_dossier d ON d.id = m.subject_id WHERE m.stream = 'national' AND m.sequence = 1 AND d.code = {}"
            ).format(sql.Literal(code))
        )
        connection.execute("UPDATE outbox_outboxmessage SET done_at = now()")
        connection.execute("SET session_replication_role = replica")
        connection.execute(_COPIES, {"code": code, "count": dossiers})
        connection.execute("VACUUM (ANALYZE) dossiers_dossier")


@contextmanager
def _receiver(latency: float = 0.0) -> Iterator[str]:
    port = free_port(27000 + int(latency * 10_000))
    with _process("tests.benchmarks.sync_receiver", str(port), str(latency)) as receiver:
        _line(receiver)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _workers(fleet: Fleet, url: str) -> Iterator[list[Worker]]:
    """Worker processes that talk to `url`."""
    own = dict(fleet.environment) | {"DATABASE_NAME": DATABASE, "NATIONAL_URL": url, "DATABASE_ROLE": "worker"}
    with ExitStack() as stack:
        workers = [stack.enter_context(_process("tests.benchmarks.sync_worker", **own)) for _each in range(WORKERS)]
        for worker in workers:
            _line(worker)
        yield workers


@contextmanager
def _process(module: str, *arguments: str, **own: str) -> Iterator[Worker]:
    command = [sys.executable, "-m", module, *arguments]
    worker = subprocess.Popen(
        command, cwd=paths.ROOT, env=os.environ | own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr, text=True
    )
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def _tell(worker: Worker, line: str) -> None:
    assert worker.stdin is not None
    worker.stdin.write(line + "\n")
    worker.stdin.flush()


def _line(worker: Worker) -> str:
    assert worker.stdout is not None
    line = worker.stdout.readline()
    while line and not line.startswith(("{", "ready")):
        line = worker.stdout.readline()
    if not line:
        raise ServiceError("A worker of the benchmark ended.")
    return line
