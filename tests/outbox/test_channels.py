"""The breaker that all workers share: when it opens, who probes, when it closes, and what only a person may start."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from portal.accounts.models import Role
from portal.outbox import breaker
from portal.outbox.actions import publishable
from portal.outbox.calls import calls_of
from portal.outbox.channels import NEVER, Admission, NotNow, admit, note_skew, pause, record, start_again, stop
from portal.outbox.models import Channel, OperatorAlert, OutboxReplay
from portal.outbox.replays import By, NoReason, NothingThere, start_channel, stop_channel
from tests.factories import staff
from tests.outbox.test_actions import put

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
NAME = "national.messages"


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def calls(good: int, bad: int, *, now: datetime = NOW) -> None:
    for number in range(good + bad):
        admission = admit(NAME, now=now)
        assert isinstance(admission, Admission)
        record(admission, ok=number < good, now=now, stream="national", error="HTTP 503")


def probe(*, ok: bool, now: datetime) -> None:
    admission = admit(NAME, now=now)
    assert isinstance(admission, Admission)
    assert admission.is_probe
    record(admission, ok=ok, now=now, error="HTTP 503")


def state() -> str:
    return Channel.objects.values_list("state", flat=True).get(pk=NAME)


@pytest.mark.parametrize(
    ("good", "bad", "is_open"), [(0, 19, False), (0, 20, True), (10, 10, True), (11, 9, False), (30, 29, False), (30, 30, True)]
)
@pytest.mark.django_db
def test_it_opens_at_twenty_calls_and_half_of_them_bad(good: int, bad: int, is_open: bool) -> None:
    calls(good, bad)

    assert state() == ("open" if is_open else "closed")
    assert OperatorAlert.objects.filter(kind="open").count() == is_open


@pytest.mark.django_db
def test_only_the_last_minute_counts() -> None:
    calls(0, 19)
    calls(0, 1, now=at(70))

    assert state() == "closed"
    assert calls_of(NAME, now=at(70)) == (1, 1)


@pytest.mark.django_db
def test_while_open_no_call_is_made_until_one_probe_after_fifteen_seconds() -> None:
    calls(0, 20)

    assert isinstance(admit(NAME, now=at(14.9)), NotNow)
    first, second = admit(NAME, now=at(15)), admit(NAME, now=at(15))

    assert isinstance(first, Admission)
    assert first.is_probe
    assert isinstance(second, NotNow)


@pytest.mark.django_db
def test_a_bad_probe_opens_again_and_ten_good_ones_close() -> None:
    calls(0, 20)
    probe(ok=False, now=at(15))
    assert state() == "open"
    assert isinstance(admit(NAME, now=at(29)), NotNow)

    for number in range(breaker.CLOSE_FROM_SUCCESSES):
        assert state() == ("half_open" if number else "open")
        probe(ok=True, now=at(31 + number))

    assert state() == "closed"
    assert calls_of(NAME, now=at(41)) == (0, 0)
    assert not OperatorAlert.objects.filter(kind="open", ended_at__isnull=True).exists()


@pytest.mark.django_db
def test_a_service_that_fails_now_and_then_comes_back() -> None:
    calls(0, 20)
    for number, ok in enumerate([True, True, False, True, True, False, *[True] * 6]):
        probe(ok=ok, now=at(20 + number))

    assert state() == "closed"


@pytest.mark.django_db
def test_a_probe_whose_worker_died_is_replaced() -> None:
    calls(0, 20)
    assert isinstance(admit(NAME, now=at(15)), Admission)

    assert isinstance(admit(NAME, now=at(59)), NotNow)
    assert isinstance(admit(NAME, now=at(61)), Admission)


def test_eight_workers_at_once_make_one_probe(committed_db: None) -> None:
    calls(0, 20)
    barrier, admitted = threading.Barrier(8), []

    def work() -> None:
        barrier.wait()
        admitted.append(isinstance(admit(NAME, now=at(16)), Admission))
        connection.close()

    threads = [threading.Thread(target=work) for _worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(admitted) == [False] * 7 + [True]


@pytest.mark.django_db
def test_a_pause_that_was_asked_for_holds_the_stream_and_nothing_else() -> None:
    put("national", at=NOW)
    put("notify", at=NOW)
    pause(NAME, until=at(40), stream="national")

    assert isinstance(admit(NAME, now=at(39)), NotNow)
    assert publishable(now=at(39)) == {"notify": 1}
    assert publishable(now=at(40)) == {"national": 1}
    assert isinstance(admit(NAME, now=at(40)), Admission)


@pytest.mark.django_db
def test_a_stopped_channel_is_started_by_a_named_person_with_a_reason() -> None:
    stop(NAME, kind=Channel.Stop.CONFLICT, reason="conflict: other content", now=NOW, stream="national")
    stop(NAME, kind=Channel.Stop.ACCESS, reason="HTTP 403", now=at(1), look_again=timedelta(seconds=30))
    user = staff(Role.SUPERVISOR)

    assert isinstance(admit(NAME, now=at(10**6)), NotNow)
    assert Channel.objects.get().closed_until == NEVER
    assert [(alert.kind, alert.ended_at) for alert in OperatorAlert.objects.all()] == [("stopped", None)]
    with pytest.raises(NoReason):
        start_channel(NAME, by=By(user, at(20), "  "))
    start_channel(NAME, by=By(user, at(20), "Cổng đã xác nhận nội dung của ta"))
    with pytest.raises(NothingThere):
        start_channel(NAME, by=By(user, at(21), "nữa"))

    assert isinstance(admit(NAME, now=at(20)), Admission)
    assert not OperatorAlert.objects.filter(ended_at__isnull=True).exists()
    assert [(act.act, act.by, act.about) for act in OutboxReplay.objects.all()] == [("start", user, NAME)]


@pytest.mark.django_db
def test_a_person_may_stop_a_channel_and_it_stays_stopped() -> None:
    calls(1, 1)
    stop_channel(NAME, by=By(staff(Role.SUPERVISOR), NOW, "Bảo trì theo lịch"))

    assert isinstance(admit(NAME, now=at(10**6)), NotNow)
    assert start_again(NAME, now=at(1)) is True


@pytest.mark.django_db
def test_a_clock_that_is_off_is_told_once_and_ends_when_it_is_right() -> None:
    for seconds in (61, -400, 62):
        note_skew(NAME, seconds=seconds, limit=60, now=NOW)
    assert OperatorAlert.objects.filter(kind="skew", ended_at__isnull=True).count() == 1
    note_skew(NAME, seconds=3, limit=60, now=at(1))
    assert not OperatorAlert.objects.filter(kind="skew", ended_at__isnull=True).exists()


@pytest.mark.django_db
def test_acts_and_bytes_are_kept_for_ever(acting_role: object) -> None:
    message = put()
    calls(1, 1)
    stop_channel(NAME, by=By(staff(Role.SUPERVISOR), NOW, "Bảo trì"))
    forbidden = (
        lambda: OutboxReplay.objects.update(reason="khác"),
        lambda: OutboxReplay.objects.all().delete(),
        lambda: type(message).objects.update(payload={"MaHoSo": "khác"}),
        lambda: type(message).objects.update(key="khác"),
    )
    for change in forbidden:
        with pytest.raises((IntegrityError, ProgrammingError), match=r"kept|keeps|denied"), transaction.atomic():
            change()
