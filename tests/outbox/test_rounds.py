"""What a drain remembers of its channels: fewer statements, and never a breaker that stays closed because of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.outbox.calls import calls_of
from portal.outbox.channels import Admission, NotNow, admit, one_round, pause, record
from portal.outbox.models import Channel
from portal.outbox.rounds import BUCKET, LOOK, OLDEST, _round
from tests.outbox.test_channels import NAME, NOW, at, calls, state

pytestmark = pytest.mark.django_db


@contextmanager
def a_round(*, ends: float = 0) -> Iterator[None]:
    with one_round(lambda: at(ends)):
        yield


def without_memory(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """As another process would, which shares nothing but the database. (An empty context would hide the test's own connection,
    once a browser test has left an event loop in this thread: then the calls would be committed.)"""
    context = copy_context()
    context.run(_round.set, None)
    return context.run(function, *args, **named)


def elsewhere(good: int, bad: int, *, now: datetime = NOW) -> None:
    """Calls of another process."""
    without_memory(calls, good, bad, now=now)


def test_batches_of_a_drain_ask_once_and_count_once() -> None:
    with CaptureQueriesContext(connection) as statements, a_round():
        calls(10, 0)
        inside = len(statements)

    assert (inside, len(statements)) == (1, 2)
    assert calls_of(NAME, now=NOW) == (10, 0)


def test_outside_a_drain_each_call_counts_at_once() -> None:
    calls(1, 0)

    assert calls_of(NAME, now=NOW) == (1, 0)


def test_a_failure_is_judged_after_the_good_calls_that_were_kept_back() -> None:
    """19 of 19 failed elsewhere. Alone this process's failure would be the twentieth; with its 21 good calls it is not half of them."""
    elsewhere(0, 19)

    with a_round():
        calls(21, 1)
        assert calls_of(NAME, now=NOW) == (41, 20)

    assert state() == "closed"


def test_a_failure_among_kept_good_calls_opens_when_half_have_failed() -> None:
    with a_round():
        calls(10, 10)
        assert state() == "open"
        assert isinstance(admit(NAME, now=NOW), NotNow)


@pytest.mark.parametrize("way", ["the drain ends", "the bucket is over", "the next call ends in another bucket"])
def test_good_calls_that_were_kept_back_do_not_hide_that_there_were_twenty(way: str) -> None:
    with a_round():
        calls(10, 0)
        elsewhere(0, 10)
        assert state() == "closed", "ten calls are known"
        if way == "the bucket is over":
            assert isinstance(admit(NAME, now=NOW + BUCKET), NotNow)
        elif way == "the next call ends in another bucket":
            record(Admission(NAME, is_probe=False), ok=True, now=NOW + BUCKET)
            assert state() == "open"

    assert state() == "open"


def test_what_another_process_does_is_seen_soon_and_what_this_one_does_at_once() -> None:
    with a_round():
        calls(1, 0)
        elsewhere(0, 20)
        assert isinstance(admit(NAME, now=NOW + LOOK / 2), Admission)
        assert isinstance(admit(NAME, now=NOW + LOOK), NotNow)
    Channel.objects.all().delete()
    with a_round():
        calls(1, 0)
        pause(NAME, until=at(60))
        assert isinstance(admit(NAME, now=NOW), NotNow)


def test_trouble_is_not_remembered() -> None:
    with a_round():
        calls(0, 20)
        assert isinstance(admit(NAME, now=NOW), NotNow)
        Channel.objects.update(state=Channel.State.CLOSED, closed_until=None, opened_at=None)
        assert isinstance(admit(NAME, now=NOW), Admission)


def test_good_calls_from_before_an_interruption_are_never_counted_after_it() -> None:
    """They would dilute the failures of a channel that has just been put in order."""
    with a_round(ends=OLDEST.total_seconds() + 1):
        calls(50, 0)

    assert calls_of(NAME, now=at(11)) == (0, 0)


def test_one_probe_is_made_whatever_drains_remember() -> None:
    elsewhere(0, 20)
    with a_round():
        first = admit(NAME, now=at(15))
        others = [without_memory(admit, NAME, now=at(15)), admit(NAME, now=at(15) + timedelta(milliseconds=1))]

    assert isinstance(first, Admission)
    assert first.is_probe
    assert [type(each) for each in others] == [NotNow, NotNow]
