"""Roles and databases of the embedded cluster. What production does the same way is written in `docs/operations.md`.

portal_owner owns the tables and runs migrations; portal_web and portal_worker only read and write rows; sandbox is
the simulators' own and cannot even connect to the portal's database. None is a superuser or passes row-level security.
"""

import json
from collections.abc import Iterable
from urllib.parse import quote

import psycopg
from psycopg import sql

from portal.core import paths
from portal.devtools import postgres

OWNER, WEB, WORKER, SANDBOX = "portal_owner", "portal_web", "portal_worker", "sandbox"
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")

# Nothing waits for ever: a stuck statement, lock or transaction ends with an error that somebody sees.
ROLE_SETTINGS = {
    OWNER: {"lock_timeout": "10s", "idle_in_transaction_session_timeout": "10min"},
    WEB: {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "10s"},
    WORKER: {"statement_timeout": "60s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "60s"},
    SANDBOX: {"statement_timeout": "10s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "30s"},
}


def connection_url(role: str, database: str = paths.DATABASE, *, flavour: str | None = None) -> str:
    """The URL under which `role` reaches `database` on the embedded cluster, as libpq and Django both read it."""
    return f"postgres://{role}@/{database}?host={quote(str(paths.run_dir(flavour)))}&port={paths.POSTGRES_PORT}"


def ensure_databases(flavour: str) -> list[str]:
    """Roles, settings, the portal's and the sandbox's database exist as described above. Returns the databases made now."""
    with postgres.connect(flavour) as connection:
        ensure_roles(connection)
        made = [
            name
            for name, owner in ((paths.DATABASE, OWNER), (paths.SANDBOX_DATABASE, SANDBOX))
            if create_database(connection, name, owner=owner)
        ]
    prepare_portal_database(flavour, paths.DATABASE)
    return made


def ensure_roles(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """The four roles exist with their limits."""
    for role, settings in ROLE_SETTINGS.items():
        name = sql.Identifier(role)
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {}").format(name))
        connection.execute(sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS").format(name))
        for setting, value in settings.items():
            connection.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value)))


def create_database(connection: psycopg.Connection[tuple[object, ...]], name: str, *, owner: str, template: str = "template0") -> bool:
    """The database exists, belongs to `owner` and lets only its own roles in. True if it was made now."""
    database, missing = sql.Identifier(name), not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if missing:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY {}").format(
                database, sql.Identifier(owner), sql.Identifier(template), sql.SQL("WAL_LOG" if template == "template0" else "FILE_COPY")
            )
        )
    admitted: Iterable[str] = (SANDBOX,) if owner == SANDBOX else (OWNER, WEB, WORKER)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.SQL(", ").join(map(sql.Identifier, admitted))))
    return missing


def drop_database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """The database is gone, whoever was connected to it."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def prepare_portal_database(flavour: str, name: str) -> None:
    """The extensions exist, and what the owner creates later is readable and writable for web and worker."""
    with postgres.connect(flavour, database=name) as connection:
        for extension in EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        for grant in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "SELECT, USAGE ON SEQUENCES"):
            connection.execute(
                sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT {} TO {}, {}").format(
                    sql.Identifier(OWNER), sql.SQL(grant), sql.Identifier(WEB), sql.Identifier(WORKER)
                )
            )


def notes(connection: psycopg.Connection[tuple[object, ...]], database: str) -> dict[str, str]:
    """What the database says it was prepared from; see `services.prepare`."""
    row = connection.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [database]).fetchone()
    try:
        return dict(json.loads(str(row[0]))) if row and row[0] else {}
    except ValueError:
        return {}


def note(connection: psycopg.Connection[tuple[object, ...]], database: str, content: dict[str, str]) -> None:
    """The database says that it was prepared from `content`."""
    connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(database), sql.Literal(json.dumps(content))))
