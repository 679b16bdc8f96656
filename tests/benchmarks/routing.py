"""Routing: decisions in memory, the batch worker against pgbench sending the same statements, and against one task per dossier.

The worker is a real one with the real outbox. pgbench writes the same rows: a third copy of the database is routed in this process,
and what that left is put into tables from which pgbench's statements insert. It neither decides nor draws a sheet.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from celery import Celery
from django.conf import settings

from dossiers.actions.route_many import route_many
from dossiers.models import Answers, Dossier
from dossiers.placefacts import known_places
from portal.core.celeryconf import FAST, celery_settings
from portal.core.clock import business_now
from portal.core.workcalendar import local
from portal.devtools import roles
from portal.devtools.children import Child, Fleet
from portal.outbox.actions import BATCH
from procedures.competence import Competent
from procedures.competence_book import competent
from procedures.queries.held import held
from procedures.queries.rulebook import subject_of
from tests.benchmarks import pgbench, worlds
from tests.benchmarks.filings import prepare
from tests.benchmarks.mirror import MIRROR, PLANNED, ROUTE, make_plan
from tests.benchmarks.slices import Ratio, ratio_of
from tests.benchmarks.worlds import Connection, connect, using

GOAL_PGBENCH, GOAL_SINGLE = 0.5, 50.0
WORKERS = 2
"""Processes of the worker, and clients of pgbench."""

PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Plan:
    """How many dossiers each side routes in a slice, and how many slices there are."""

    slices: int
    batches: int
    singles: int

    @property
    def batch_size(self) -> int:
        return self.batches * BATCH


@dataclass(frozen=True, slots=True)
class Routing:
    """Rates in a second, and the ratios of slices measured in turn. A single is routed by a task of its own."""

    decisions: float
    decisions_with_facts: float
    to_pgbench: Ratio
    to_singles: Ratio
    routed: int
    in_process_ms: float

    @property
    def misses(self) -> bool:
        """Whether a goal was missed for certain."""
        return any(ratio.median < goal and ratio.high < goal for ratio, goal in self.goals)

    @property
    def goals(self) -> tuple[tuple[Ratio, float], ...]:
        return (self.to_pgbench, GOAL_PGBENCH), (self.to_singles, GOAL_SINGLE)


class Work:
    """The dossiers of each side, handed out slice by slice."""

    def __init__(self, keys: list[int], plan: Plan) -> None:
        self.plan = plan
        half = (plan.slices + 1) * plan.batch_size
        self.batches, self.mirror = iter(keys[:half]), iter(keys[:half])
        self.singles = iter(keys[half:])
        self.planned = keys[:half]

    @staticmethod
    def needed(plan: Plan) -> int:
        return (plan.slices + 1) * (plan.batch_size + plan.singles)


def measure(fleet: Fleet, plan: Plan, script: Path) -> Routing:
    """All figures. The databases exist only meanwhile."""
    worlds.clone(ROUTE, worlds.INTAKE)
    keys = prepare(ROUTE, Work.needed(plan))
    work = Work(keys, plan)
    for copy in (PLANNED, MIRROR):
        worlds.clone(copy, ROUTE)
    with using(PLANNED, roles.WORKER):
        decisions, with_facts = _decisions(work.planned[:1000])
        in_process = _route_all(work.planned)
    make_plan(work.planned, script)
    with _worker(fleet) as queue:
        _batches(queue, _take(work.batches, plan.batch_size))  # both processes read the registry
        _singles(queue, _take(work.singles, plan.singles))
        _pgbench(script, _take(work.mirror, plan.batch_size))
        rates = [_slice(number, queue, work, script) for number in range(plan.slices)]
    batched, mirrored, single = (list(side) for side in zip(*rates, strict=True))
    _same_rows(work.planned)
    return Routing(
        decisions, with_facts, ratio_of(batched, mirrored), ratio_of(batched, single), (plan.slices + 1) * plan.batch_size, in_process
    )


def _slice(number: int, queue: Celery, work: Work, script: Path) -> tuple[float, float, float]:
    """Each side once, each time another one first."""
    plan, rates = work.plan, [0.0, 0.0, 0.0]
    sides = (
        lambda: _batches(queue, _take(work.batches, plan.batch_size)),
        lambda: _pgbench(script, _take(work.mirror, plan.batch_size)),
        lambda: _singles(queue, _take(work.singles, plan.singles)),
    )
    for turn in range(3):
        side = (number + turn) % 3
        rates[side] = sides[side]()
    return rates[0], rates[1], rates[2]


def _take(keys: Iterator[int], count: int) -> list[int]:
    return [next(keys) for _each in range(count)]


@contextmanager
def _worker(fleet: Fleet) -> Iterator[Celery]:
    """A worker on the database, and the queue through which it is woken."""
    own = replace(fleet, environment={**fleet.environment, "DATABASE_NAME": ROUTE})
    child: Child = own.worker(concurrency=WORKERS)
    child.command += ["-I", "tests.benchmarks.one_task"]
    child.stop_seconds = 8
    queue = Celery("bench", set_as_current=False)
    queue.conf.update(
        {name.lower().removeprefix("celery_"): value for name, value in celery_settings(settings.BROKER_URL, f"{ROUTE}:").items()}
    )
    try:
        child.start()
        child.wait_ready()
        yield queue
    finally:
        child.stop()
        queue.close()


def _batches(queue: Celery, keys: list[int]) -> float:
    """The messages of these dossiers become due and the worker is woken; dossiers a second until the last is settled."""
    with connect(ROUTE) as connection:
        _now_due(connection, keys)
        begun = time.time()
        for _each in range(WORKERS):
            queue.send_task("outbox.drain", kwargs={"stream": "route"}, queue=FAST)
        open_ones = "SELECT count(*) FROM outbox_outboxmessage WHERE stream = 'route' AND subject_id = ANY (%s) AND done_at IS NULL"
        _until_none(connection, open_ones, keys, every=0.3)
        last = connection.execute(
            "SELECT extract(epoch FROM max(done_at))::float8 FROM outbox_outboxmessage WHERE stream = 'route' AND subject_id = ANY (%s)",
            [keys],
        ).fetchone()
    assert last is not None
    return len(keys) / (float(str(last[0])) - begun)


def _singles(queue: Celery, keys: list[int]) -> float:
    """One task for each of these dossiers; dossiers a second until the last is routed."""
    with connect(ROUTE) as connection:
        begun = time.time()
        for key in keys:
            queue.send_task("bench.route_one", kwargs={"dossier": key}, queue=FAST)
        _until_none(connection, "SELECT count(*) FROM dossiers_dossier WHERE id = ANY (%s) AND routing = 'pending'", keys)
        return len(keys) / (time.time() - begun)


def _pgbench(script: Path, keys: list[int]) -> float:
    with connect(MIRROR) as connection:
        _now_due(connection, keys)
    return pgbench.batches(script, MIRROR, clients=WORKERS, each=len(keys) // BATCH // WORKERS) * BATCH


def _now_due(connection: Connection, keys: list[int]) -> None:
    connection.execute(
        "UPDATE outbox_outboxmessage SET not_before = now() - interval '1 second' WHERE stream = 'route' AND subject_id = ANY (%s)", [keys]
    )


def _until_none(connection: Connection, count: str, keys: list[int], *, every: float = 0.02) -> None:
    """Looks so often; where the end is read from the rows, seldom, because looking takes time from the side that is measured."""
    end = time.monotonic() + PATIENCE
    while (row := connection.execute(count, [keys]).fetchone()) != (0,):
        if time.monotonic() > end:
            raise TimeoutError(f"{row} dossiers were not routed in {PATIENCE} s")
        time.sleep(every)


def _decisions(keys: list[int]) -> tuple[float, float]:
    """Pure decisions a second, and with the reading of the form's answers into facts."""
    registry = held()
    dossiers = list(Dossier.objects.filter(pk__in=keys).order_by("pk"))
    answers = dict(Answers.objects.filter(dossier__in=keys).values_list("dossier_id", "content"))
    on = local(business_now()).date()
    day, office = registry.day(on), registry.offices([dossiers[0].receiving_office_id])[dossiers[0].receiving_office_id]
    case = registry.cases([dossiers[0].case_id])[dossiers[0].case_id]
    subject = subject_of(registry.versions([dossiers[0].version_id])[dossiers[0].version_id])
    for _warm in range(2):
        begun = time.perf_counter()
        facts = [known_places(case, answers[each.pk], office=office, on=on, units=registry.units).facts for each in dossiers]
        read = time.perf_counter()
        decided = [competent(day.book, subject, each, day.directory) for each in facts]
        done = time.perf_counter()
    assert all(isinstance(each, Competent) for each in decided)
    return len(keys) / (done - read), len(keys) / (done - begun)


