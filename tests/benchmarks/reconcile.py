"""Both sides compared: how long it takes until every planted difference is found, and nothing else.

Our side is a database with so many dossiers over all provinces and thirty days, each told and acknowledged in three steps; the other
side is the complete simulator, which shows all of them. Then differences of four kinds are planted there, and the portal's own nightly
comparison runs in this process, as the worker's role. Each round plants in other dossiers; those of earlier rounds stay open.
"""

import time
from dataclasses import dataclass

from django.test.utils import override_settings

from dossiers.models import SyncDifference
from dossiers.national.reconcile import reconcile
from portal.core.clock import business_today
from portal.devtools import roles
from portal.devtools.children import Fleet
from portal.devtools.processes import ServiceError
from tests.benchmarks import worlds
from tests.benchmarks.simulator import simulator
from tests.national.planting import KINDS, Row, fill_ours, fill_theirs, plant, simulator_database

GOAL_SECONDS = 60.0
DATABASE, SIMULATOR = "bench_reconcile", "bench_reconcile_sandbox"
DATABASES = (DATABASE, SIMULATOR)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Seconds of the comparison without a difference, and of each round with new ones, all of which were found."""

    dossiers: int
    planted: int
    groups: int
    clean_seconds: float
    seconds: list[float]

    @property
    def longest(self) -> float:
        return max(self.seconds)

    @property
    def misses(self) -> bool:
        """Whether any round took longer than the goal."""
        return self.longest > GOAL_SECONDS


def measure(fleet: Fleet, *, dossiers: int, planted: int, rounds: int) -> Reconciled:
    """All rounds. Raises ServiceError when a difference was not found, or one that nobody planted was."""
    rows = _ours(dossiers)
    with (
        simulator(fleet, SIMULATOR) as url,
        simulator_database(worlds.FLAVOUR, SIMULATOR) as theirs,
        worlds.using(DATABASE, roles.WORKER),
        override_settings(NATIONAL_URL=url),
    ):
        fill_theirs(theirs, rows)
        clean, groups = _compared({})
        known: dict[str, str] = {}
        seconds = []
        for number in range(rounds):
            new = plant(theirs, rows[number::rounds], each=planted // len(KINDS), seed=number)
            known |= {code: kind for kind, codes in new.items() for code in codes}
            seconds.append(_compared(known)[0])
    return Reconciled(dossiers, planted, groups, clean, seconds)


def _ours(count: int) -> list[Row]:
    """A database with so many dossiers that were told; what the other side is to show of them."""
    worlds.clone(DATABASE, worlds.INTAKE)
    with worlds.using(DATABASE):
        from tests.factories import filed  # the settings are named by now

        code = filed().dossier.code
    with worlds.connect(DATABASE) as connection:
        connection.execute("DELETE FROM outbox_outboxmessage")  # the pattern itself is not told
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            rows = fill_ours(connection.cursor(), code=code, count=count)
        connection.execute("VACUUM (ANALYZE) dossiers_dossier, outbox_outboxmessage")
    return rows


def _compared(wanted: dict[str, str]) -> tuple[float, int]:
    """Seconds of one comparison, after which exactly these differences are open, and how many groups there were."""
    began = time.monotonic()
    run = reconcile("all", today=business_today())
    seconds = time.monotonic() - began
    found = dict(SyncDifference.objects.filter(closed_at__isnull=True).values_list("code", "kind"))
    if run.fault or found != wanted:
        missed, strange = sorted(wanted.keys() - found.keys()), sorted(found.keys() - wanted.keys())
        raise ServiceError(f"comparison: {run.fault or 'differences'}; not found {missed[:5]}, not planted {strange[:5]}")
    return seconds, run.groups
