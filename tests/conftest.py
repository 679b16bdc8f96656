"""Fixtures that every test may use. The databases behind them: `tests/support/databases.py`."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.signals import connection_created
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from portal.devtools import postgres, roles
from tests.support import databases
from tests.support.browser import chromium, open_page
from tests.support.legal_time import set_legal_time
from tests.support.live import Live

__all__ = ["chromium", "open_page", "set_legal_time"]

if not os.environ.get("CI"):  # there hypothesis has its own profile, which knows no deadline either
    hypothesis_settings.register_profile("no deadline", deadline=None)
    hypothesis_settings.load_profile("no deadline")

RawConnection = psycopg.Connection[tuple[object, ...]]


def _relax_timeouts(sender: object, connection: object, **_: object) -> None:
    """A test may look at its data for as long as it likes; only its own process's connections are relaxed."""
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(
            "SELECT set_config('idle_in_transaction_session_timeout', '0', false), set_config('statement_timeout', '30s', false)"
        )


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """This process has a clone of the template, as `portal_web` sees it. Replaces pytest-django's own set-up."""
    name = settings.DATABASES["default"]["NAME"]
    if not databases.is_test_name(name):
        pytest.exit(f"'{name}' is no test database", returncode=4)
    if databases.failure():
        pytest.fail(f"no test database: {databases.failure()}", pytrace=False)
    databases.clone(name)
    connection_created.connect(_relax_timeouts, dispatch_uid="tests")
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    databases.drop(name)


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest) -> Iterator[None]:
    """What the test writes is really committed; afterwards the process gets a fresh clone. For races, triggers and roles."""
    if "db" in request.fixturenames:
        pytest.fail("'committed_db' and 'db' exclude each other", pytrace=False)
    with django_db_blocker.unblock():
        yield
        connections.close_all()
        databases.clone(settings.DATABASES["default"]["NAME"])


@pytest.fixture
def never_committed(db: None) -> Iterator[None]:
    """For rows that the database would refuse at commit, such as a thousand dossiers without history: the test ends in a rollback."""
    yield
    transaction.set_rollback(True)


@pytest.fixture
def as_role(django_db_setup: None) -> Callable[[str], AbstractContextManager[RawConnection]]:
    """`with as_role("portal_worker") as connection:` gives a connection of its own, which sees only what is committed."""

    @contextmanager
    def connected(role: str) -> Iterator[RawConnection]:
        with postgres.connect(databases.FLAVOUR, role=role, database=settings.DATABASES["default"]["NAME"]) as raw:
            yield raw

    return connected


@pytest.fixture
def owner_connection(as_role: Callable[[str], AbstractContextManager[RawConnection]]) -> Iterator[RawConnection]:
    """A connection as the owner of the tables, outside the test's transaction."""
    with as_role(roles.OWNER) as raw:
        yield raw


@pytest.fixture
def acting_role(db: None) -> Callable[[str], AbstractContextManager[None]]:
    """`with acting_role("portal_worker"):` runs the statements of the test's own connection as that role."""

    @contextmanager
    def acting(role: str) -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('role', %s::text, false)", [role])
        try:
            yield
        finally:
            if not connection.needs_rollback:
                with connection.cursor() as cursor:
                    cursor.execute("RESET ROLE")

    return acting


@pytest.fixture
def live(django_db_setup: None, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest) -> Iterator[Live]:
    """Web, worker, dispatcher and sandbox run as processes on this process's clone; see `tests.support.live.Live`."""
    yield from _live(django_db_blocker, request)


@pytest.fixture(scope="module")
def module_live(django_db_setup: None, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest) -> Iterator[Live]:
    """The same for all tests of a module, which share what they write."""
    yield from _live(django_db_blocker, request)


def _live(blocker: DjangoDbBlocker, request: pytest.FixtureRequest) -> Iterator[Live]:
    if "db" in request.fixturenames:
        pytest.fail("'live' commits, 'db' rolls back: use one of them", pytrace=False)
    with blocker.unblock():
        running = Live(settings.DATABASES["default"]["NAME"])
        try:
            running.start()
            yield running
        finally:
            running.stop()
            connections.close_all()
            databases.clone(settings.DATABASES["default"]["NAME"])


@pytest.fixture(scope="session")
def in_ci() -> bool:
    """Whether a missing optional program is a failure instead of a skip."""
    return bool(os.environ.get("CI"))
