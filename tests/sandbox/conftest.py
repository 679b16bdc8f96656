import itertools
import os
from collections.abc import Callable, Iterator

import pytest

from portal.core import paths
from portal.devtools.children import Child, Fleet, free_port
from tests.sandbox.client import Receiver, Services
from tests.support import databases

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    """A local server in the portal's place."""
    running = Receiver(free_port(24000))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def process(receiver: Receiver) -> Iterator[Child]:
    """The sandbox as a real process on a fresh database of its own."""
    name = os.environ["DATABASE_NAME"] + "_simulators"
    databases.clone_sandbox(name)
    environment = {"MOTCUA_FLAVOUR": databases.FLAVOUR, "SANDBOX_DATABASE_NAME": name}
    logs = paths.LOCAL / "test" / "logs" / name
    child = Fleet(port=receiver.port, sandbox_port=free_port(26000), logs=logs, environment=environment).sandbox()
    child.stop_seconds = 5
    try:
        child.start()
        child.wait_ready()
        yield child
    finally:
        child.stop()
        databases.drop(name)


@pytest.fixture
def services(process: Child, receiver: Receiver) -> Services:
    """A client of the running sandbox, with all faults off and nothing received yet."""
    client = Services(process.environment["SANDBOX_BASE_URL"])
    client.no_faults()
    receiver.calls.clear()
    receiver.statuses.clear()
    return client


@pytest.fixture
def new_code() -> Callable[[], str]:
    """A dossier code that no other test uses."""
    return lambda: f"H26.9-261122-{next(_numbers):04d}"
