"""The template database, its clones, and which runs are under way on the test cluster."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from portal.core import paths
from portal.devtools import postgres, roles, services
from portal.devtools.fingerprint import database_fingerprint, sandbox_fingerprint
from portal.devtools.processes import ServiceError, locked, process_command
from portal.devtools.static import collect_static

FLAVOUR = "test"
PREFIX = "test_motcua"
TEMPLATE_PREFIX = f"{PREFIX}_template_"
SANDBOX_TEMPLATE_PREFIX = f"{PREFIX}_sandboxtemplate_"
SANDBOX_SUFFIX = "_sandbox"
BUILDING_SUFFIX = "_building"
KEPT_TEMPLATES = 3
Connection = psycopg.Connection[tuple[object, ...]]

# Told by the controller to its workers.
TEMPLATE_VARIABLE = "MOTCUA_TEST_TEMPLATE"
FAILURE_VARIABLE = "MOTCUA_TEST_FAILURE"
STATIC_VARIABLE = "MOTCUA_TEST_STATIC_FAILURE"


def is_test_name(name: str) -> bool:
    """Whether tests may write to, and drop, a database of this name."""
    return name.startswith("test_")


def refuse_other_databases(environment: Mapping[str, str]) -> None:
    """Refuse a run that was pointed at anything but a test database, before the settings are read."""
    for variable in ("DATABASE_NAME", "DATABASE_URL"):
        name = environment.get(variable, "").partition("?")[0].rsplit("/", 1)[-1]
        if name and not is_test_name(name):
            raise pytest.UsageError(
                f"{variable} names the database '{name}', which does not start with 'test_': tests refuse to touch it. Unset {variable}."
            )


def clone_name(run: str, worker: str) -> str:
    """The database of one process of one run."""
    return f"{PREFIX}_{run}_{worker}"


def _runs() -> Path:
    return paths.LOCAL / "test" / "runs"


def live_runs() -> list[str]:
    """Runs whose controller is alive. Entries of dead ones are removed."""
    alive = []
    for entry in sorted(_runs().glob("*")):
        if "py" in process_command(int(entry.name)):
            alive.append(entry.name)
        else:
            entry.unlink(missing_ok=True)
    return alive


def begin_run(run: str) -> None:
    """The cluster runs, the template is current, and clones of dead runs are gone.

    A failure is kept until a test asks for the database, so that tests of pure modules run without one.
    """
    with locked("test-runs"):
        _runs().mkdir(parents=True, exist_ok=True)
        others = live_runs()
        (_runs() / run).touch()
        try:
            services.ensure_cluster(FLAVOUR)
            with postgres.connect(FLAVOUR) as connection:
                _allow_acting_as_worker(connection)
                _drop_dead_clones(connection, {*others, run})
                os.environ[TEMPLATE_VARIABLE] = ensure_template(connection)
        except ServiceError as error:
            os.environ[FAILURE_VARIABLE] = str(error)
        try:
            collect_static()
        except ServiceError as error:
            os.environ[STATIC_VARIABLE] = str(error)


def end_run(run: str) -> None:
    """This run's clones are gone; the servers are stopped if no other run uses them."""
    with locked("test-runs"):
        (_runs() / run).unlink(missing_ok=True)
        others = live_runs()
        if others:
            with postgres.connect(FLAVOUR) as connection:
                _drop_dead_clones(connection, set(others))
        else:
            services.stop(FLAVOUR)
            shutil.rmtree(_runs(), ignore_errors=True)


def _names(connection: Connection, prefix: str) -> Iterator[str]:
    for (name,) in connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid", [prefix]).fetchall():
        yield str(name)


def _drop_dead_clones(connection: Connection, alive: set[str]) -> None:
    for name in list(_names(connection, f"{PREFIX}_")):
        run = name.removeprefix(f"{PREFIX}_").split("_")[0]
        if run.isdigit() and run not in alive:
            roles.drop_database(connection, name)


def _allow_acting_as_worker(connection: Connection) -> None:
    """On the test cluster only: a test's connection may switch to the worker's role, without inheriting its rights."""
    connection.execute(
        sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(sql.Identifier(roles.WORKER), sql.Identifier(roles.WEB))
    )


def ensure_template(connection: Connection) -> str:
    """A database that is migrated and holds the reference data, named by what it was made from."""
    name = TEMPLATE_PREFIX + database_fingerprint()
    if name not in _names(connection, TEMPLATE_PREFIX):
        with _building(connection, name, roles.OWNER) as building:
            roles.prepare_portal_database(FLAVOUR, building)
            services.prepare_database(flavour=FLAVOUR, database=building)
    _drop_old(connection, TEMPLATE_PREFIX, name)
    return name


def ensure_sandbox_template(connection: Connection) -> str:
    """The same for the simulators."""
    name = SANDBOX_TEMPLATE_PREFIX + sandbox_fingerprint()
    if name not in _names(connection, SANDBOX_TEMPLATE_PREFIX):
        with _building(connection, name, roles.SANDBOX) as building:
            services.prepare_sandbox(flavour=FLAVOUR, database=building)
    _drop_old(connection, SANDBOX_TEMPLATE_PREFIX, name)
    return name


@contextmanager
def _building(connection: Connection, name: str, owner: str) -> Iterator[str]:
    """Build under another name, so that a build that was interrupted is never cloned."""
    building = f"{name}{BUILDING_SUFFIX}"
    roles.drop_database(connection, building)
    roles.create_database(connection, building, owner=owner)
    yield building
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name)))


def _drop_old(connection: Connection, prefix: str, current: str) -> None:
    """Keep the newest few: another run may be using the one before."""
    templates = [found for found in _names(connection, prefix) if found != current and not found.endswith(BUILDING_SUFFIX)]
    for old in templates[: 1 - KEPT_TEMPLATES]:
        roles.drop_database(connection, old)


def clone(name: str) -> None:
    """The database `name` is a fresh copy of the template."""
    _refuse(name)
    with postgres.connect(FLAVOUR) as connection, locked("test-template"):
        template = os.environ.get(TEMPLATE_VARIABLE, "")
        if template not in _names(connection, TEMPLATE_PREFIX):
            template = ensure_template(connection)
        roles.drop_database(connection, name)
        roles.create_database(connection, name, owner=roles.OWNER, template=template)


def clone_sandbox(name: str) -> None:
    """The simulators' database `name` is a fresh copy of their template."""
    _refuse(name)
    with postgres.connect(FLAVOUR) as connection, locked("test-template"):
        template = ensure_sandbox_template(connection)
        roles.drop_database(connection, name)
        roles.create_database(connection, name, owner=roles.SANDBOX, template=template)


def drop(name: str) -> None:
    """The database `name` is gone."""
    _refuse(name)
    with postgres.connect(FLAVOUR) as connection:
        roles.drop_database(connection, name)


def _refuse(name: str) -> None:
    if not is_test_name(name):
        raise ServiceError(f"'{name}' is no test database.")
    if failure():
        raise ServiceError(failure())


def describe(run: str) -> str:
    """One line for the head of a test run."""
    return f"run {run} on {paths.run_dir(FLAVOUR)}"


def failure() -> str:
    """Why no database is to be had in this run; empty if all is well."""
    return os.environ.get(FAILURE_VARIABLE, "")
