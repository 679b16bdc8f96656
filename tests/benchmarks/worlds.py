"""The databases of a run, all on the durable cluster of the demo: one for the intake, two with generated dossiers.

They are clones of one prepared template. Names begin with `bench_`, and nothing else is ever dropped.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import psycopg
from django.db import connections
from psycopg import sql

from portal.devtools import postgres, roles, services
from portal.devtools.fingerprint import database_fingerprint
from portal.devtools.processes import ServiceError

FLAVOUR = "demo"
PREFIX = "bench_"
TEMPLATE, INTAKE, SMALL, LARGE = (f"{PREFIX}{name}" for name in ("template", "intake", "small", "large"))
SINCE = date(2025, 7, 1)
NOTE = "bench"

Connection = psycopg.Connection[tuple[object, ...]]


def connect(database: str) -> Connection:
    """A connection that sees every row and may hold triggers back."""
    return postgres.connect(FLAVOUR, database=database)


def ensure_template(say: services.Say) -> str:
    """The template is migrated and holds the reference data of this checkout. Returns what it was made from."""
    wanted = database_fingerprint()
    with postgres.connect(FLAVOUR) as connection:
        if roles.notes(connection, TEMPLATE).get("reference") == wanted:
            return wanted
        say("the template: migrations and reference data")
        drop(connection, TEMPLATE)
        roles.create_database(connection, TEMPLATE, owner=roles.OWNER)
    roles.prepare_portal_database(FLAVOUR, TEMPLATE)
    services.prepare_database(say, flavour=FLAVOUR, database=TEMPLATE)
    return wanted


def clone(name: str, template: str) -> None:
    """`name` is a fresh copy of `template`, to which nobody is connected."""
    with postgres.connect(FLAVOUR) as connection:
        drop(connection, name)
        roles.create_database(connection, name, owner=roles.OWNER, template=template)


def made_from(name: str) -> str:
    """What a database that was kept from an earlier run says it holds."""
    with postgres.connect(FLAVOUR) as connection:
        return roles.notes(connection, name).get(NOTE, "")


def note(name: str, content: str) -> None:
    """The database says what it holds, so that a later run can use it again."""
    with postgres.connect(FLAVOUR) as connection:
        roles.note(connection, name, {NOTE: content})


def drop(connection: Connection, name: str) -> None:
    """The database is gone."""
    if not name.startswith(PREFIX):
        raise ServiceError(f"'{name}' is no database of the benchmarks.")
    roles.drop_database(connection, name)


def drop_all(names: tuple[str, ...]) -> None:
    """None of them is left."""
    with postgres.connect(FLAVOUR) as connection:
        for name in names:
            drop(connection, name)


@contextmanager
def using(database: str, role: str = roles.WEB) -> Iterator[None]:
    """Inside, this process's models read and write `database`, as the role."""
    default = connections["default"]
    default.close()
    default.settings_dict.update(NAME=database, USER=role)
    try:
        yield
    finally:
        default.close()
        default.settings_dict["USER"] = roles.WEB


def size_of(database: str) -> int:
    """Bytes on disk."""
    with postgres.connect(FLAVOUR) as connection:
        row = connection.execute(sql.SQL("SELECT pg_database_size({})").format(sql.Literal(database))).fetchone()
    assert row is not None
    return int(str(row[0]))
