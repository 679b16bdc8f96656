"""Delivery against the running simulator: this process works on its own rows, the portal is another process."""

import os
from collections.abc import Iterator

import pytest
from django.test.utils import override_settings

from dossiers.national import client, provincial
from portal.core import paths
from portal.devtools.children import Child, Fleet, free_port
from tests.sandbox.client import Services
from tests.support import databases


@pytest.fixture(scope="session")
def simulator() -> Iterator[Child]:
    """The sandbox as a real process on a fresh database of its own."""
    name = os.environ["DATABASE_NAME"] + "_national"
    databases.clone_sandbox(name)
    environment = {"MOTCUA_FLAVOUR": databases.FLAVOUR, "SANDBOX_DATABASE_NAME": name}
    fleet = Fleet(port=free_port(24500), sandbox_port=free_port(26500), logs=paths.LOCAL / "test" / "logs" / name, environment=environment)
    child = fleet.sandbox()
    child.stop_seconds = 5
    try:
        child.start()
        child.wait_ready()
        yield child
    finally:
        child.stop()
        databases.drop(name)


@pytest.fixture
def national(simulator: Child) -> Iterator[Services]:
    """Its knobs; all faults are off before and after, and this process talks to it."""
    services = Services(simulator.environment["SANDBOX_BASE_URL"])
    services.no_faults()
    with override_settings(NATIONAL_URL=services.url):
        client._token.value = provincial._session.value = ""
        yield services
        client._token.value = provincial._session.value = ""
    services.no_faults()
