"""The embedded PostgreSQL and Valkey: start, stop, status, and what a fresh database needs.

`manage.py services` is the way in. `python -m portal.devtools.services start` does the same without loading the
portal's apps, for the moments when those do not load.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.core import paths
from portal.devtools import postgres, roles, valkey
from portal.devtools.fingerprint import database_fingerprint, sandbox_fingerprint
from portal.devtools.processes import ServiceError, locked, manage, require_python

connection_url = roles.connection_url

# Everything a fresh database needs before any command works, in order. Each is idempotent and skips what is there.
PREPARATION: tuple[tuple[str, ...], ...] = (
    ("migrate", "--no-input", "--skip-checks", "-v", "0"),
    ("createcachetable",),
    ("load_reference_data",),
)
SANDBOX_SETTINGS = "portal.sandbox.settings"


Say = Callable[[str], None]


@dataclass(frozen=True)
class ServiceStatus:
    """One server, as `services status` shows it."""

    name: str
    running: bool
    pid: int | None
    socket: str
    data: str


def external_database() -> bool:
    """Whether this portal uses servers of somebody else's, so that none is started here."""
    return bool(os.environ.get("DATABASE_URL"))


def ensure_cluster(flavour: str | None = None) -> None:
    """PostgreSQL and Valkey of `flavour` answer; roles and databases exist. Cheap when they already do."""
    name = flavour or paths.flavour()
    require_python()
    postgres.start(name)
    valkey.start(name)
    with locked(f"roles-{name}"):
        roles.ensure_databases(name)
        _write_location(name)


def stop(flavour: str | None = None) -> list[str]:
    """Both servers of `flavour` are stopped. Returns the names of those that were running."""
    name = flavour or paths.flavour()
    return [label for label, stopped in (("valkey", valkey.stop(name)), ("postgres", postgres.stop(name))) if stopped]


def status(flavour: str | None = None) -> list[ServiceStatus]:
    """What runs now and where its files are."""
    name = flavour or paths.flavour()
    server = postgres.cluster(name)
    return [
        ServiceStatus("postgres", server.is_ready(), server.pid(), str(server.run / f".s.PGSQL.{paths.POSTGRES_PORT}"), str(server.data)),
        ServiceStatus(
            "valkey", valkey.is_ready(name), valkey.pid(name), str(paths.valkey_socket(name)), str(paths.service_home(name) / "valkey")
        ),
    ]


def prepare_database(say: Say = lambda _line: None, *, flavour: str | None = None, database: str = paths.DATABASE) -> bool:
    """The portal's database is migrated and holds the reference data. True if there was anything to do. Raises ServiceError.

    The database itself remembers what it was prepared from, so that a second start costs nothing.
    """
    known = known_commands()
    commands = [command for command in PREPARATION if command[0] in known]
    environment = {"DATABASE_ROLE": "owner", "DATABASE_NAME": database}
    return prepare(say, "reference", database_fingerprint(), commands, environment, database=database, flavour=flavour)


def prepare_sandbox(
    say: Say = lambda _line: None,
    *,
    flavour: str | None = None,
    database: str = paths.SANDBOX_DATABASE,
    addresses: Mapping[str, str] | None = None,
) -> bool:
    """The simulators' database is migrated and knows the portal at `addresses`. True if there was anything to do."""
    if "setup" not in known_commands():
        return False
    environment = sandbox_environment(database) | dict(addresses or {})
    fingerprint = sandbox_fingerprint() + str(sorted(environment.items()))
    return prepare(say, "sandbox", fingerprint, [("setup",)], environment, database=database, flavour=flavour)


def prepare_external(say: Say, *, addresses: Mapping[str, str]) -> None:
    """People of the demo and the simulators stand in servers of somebody else's, which are migrated and loaded. Raises ServiceError."""
    if not os.environ.get("SANDBOX_DATABASE_URL"):
        raise ServiceError(
            "DATABASE_URL is set, SANDBOX_DATABASE_URL is not: the simulated national services need a database of their own. "
            "Set it as well, or unset DATABASE_URL and REDIS_URL to use the embedded servers."
        )
    for command, environment in (
        ("load_demo_world", {"DATABASE_ROLE": "owner", "DEMO": "1"}),
        ("setup", {"DJANGO_SETTINGS_MODULE": SANDBOX_SETTINGS, **addresses}),
    ):
        say(f"{command} (your own database)")
        _manage_or_raise(command, environment=environment)


def sandbox_environment(database: str) -> dict[str, str]:
    """What makes a process the simulators' own."""
    return {"DJANGO_SETTINGS_MODULE": SANDBOX_SETTINGS, "SANDBOX_DATABASE_NAME": database, "SANDBOX_DATABASE_URL": ""}


def prepare(
    say: Say,
    what: str,
    fingerprint: str,
    commands: Sequence[tuple[str, ...]],
    environment: Mapping[str, str],
    *,
    database: str,
    flavour: str | None = None,
) -> bool:
    """Run the commands unless `database` notes that they ran for this `fingerprint`; then note it. Raises ServiceError."""
    name = flavour or paths.flavour()
    with locked(f"prepare-{name}"), postgres.connect(name) as connection:
        notes = roles.notes(connection, database)
        if notes.get(what) == fingerprint:
            return False
        for command in commands:
            say(f"{command[0]} ({database})")
            _manage_or_raise(*command, environment={**environment, "MOTCUA_FLAVOUR": name})
        roles.note(connection, database, notes | {what: fingerprint})
    return True


def known_commands() -> set[str]:
    """The project's own commands and the Django ones used here, found by their files: nothing is imported."""
    found = {path.stem for path in paths.ROOT.glob("*/management/commands/*.py")} | {
        path.stem for path in paths.ROOT.glob("portal/*/management/commands/*.py")
    }
    return found | {"migrate", "createcachetable", "collectstatic"}


def _manage_or_raise(*command: str, environment: Mapping[str, str]) -> None:
    done = manage(*command, environment=environment)
    if done.returncode:
        why = (done.stderr or done.stdout).strip()
        raise ServiceError(f"`manage.py {' '.join(command)}` failed; the servers run, the database is not ready:\n{why[-3000:]}")


def _write_location(flavour: str) -> None:
    """Name in `.local/services.json` where this checkout's services live, for people who look for them."""
    file = paths.LOCAL / "services.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    account = postgres.cluster(flavour).account
    here = {
        "home": str(paths.service_home(flavour)),
        "sockets": str(paths.run_dir(flavour)),
        "account": account.name if account else None,
        "database": connection_url(roles.OWNER, flavour=flavour),
    }
    if flavour in postgres.FLAVOURS and known.get(flavour) != here:
        scratch = file.with_suffix(".partial")
        scratch.write_text(json.dumps(known | {flavour: here}, indent=2) + "\n")
        Path(scratch).replace(file)


def main(arguments: list[str]) -> int:
    """Start, stop or report without Django; see the module's first lines."""
    action = arguments[0] if arguments else "status"
    try:
        if action == "start":
            ensure_cluster()
        elif action == "stop":
            stop()
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    for service in status():
        print(f"{service.name:10} {'running' if service.running else 'stopped':8} {service.pid or '-':>8}  {service.socket}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