def _route_all(keys: list[int]) -> float:
    """All of them are routed by this process, batch by batch; milliseconds for one dossier."""
    begun = time.perf_counter()
    for start in range(0, len(keys), BATCH):
        part = keys[start : start + BATCH]
        assert route_many(part, at=business_now()) == set(part)
    return (time.perf_counter() - begun) / len(keys) * 1000


def _same_rows(keys: list[int]) -> None:
    """pgbench left as many rows as the worker did, each dossier in the same state."""
    counts = {}
    for database in (ROUTE, MIRROR):
        with connect(database) as connection:
            found = connection.execute(
                """SELECT json_build_object(
                    'states', (SELECT count(*) FROM dossiers_dossier WHERE id = ANY (%(keys)s) AND routing = 'routed'),
                    'heads', (SELECT count(*) FROM dossiers_event e JOIN dossiers_dossier d ON d.id = e.dossier_id AND d.chain_head = e.hash
                              WHERE d.id = ANY (%(keys)s)),
                    'decisions', (SELECT count(*) FROM dossiers_routedecision WHERE dossier_id = ANY (%(keys)s)),
                    'sheets', (SELECT count(*) FROM dossiers_issueddocument WHERE dossier_id = ANY (%(keys)s)),
                    'messages', (SELECT count(*) FROM outbox_outboxmessage WHERE subject_id = ANY (%(keys)s)))::text""",
                {"keys": keys},
            ).fetchone()
        assert found is not None
        counts[database] = json.loads(str(found[0]))
    if counts[ROUTE] != counts[MIRROR]:
        raise AssertionError(f"the worker left {counts[ROUTE]}, pgbench {counts[MIRROR]}")
