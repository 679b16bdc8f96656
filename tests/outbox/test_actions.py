"""Claim, settle, park, replay: on the real tables, with the races on real connections."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from portal.accounts.models import Role
from portal.core.db import NotInTransaction
from portal.core.jobs import forget_runs, is_first
from portal.outbox import handlers, tasks
from portal.outbox.actions import (
    LEASE,
    REPUBLISH_AFTER,
    Claimed,
    Done,
    Park,
    Retry,
    claim,
    enqueue,
    publishable,
    settle,
    settle_done,
)
from portal.outbox.backoff import LONGEST, LONGEST_ASKED, wait_before
from portal.outbox.models import OutboxMessage
from portal.outbox.queries import parked, stream_states
from portal.outbox.replays import By, Chosen, NothingThere, replay
from tests.factories import staff

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def put(stream: str = "national", subject: int = 1, sequence: int = 1, at: datetime = NOW) -> OutboxMessage:
    with transaction.atomic():
        enqueue(stream, subject_id=subject, sequence=sequence, kind="status", key=f"{stream}:{subject}:{sequence}", at=at)
    return OutboxMessage.objects.get(key=f"{stream}:{subject}:{sequence}")


def keys(messages: list[Claimed]) -> list[tuple[int, int]]:
    return [(message.subject_id, message.sequence) for message in messages]


def test_a_message_belongs_to_a_transaction(committed_db: None) -> None:
    with pytest.raises(NotInTransaction):
        enqueue("route", subject_id=1, sequence=1, kind="route", key="k", at=NOW)


@pytest.mark.django_db
def test_a_key_is_taken_once() -> None:
    put()
    with pytest.raises(IntegrityError), transaction.atomic():
        enqueue("route", subject_id=9, sequence=9, kind="x", key="national:1:1", at=NOW)


@pytest.mark.django_db
def test_on_the_ordered_stream_only_the_first_of_each_dossier_is_handed_out() -> None:
    for subject in (1, 2):
        for sequence in (1, 2, 3):
            put(subject=subject, sequence=sequence)

    first = claim("national", now=NOW)
    assert keys(first) == [(1, 1), (2, 1)]
    assert claim("national", now=NOW) == []

    settle(first[0], Done(), now=NOW)
    assert keys(claim("national", now=NOW)) == [(1, 2)]


@pytest.mark.django_db
def test_other_streams_are_not_ordered() -> None:
    for sequence in (1, 2):
        put("notify", sequence=sequence)

    assert keys(claim("notify", now=NOW)) == [(1, 1), (1, 2)]


@pytest.mark.django_db
def test_a_lease_that_ran_out_is_taken_over_and_the_late_finisher_changes_nothing() -> None:
    put()
    [slow] = claim("national", now=NOW)
    later = NOW + LEASE + SECOND
    [quick] = claim("national", now=later)

    assert (slow.attempt, quick.attempt) == (1, 2)
    assert settle(slow, Park("too late"), now=later) is False
    assert settle(quick, Done(), now=later) is True
    assert settle_done([slow, quick], now=later) == 0
    message = OutboxMessage.objects.get()
    assert (message.done_at, message.parked_at) == (later, None)


@pytest.mark.django_db
def test_a_retry_waits_and_is_announced_anew() -> None:
    put()
    assert publishable(now=NOW) == {"national": 1}
    [message] = claim("national", now=NOW)
    settle(message, Retry("HTTP 503", timedelta(seconds=9)), now=NOW)

    assert claim("national", now=NOW + 8 * SECOND) == []
    assert publishable(now=NOW + 9 * SECOND) == {"national": 1}
    assert keys(claim("national", now=NOW + 9 * SECOND)) == [(1, 1)]


@pytest.mark.django_db
def test_a_parked_head_holds_its_dossier_alone_until_it_is_replayed() -> None:
    head = put(subject=1, sequence=1)
    put(subject=1, sequence=2)
    put(subject=2, sequence=1)
    bad, good = claim("national", now=NOW)
    settle(bad, Park("invalid: MaTTHC"), now=NOW)
    settle(good, Done(), now=NOW)

    assert claim("national", now=NOW + timedelta(days=1)) == []
    assert [message.parked_reason for message in parked()] == ["invalid: MaTTHC"]
    by = By(user=staff(Role.SUPERVISOR), at=NOW, reason="MaTTHC đã được sửa trong danh mục của Cổng")
    assert replay(Chosen(ids=[head.pk]), by=by).count == 1
    with pytest.raises(NothingThere):
        replay(Chosen(ids=[head.pk]), by=by)
    [again] = claim("national", now=NOW)
    settle(again, Done(), now=NOW)
    assert keys(claim("national", now=NOW)) == [(1, 2)]


@pytest.mark.django_db
def test_what_was_announced_is_announced_again_only_after_a_while() -> None:
    put("route")
    assert publishable(now=NOW) == {"route": 1}
    assert publishable(now=NOW + SECOND) == {}
    assert publishable(now=NOW + REPUBLISH_AFTER + SECOND) == {"route": 1}


@pytest.mark.django_db
def test_states_are_counted_by_stream() -> None:
    for subject in range(1, 5):
        put(subject=subject)
    first, second, _third = claim("national", now=NOW, limit=3)
    settle(first, Done(), now=NOW)
    settle(second, Park("x" * 900), now=NOW)

    [state] = [state for state in stream_states(now=NOW) if state.stream == "national"]

    assert (state.waiting, state.in_work, state.parked, state.done, state.oldest_at) == (1, 1, 1, 1, NOW)
    assert [state.stream for state in stream_states(now=NOW)] == [stream.value for stream in OutboxMessage.Stream]


@pytest.mark.django_db
def test_a_message_is_done_or_parked_never_both() -> None:
    message = put()
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessage.objects.filter(pk=message.pk).update(done_at=NOW, parked_at=NOW)


def test_eight_workers_share_the_messages_without_overlap(committed_db: None) -> None:
    for number in range(1, 81):
        put("notify", subject=number)
    barrier = threading.Barrier(8)
    taken: list[int] = []

    def work() -> None:
        barrier.wait()
        taken.extend(message.id for _round in range(4) for message in claim("notify", now=NOW, limit=5))
        connection.close()

    threads = [threading.Thread(target=work) for _worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    rest = claim("notify", now=NOW, limit=100)
    everything = taken + [message.id for message in rest]
    assert (len(everything), len(set(everything))) == (80, 80)


@pytest.mark.parametrize("attempt", [1, 5, 12, 500])
def test_waits_grow_to_a_ceiling_and_are_never_negative(attempt: int) -> None:
    waits = [wait_before(attempt) for _try in range(50)]

    assert timedelta() <= min(waits)
    assert max(waits) <= min(timedelta(seconds=2**attempt if attempt < 12 else 9999), LONGEST)
    assert len(set(waits)) > 40


@pytest.mark.parametrize(("asked", "wait"), [(7, 7 * SECOND), (-5, timedelta()), (10**9, LONGEST_ASKED)])
def test_what_the_other_side_asks_for_counts_within_reason(asked: float, wait: timedelta) -> None:
    assert wait_before(3, asked) == wait


@pytest.mark.django_db
def test_two_beats_run_a_job_once_per_period() -> None:
    every = timedelta(seconds=30)

    assert [is_first("job", every=every, at=NOW + n * SECOND) for n in (0, 1, 29, 30, 31, 75)] == [True, False, False, True, False, True]
    assert is_first("other", every=every, at=NOW) is True
    assert forget_runs(before=NOW + 30 * SECOND) == 2
    assert is_first("job", every=every, at=NOW) is True


@pytest.mark.django_db
def test_a_stream_that_nobody_works_on_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    put("notify")
    monkeypatch.setattr(handlers, "_handlers", {})

    with pytest.raises(handlers.NoHandler):
        tasks.drain_once("notify")
