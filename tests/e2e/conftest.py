"""Worlds for tests of pages: one rolled back, for the test client, and one committed, behind real processes."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from playwright.sync_api import BrowserContext
from pytest_django import DjangoDbBlocker

from tests.e2e.world import World, build
from tests.support.live import Live


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Built once for the module in a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Site:
    """The running portal with its world."""

    live: Live
    world: World

    def sign_in(self, context: BrowserContext, role: str) -> None:
        """The browser holds the session of this role."""
        cookies = self.world.client(role).cookies.values()
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.live.url} for cookie in cookies if cookie.value])


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest) -> Iterator[Site]:
    """The world is committed before the first process starts; the clone is dropped with the last."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            world = build()
        live: Live = request.getfixturevalue("module_live")
        yield Site(live, world)
