from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test.utils import override_settings

from dossiers.national import client
from tests.sandbox.client import Services
from tests.support.live import Live


@pytest.fixture(scope="module")
def running(module_live: Live) -> Iterator[Live]:
    """The processes; this process too asks their sandbox."""
    with override_settings(NATIONAL_URL=module_live.sandbox_url):
        client._token.value = ""
        yield module_live
        client._token.value = ""
    assert settings.DATABASES["default"]["NAME"].startswith("test_")


@pytest.fixture
def sandbox(running: Live) -> Iterator[Services]:
    """The knobs of the simulated services; all faults are off before and after."""
    services = Services(running.sandbox_url)
    services.no_faults()
    yield services
    services.no_faults()
