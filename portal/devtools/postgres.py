"""PostgreSQL from its wheel, on a Unix socket that only this user's processes can reach.

The wheel's own `get_server()` adds a system user and loosens the parents' modes when it runs as root, so its
binaries are started here instead.
"""

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from portal.core import paths
from portal.core.patience import patient
from portal.devtools.processes import Account, ServiceError, locked, pid_in, private_dir, require_space, run_as, service_account, wait_until
from portal.devtools.wheels import binaries

SUPERUSER = "motcua_bootstrap"
MAJOR = "18"
NEEDED_MEGABYTES = 300
START_TRIES = 12

COMMON = {
    "listen_addresses": "''",
    "port": str(paths.POSTGRES_PORT),
    "unix_socket_permissions": "0700",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_connections": "200",
}
FLAVOURS = {
    "demo": {"shared_buffers": "256MB", "log_min_duration_statement": "1s"},
    # Nothing in a test cluster outlives the machine, so nothing waits for the disk.
    "test": {
        "shared_buffers": "256MB",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "4GB",
        "log_min_duration_statement": "2s",
    },
}


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL data folder and the socket it listens on."""

    flavour: str
    data: Path
    run: Path
    account: Account | None

    @property
    def log(self) -> Path:
        """The server's log, the place to look when it does not start."""
        return self.data.parent / "postgres.log"

    def pid(self) -> int | None:
        """The live server's process id; None when it is stopped, however it stopped."""
        return pid_in(self.data / "postmaster.pid", needle="postgres -D")

    def is_ready(self) -> bool:
        """Whether the server accepts connections now."""
        try:
            connect(self.flavour).close()
        except psycopg.OperationalError:
            return False
        return True


def cluster(flavour: str) -> Cluster:
    """The cluster of `flavour`, whether it exists or not."""
    data = paths.service_home(flavour) / "pg"
    return Cluster(flavour, data, paths.run_dir(flavour), service_account(data))


def connect(
    flavour: str, *, role: str = SUPERUSER, database: str = "postgres", autocommit: bool = True
) -> psycopg.Connection[tuple[object, ...]]:
    """A connection to the embedded cluster of `flavour`."""
    return psycopg.connect(
        host=str(paths.run_dir(flavour)),
        port=paths.POSTGRES_PORT,
        user=role,
        dbname=database,
        autocommit=autocommit,
        connect_timeout=int(patient(5)),
    )


def start(flavour: str) -> Cluster:
    """The cluster exists and accepts connections; one that already does is left alone. Raises ServiceError."""
    with locked(f"postgres-{flavour}"):
        this = cluster(flavour)
        if this.pid() and wait_until(this.is_ready, seconds=30):
            return this
        require_space(paths.shared_home(), NEEDED_MEGABYTES)
        home = private_dir(this.data.parent, None, mode=0o755)
        private_dir(this.run, this.account)
        if this.account:
            home.chmod(0o755)
        if not this.data.exists():
            _initialise(this)
        _refuse_other_major(this)
        _configure(this)
        _start_server(this)
        return this


def stop(flavour: str) -> bool:
    """The cluster is stopped. True if it was running."""
    with locked(f"postgres-{flavour}"):
        this = cluster(flavour)
        if not this.pid():
            return False
        for mode in ("fast", "immediate"):
            run_as(this.account, binaries().postgres / "pg_ctl", "stop", "-D", this.data, "-m", mode, "-w", "-t", "20")
            if wait_until(lambda: not this.pid(), seconds=2):
                return True
        raise ServiceError(f"PostgreSQL (process {this.pid()}) does not stop: look at {this.log}, then end that process.")


def _initialise(this: Cluster) -> None:
    """Create the data folder; one that was interrupted half-way is never taken for a whole one."""
    partial = this.data.with_name("pg.partial")
    shutil.rmtree(partial, ignore_errors=True)
    private_dir(partial, this.account)
    made = run_as(
        this.account,
        *(binaries().postgres / "initdb", "-D", partial, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync", "--no-instructions"),
    )
    if made.returncode:
        raise ServiceError(f"PostgreSQL could not be initialised in {partial}: {_last_line(made.stderr or made.stdout)}")
    partial.rename(this.data)


def _refuse_other_major(this: Cluster) -> None:
    found = (this.data / "PG_VERSION").read_text().strip() if (this.data / "PG_VERSION").exists() else "incomplete"
    if found != MAJOR:
        raise ServiceError(f'The data in {this.data} is of PostgreSQL {found}, not {MAJOR}: start afresh with `make demo ARGS="--reset"`.')


def _configure(this: Cluster) -> None:
    """Write our settings beside the generated ones, anew at each start."""
    settings = (
        COMMON
        | FLAVOURS.get(this.flavour, FLAVOURS["demo"])
        | {"unix_socket_directories": f"'{str(this.run).replace(chr(39), chr(39) * 2)}'"}
    )
    ours, main = this.data / "motcua.conf", this.data / "postgresql.conf"
    ours.write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
    include = "include 'motcua.conf'\n"
    if include not in main.read_text():
        with main.open("a") as handle:
            handle.write(include)
    if this.account:
        os.chown(ours, this.account.uid, this.account.gid)


def _start_server(this: Cluster) -> None:
    """Start the server away from this process. After a crash its children may linger for a moment, so try again."""
    _remove_stale(this)
    this.log.touch(mode=0o600)
    if this.account:
        os.chown(this.log, this.account.uid, this.account.gid)
    started = None
    for _ in range(START_TRIES):
        started = run_as(this.account, binaries().postgres / "pg_ctl", "start", "-D", this.data, "-l", this.log, "-w", "-t", "60", "-s")
        if started.returncode == 0 and wait_until(this.is_ready, seconds=10):
            return
        time.sleep(0.3)
    why = _last_line(this.log.read_text(errors="replace")) or (_last_line(started.stderr) if started else "")
    raise ServiceError(f"PostgreSQL does not start ({why}): look at {this.log}.")


def _remove_stale(this: Cluster) -> None:
    """Remove pid files whose process is gone, or is by now another program with the same number."""
    if this.pid():
        return
    socket = this.run / f".s.PGSQL.{paths.POSTGRES_PORT}"
    for stale in (this.data / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")):
        stale.unlink(missing_ok=True)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
