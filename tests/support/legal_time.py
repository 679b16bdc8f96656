"""Legal time for tests of pages: the row that moves the demo's clock, on the test's own connection."""

from collections.abc import Callable
from datetime import datetime

import pytest

from portal.core.clock import technical_now
from portal.core.models import DemoClock

SetTime = Callable[[datetime], None]


@pytest.fixture
def set_legal_time(db: None) -> SetTime:
    """`set_legal_time(at)`: from now on it is `at`, for every page of the test."""

    def moved(at: datetime) -> None:
        offset = int((at - technical_now()).total_seconds())
        DemoClock.objects.update_or_create(id=1, defaults={"offset_seconds": offset})

    return moved
