"""A cluster of its own, which may be killed, and the portal's processes on a fresh database of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import psutil
import psycopg

from portal.core import paths
from portal.devtools import postgres, roles, services, valkey
from portal.devtools.children import Child, Fleet, free_port
from portal.devtools.fingerprint import database_fingerprint
from portal.devtools.processes import ServiceError, wait_until

FLAVOUR = "storm"
TEMPLATE = "storm_template"
Rows = list[tuple[Any, ...]]


class World:
    """Sandbox, dispatcher and worker on a clone, to be killed by name; `broker` forgets, `database` is the whole server."""

    def __init__(self, say: services.Say) -> None:
        self.say = say
        self.database = f"storm_{os.getpid()}"
        self.sandbox_database = f"{self.database}_sandbox"
        port = free_port()
        # Secrets of its own: a simulator of somebody else's, which took the port while ours was dead, must not take our steps for its own.
        secret = f"storm-{os.getpid()}"
        own = {
            "NATIONAL_HMAC_KEY": secret,
            "NATIONAL_CLIENT_SECRET": secret,
            "MOTCUA_FLAVOUR": FLAVOUR,
            "DATABASE_NAME": self.database,
            "SANDBOX_DATABASE_NAME": self.sandbox_database,
            "DATABASE_URL": "",
        }
        logs = paths.LOCAL / FLAVOUR / "logs" / str(os.getpid())
        self.fleet = Fleet(port=port, sandbox_port=free_port(port + 1), logs=logs, environment=own)
        self.children: dict[str, Child] = {}

    def prepare(self) -> None:
        """The servers run, and both databases are there, fresh."""
        services.ensure_cluster(FLAVOUR)
        wanted = database_fingerprint()
        with postgres.connect(FLAVOUR) as connection:
            _drop_dead(connection)
            if roles.notes(connection, TEMPLATE).get("reference") != wanted:
                self.say("the template: migrations and reference data")
                roles.drop_database(connection, TEMPLATE)
                roles.create_database(connection, TEMPLATE, owner=roles.OWNER)
                roles.prepare_portal_database(FLAVOUR, TEMPLATE)
                services.prepare_database(flavour=FLAVOUR, database=TEMPLATE)
            roles.create_database(connection, self.database, owner=roles.OWNER, template=TEMPLATE)
            roles.create_database(connection, self.sandbox_database, owner=roles.SANDBOX)
        services.prepare_sandbox(flavour=FLAVOUR, database=self.sandbox_database, addresses=self.fleet.addresses)

    def start(self, *, naive: bool = False, beat: bool = False) -> None:
        """The processes do their work; the naive variant has no worker that synchronises. With `beat` periodic work is done too."""
        worker = self.fleet.worker()
        queues = "fast" if naive else "fast,sync"
        worker = replace(worker, command=[*worker.command, "-Q", queues])
        for child in (self.fleet.sandbox(), worker, self.fleet.dispatcher(), *([self.fleet.beat()] if beat else [])):
            child.stop_seconds = 8
            self.children[child.name] = child
            child.start()
        for child in self.children.values():
            child.wait_ready()

    def kill(self, name: str) -> None:
        """As in a power cut; nothing is started again yet."""
        if name == "broker":
            client = valkey.client(FLAVOUR)
            for key in client.scan_iter(f"{self.database}:*"):
                client.delete(key)
        elif name == "database":
            _kill_server()
        else:
            self.children[name].kill()

    def revive(self, name: str) -> None:
        """What was killed works again."""
        if name == "database":
            postgres.start(FLAVOUR)
        elif name in self.children:
            self.children[name].start()
            self.children[name].wait_ready()

    def revive_others(self) -> list[str]:
        """Children that ended without being killed here work again. Returns their names with how they ended."""
        found = [f"{child.name} ({child.status()})" for child in self.children.values() if not child.is_alive()]
        for child in self.children.values():
            if not child.is_alive():
                self.revive(child.name)
        return found

    def rows(self, statement: str, values: tuple[Any, ...] = (), *, sandbox: bool = False) -> Rows:
        """What a statement finds (or returns), as the server's owner."""
        name = self.sandbox_database if sandbox else self.database
        with postgres.connect(FLAVOUR, database=name) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def leases_run_out(self) -> None:
        """As if the lease of a dead worker had been waited for."""
        self.rows(
            "UPDATE outbox_outboxmessage SET lease_until = lease_until - interval '10 minutes',"
            " published_at = published_at - interval '10 minutes' WHERE done_at IS NULL AND lease_until IS NOT NULL"
        )

    def waits_run_out(self) -> None:
        """As if the wait before the next try had been waited for."""
        self.rows("UPDATE outbox_outboxmessage SET not_before = now() WHERE done_at IS NULL AND not_before > now()")

    def stop(self, *, keep_cluster: bool) -> None:
        """No process is left, nor the databases."""
        for child in reversed(list(self.children.values())):
            child.stop()
        with suppress(ServiceError, psycopg.Error):
            postgres.start(FLAVOUR)
            with postgres.connect(FLAVOUR) as connection:
                roles.drop_database(connection, self.database)
                roles.drop_database(connection, self.sandbox_database)
        if not keep_cluster:
            services.stop(FLAVOUR)


@contextmanager
def world(say: services.Say) -> Iterator[World]:
    """A world that is prepared, and cleared away afterwards with its servers."""
    made = World(say)
    try:
        made.prepare()
        yield made
    finally:
        made.stop(keep_cluster=False)


def _kill_server() -> None:
    """SIGKILL for the postmaster and all its children at once."""
    pid = postgres.cluster(FLAVOUR).pid()
    if pid is None:
        return
    server = psutil.Process(pid)
    processes = [server, *server.children(recursive=True)]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    if not wait_until(lambda: not postgres.cluster(FLAVOUR).pid(), seconds=10):
        raise ServiceError("The database server does not die.")


def _drop_dead(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Databases of runs that were ended before they could clear up."""
    for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^storm_[0-9]+(_sandbox)?$'").fetchall():
        if not psutil.pid_exists(int(str(name).split("_")[1])):
            roles.drop_database(connection, str(name))
