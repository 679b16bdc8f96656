"""The demo's clock moves every process forward, and nothing else."""

from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from portal.core.clock import LOCAL, business_now, technical_now
from portal.core.models import DemoClock
from portal.devtools import clockwork

pytestmark = pytest.mark.django_db
FRIDAY_NOON = datetime(2027, 10, 1, 12, 0, tzinfo=LOCAL)
"""Ahead of us: the clock only moves forward."""
SECOND = timedelta(seconds=2)


def test_legal_time_moves_and_technical_time_does_not():
    before, true = business_now(), technical_now()

    after = clockwork.move_forward(timedelta(days=3))

    assert timedelta(days=3) <= after - before < timedelta(days=3) + SECOND
    assert technical_now() - true < SECOND


def test_it_never_runs_backwards():
    clockwork.move_forward(timedelta(days=1))
    held = DemoClock.objects.get().offset_seconds

    with pytest.raises(clockwork.ClockRefused, match="only moves forward"):
        clockwork.move_to(technical_now())

    assert DemoClock.objects.get().offset_seconds == held


def test_it_is_refused_outside_the_demo(settings):
    settings.DEMO = False

    with pytest.raises(clockwork.ClockRefused, match="demo's clock"):
        clockwork.move_forward(timedelta(days=1))

    assert DemoClock.objects.get().offset_seconds == 0


@pytest.mark.parametrize(
    ("now", "of_next_day", "expected"),
    [
        pytest.param(FRIDAY_NOON, True, datetime(2027, 10, 4, 8, tzinfo=LOCAL), id="over the weekend"),
        pytest.param(FRIDAY_NOON.replace(hour=5), False, datetime(2027, 10, 1, 8, tzinfo=LOCAL), id="this morning"),
        pytest.param(FRIDAY_NOON, False, datetime(2027, 10, 4, 8, tzinfo=LOCAL), id="too late for this morning"),
        pytest.param(FRIDAY_NOON.replace(hour=8, minute=20), False, datetime(2027, 10, 1, 8, 20, tzinfo=LOCAL), id="morning already"),
        pytest.param(datetime(2026, 12, 31, 16, tzinfo=LOCAL), True, datetime(2027, 1, 4, 8, tzinfo=LOCAL), id="over the new year"),
    ],
)
def test_the_next_working_morning(now, of_next_day, expected):
    clockwork.move_to(now)

    assert abs(clockwork.to_working_morning(of_next_day=of_next_day) - expected) < SECOND


def test_the_command_tells_and_moves(capsys):
    call_command("demo_clock", "--to", "2026-12-24T09:00")

    assert capsys.readouterr().out.startswith("It is 2026-12-24T09:00:0")
    with pytest.raises(CommandError, match="only moves forward"):
        call_command("demo_clock", "--to", "2026-12-23T09:00")
