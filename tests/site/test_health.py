"""The two addresses that supervisors ask."""

import time
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client

from portal.site import health


@pytest.fixture
def lost_database(monkeypatch: pytest.MonkeyPatch, committed_db: None) -> Iterator[None]:
    """The server cannot be reached: the socket's folder is another one."""
    connection.close()
    monkeypatch.setattr(health, "_known", {})
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nonexistent")
    yield
    connection.close()


@pytest.mark.django_db
def test_ready_means_database_migrations_broker_and_pdf(client: Client) -> None:
    response = client.get("/readyz")

    assert (response.status_code, response.headers["Cache-Control"].split(",")[0]) == (200, "max-age=0")
    checks = response.json()["checks"]
    assert {name: checks[name] for name in ("database", "migrations", "broker")} == dict.fromkeys(
        ("database", "migrations", "broker"), "ok"
    )


def test_without_the_database_it_lives_but_is_not_ready(client: Client, lost_database: None) -> None:
    alive, ready = client.get("/healthz"), client.get("/readyz")

    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()["status"], ready.headers["Retry-After"]) == (503, "failed", "5")
    assert (ready.json()["checks"]["database"], ready.json()["checks"]["migrations"]) == ("failed", "failed")


@pytest.mark.django_db
def test_without_the_broker_it_is_degraded_and_answers_at_once(client: Client, settings) -> None:
    settings.BROKER_URL = "redis+socket:///nonexistent/valkey.sock?virtual_host=0"
    began = time.monotonic()

    response = client.get("/readyz")

    assert (response.status_code, response.json()["status"], response.json()["checks"]["broker"]) == (200, "degraded", "degraded")
    assert time.monotonic() - began < 20


@pytest.mark.django_db
def test_an_unapplied_migration_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_known", {})
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('django_migrations', 'DELETE')")
        if not cursor.fetchone()[0]:
            pytest.skip("the web role cannot unapply a migration")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'outbox'")

    response = client.get("/readyz")

    assert (response.status_code, response.json()["checks"]["migrations"]) == (503, "failed")


@pytest.mark.django_db
def test_health_only_reads(client: Client) -> None:
    assert {client.post(path).status_code for path in ("/healthz", "/readyz")} == {405}
