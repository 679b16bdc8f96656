"""The processes that tests start are the real ones, and none is left behind."""

import urllib.request

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType

from portal.devtools.processes import process_command

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800)]


def test_processes_serve_survive_a_kill_and_see_what_the_test_commits(live):
    ContentType.objects.create(app_label="live", model="seen")
    first = live.worker.process.pid

    live.restart("worker")
    live.restart("web")
    live.forget_broker()

    assert live.worker.process.pid != first
    assert process_command(first) == ""
    assert all(child.is_alive() for child in live.children.values())
    for url in (live.url, live.sandbox_url):
        with urllib.request.urlopen(f"{url}/readyz", timeout=60) as response:  # noqa: S310 -- our own address
            assert response.status == 200


@pytest.mark.django_db
def test_afterwards_the_database_is_as_before():
    assert settings.DATABASES["default"]["NAME"].startswith("test_")
    assert not ContentType.objects.filter(app_label="live").exists()


def test_committed_rows_are_gone_for_the_next_test(committed_db, as_role):
    ContentType.objects.create(app_label="committed", model="seen")

    with as_role("portal_worker") as raw:
        assert raw.execute("SELECT count(*) FROM django_content_type WHERE app_label = 'committed'").fetchone() == (1,)


@pytest.mark.django_db
def test_the_next_test_sees_none_of_it():
    assert not ContentType.objects.filter(app_label__in=["committed", "live"]).exists()
