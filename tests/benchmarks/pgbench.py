"""PostgreSQL's own load generator, from the same wheel as the server."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from portal.core import paths
from portal.devtools import roles
from portal.devtools.processes import ServiceError
from portal.devtools.wheels import binaries
from tests.benchmarks.worlds import FLAVOUR

CLIENTS = 4
_RATE = re.compile(r"tps = ([0-9.]+) \(without")


def rate(script: Path, database: str, *, seconds: int, settings: Mapping[str, str]) -> float:
    """Transactions in a second: prepared, 4 clients on the Unix socket, as the web role with these settings."""
    return float(_run(script, database, settings, "-T", str(seconds), "-c", str(CLIENTS), "-j", "2"))


def batches(script: Path, database: str, *, clients: int, each: int) -> float:
    """Transactions in a second while every client runs the script `each` times: prepared, on the Unix socket, as the worker's role."""
    return float(_run(script, database, {}, "-t", str(each), "-c", str(clients), "-j", str(clients), role=roles.WORKER))


def once(script: Path, database: str, *, settings: Mapping[str, str]) -> None:
    """The script ran one time."""
    _run(script, database, settings, "-t", "1", "-c", "1")


def _run(script: Path, database: str, settings: Mapping[str, str], *how: str, role: str = roles.WEB) -> str:
    done = subprocess.run(
        [
            *(str(binaries().postgres / "pgbench"), "-n", "-M", "prepared", "-f", str(script), *how),
            *("-h", str(paths.run_dir(FLAVOUR)), "-p", str(paths.POSTGRES_PORT), "-U", role, database),
        ],
        env=os.environ | {"PGOPTIONS": " ".join(f"-c {name}={value}" for name, value in settings.items())},
        capture_output=True,
        text=True,
        check=False,
    )
    found = _RATE.search(done.stdout)
    if done.returncode or found is None or "number of failed transactions: 0 " not in done.stdout:
        raise ServiceError(f"pgbench failed: {(done.stderr or done.stdout).strip()[-1500:]}")
    return found.group(1)
