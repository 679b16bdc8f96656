"""The complete simulator of the national portal as a process of its own, on a database that is made for the run."""

from collections.abc import Iterator
from contextlib import contextmanager

from portal.devtools import postgres, roles, services
from portal.devtools.children import Fleet, free_port
from tests.benchmarks import worlds


@contextmanager
def simulator(fleet: Fleet, database: str) -> Iterator[str]:
    """Its address. It keeps everything in `database`, which is new."""
    with postgres.connect(worlds.FLAVOUR) as connection:
        worlds.drop(connection, database)
        roles.create_database(connection, database, owner=roles.SANDBOX)
    own = dict(fleet.environment) | {"SANDBOX_DATABASE_NAME": database}
    simulated = Fleet(port=fleet.port, sandbox_port=free_port(22000), logs=fleet.logs, environment=own)
    services.prepare_sandbox(flavour=worlds.FLAVOUR, database=database, addresses=simulated.addresses)
    child = simulated.sandbox()
    try:
        child.start()
        child.wait_ready()
        yield simulated.sandbox_url
    finally:
        child.stop_seconds = 5
        child.stop()
