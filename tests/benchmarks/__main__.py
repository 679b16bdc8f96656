"""Ratios of the portal against itself and against PostgreSQL, measured in turn in one run. `make bench`.

Exit status 0 unless a goal was missed for certain: the middle ratio misses it, and three quarters of the slices do.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.core import paths
from portal.devtools import postgres, services
from portal.devtools.children import Child, Fleet, free_port
from portal.devtools.processes import ServiceError, locked
from portal.devtools.static import collect_static

FLAVOUR = "demo"
IDLE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    small: int
    large: int
    slices: int
    page_slices: int
    filing_seconds: int
    page_seconds: float
    drafts: int
    route_batches: int
    route_singles: int
    steps: int
    step_singles: int
    compared: int
    planted: int
    rounds: int


FULL = Size(
    10_000,
    100_000,
    slices=9,
    page_slices=9,
    filing_seconds=2,
    page_seconds=2.0,
    drafts=1500,
    route_batches=20,
    route_singles=60,
    steps=3000,
    step_singles=120,
    compared=100_000,
    planted=100,
    rounds=3,
)
QUICK = Size(
    8_000,
    24_000,
    slices=3,
    page_slices=3,
    filing_seconds=1,
    page_seconds=0.6,
    drafts=400,
    route_batches=6,
    route_singles=20,
    steps=1000,
    step_singles=50,
    compared=5_000,
    planted=20,
    rounds=2,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and record if asked."""
    asked = _parser().parse_args(arguments)
    if os.environ.get("DATABASE_URL"):
        say("Benchmarks run on the embedded PostgreSQL: unset DATABASE_URL.")
        return 2
    port = free_port()
    fleets = [_fleet(free_port(port + 10 * number), name) for number, name in enumerate(("bench_intake", "bench_small", "bench_large"))]
    _settings_for(fleets[0])
    import django

    django.setup()
    from tests.benchmarks.run import Run

    try:
        with locked("bench"), _cluster():
            if not asked.quick:
                say(f"load {os.getloadavg()[0]:.1f}, waiting for a quiet machine at most {IDLE_SECONDS} s")
                _wait_for_idle()
            return Run(asked, QUICK if asked.quick else FULL, fleets).finish()
    except ServiceError as error:
        say(str(error))
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small databases and short slices: whether everything works, in a minute")
    parser.add_argument("--only", choices=["intake", "pages", "reconcile", "routing", "sync"], help="one part")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--record", action="store_true", help="write docs/measurements/<date>.md and latest.json")
    parser.add_argument("--keep", action="store_true", help="keep the databases with dossiers for the next run")
    return parser


def say(text: str) -> None:
    """Progress, beside the result."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def _fleet(port: int, database: str) -> Fleet:
    own = {"MOTCUA_FLAVOUR": FLAVOUR, "DATABASE_NAME": database, "SANDBOX_DATABASE_NAME": f"{database}_sandbox", "DATABASE_URL": ""}
    return Fleet(port=port, sandbox_port=port + 1, logs=paths.LOCAL / "bench" / database, environment=own)


def _settings_for(fleet: Fleet) -> None:
    """This process reads the settings as the web process of the intake does."""
    os.environ.update({**fleet.environment, **fleet.addresses, "DATABASE_ROLE": "web", "DJANGO_SETTINGS_MODULE": "portal.settings"})


@contextmanager
def _cluster() -> Iterator[None]:
    """The demo's cluster runs; it is stopped afterwards if it did not run before."""
    was_running = postgres.cluster(FLAVOUR).pid() is not None
    services.ensure_cluster(FLAVOUR)
    collect_static(say)
    try:
        yield
    finally:
        if not was_running:
            services.stop(FLAVOUR)


def _wait_for_idle() -> None:
    """Other programs had a chance to end; a machine that stays busy is measured as it is, and the report says so."""
    end = time.monotonic() + IDLE_SECONDS
    while os.getloadavg()[0] > 0.5 * (os.cpu_count() or 1) and time.monotonic() < end:
        time.sleep(1)


@contextmanager
def serving(*children: Child) -> Iterator[None]:
    """The processes do their work inside, and none is left afterwards."""
    try:
        for child in children:
            child.start()
        for child in children:
            child.wait_ready()
        yield
    finally:
        for child in children:
            child.stop_seconds = 8
            child.stop()


def commit() -> str:
    """The checkout's commit, marked when files differ from it."""
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=paths.ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


MEASUREMENTS = Path(paths.ROOT / "docs" / "measurements")

if __name__ == "__main__":
    raise SystemExit(main())
