"""Steps on their way: what each answer of the portal, and each silence, does to them. The portal is the running simulator."""

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.db import transaction
from django.test.utils import override_settings

from dossiers.models import CodeCounter, Dossier
from dossiers.national import client, transport
from dossiers.national.faults import Unreachable
from dossiers.national.transport import asked_wait
from portal.core.clock import technical_now
from portal.notifications.models import Notification
from portal.outbox.actions import enqueue
from portal.outbox.models import Channel, OperatorAlert, OutboxMessage
from portal.outbox.tasks import drain_once
from tests.factories import TODAY, centre, filed
from tests.sandbox.client import Services

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
_hundreds = itertools.count(100, 100)
Told = list[OutboxMessage]


@pytest.fixture
def dossier() -> Dossier:
    """Its code is new to the simulator, which forgets nothing between tests."""
    CodeCounter.objects.create(office=centre(), day=TODAY, last=next(_hundreds))
    return filed().dossier


def messages(dossier: Dossier) -> Told:
    return list(OutboxMessage.objects.filter(stream="national", subject_id=dossier.pk).order_by("sequence"))


def add_step(dossier: Dossier, state: str = "assigned", **changes: Any) -> OutboxMessage:
    """One more step as an action would have written it."""
    last = messages(dossier)[-1]
    content = last.payload | {"seq": last.sequence + 1, "state": state} | changes
    key = f"national:{dossier.code}:{last.sequence + 1}"
    with transaction.atomic():
        enqueue("national", subject_id=dossier.pk, sequence=last.sequence + 1, kind="status", key=key, at=technical_now(), payload=content)
    return messages(dossier)[-1]


def due_now() -> None:
    OutboxMessage.objects.filter(stream="national", done_at__isnull=True).update(not_before=technical_now())
    Channel.objects.filter(stop="").update(closed_until=None)


def drain(rounds: int = 1) -> None:
    for _round in range(rounds):
        due_now()
        drain_once("national")


def head(services: Services, dossier: Dossier) -> int:
    return services.head(dossier.code)


UNKNOWN = ["refuse", "error_500", "error_502", "error_503", "error_504", "redirect", "html_garbage", "truncated_json", "reset_mid_body"]
UNKNOWN += ["json_garbage", "binary_garbage"]
WRONG_TYPES: list[Any] = [7, None, "đã nhận", [], [1], {}, {"items": 7}, {"items": {}}, {"items": [1, None, "x"]}, {"items": []}]


@pytest.mark.parametrize("kind", UNKNOWN)
def test_whatever_is_no_clear_answer_is_unknown_and_the_same_step_goes_again(national: Services, dossier: Dossier, kind: str) -> None:
    client._bearer()
    params = {"location": "http://127.0.0.1:1/"} if kind == "redirect" else {}
    national.fault(kind, count=1, path="/npsp/v2/messages", params=params)
    [message] = messages(dossier)

    drain()
    message.refresh_from_db()
    assert (message.done_at, message.parked_at, message.tries, message.refusals) == (None, None, 1, 0)
    assert message.last_error
    assert message.not_before - technical_now() < 3 * SECOND
    drain()

    message.refresh_from_db()
    assert message.done_at is not None
    assert head(national, dossier) == 1


@pytest.mark.parametrize("wrong", [*WRONG_TYPES, "own key"], ids=str)
def test_json_of_the_wrong_types_says_nothing_about_the_step(national: Services, dossier: Dossier, wrong: Any) -> None:
    client._bearer()
    [message] = messages(dossier)
    if wrong == "own key":
        wrong = {"items": [{"key": message.key, "dossier_code": dossier.code, "seq": "1", "result": ["applied"]}]}
    national.fault("json_garbage", count=1, path="/npsp/v2/messages", params={"json": wrong})

    drain()

    message.refresh_from_db()
    assert (message.done_at, message.parked_at, message.tries, message.refusals) == (None, None, 1, 0)
    drain()
    assert head(national, dossier) == 1


def test_too_many_requests_without_a_wait_are_tried_again_by_our_own(national: Services, dossier: Dossier) -> None:
    client._bearer()
    national.fault("rate_limited", count=1, path="/npsp/v2/messages", params={"retry_after": None})

    drain()

    [message] = messages(dossier)
    assert (message.done_at, message.tries, message.last_error) == (None, 1, "HTTP 429")
    assert message.not_before - technical_now() < 3 * SECOND
    assert not Channel.objects.filter(pk="national.messages", closed_until__gt=technical_now()).exists()
    drain()
    assert head(national, dossier) == 1


@pytest.mark.parametrize("where", ["a certificate that is not to be trusted", "http://khong-phan-giai.invalid", "http://[::1]:9"])
def test_an_address_that_leads_nowhere_costs_a_try_and_no_step(national: Services, dossier: Dossier, where: str) -> None:
    """Wrong certificate, no such name, nobody at the IPv6 port: for the token, for a message, and for a reading call."""

    def listener() -> dict[str, Any]:
        answer = national.call("GET", "/faults", headers={"Authorization": "Bearer demo-sandbox-admin"})
        return dict(answer.json()["tls"])

    before = listener()
    url = where if where.startswith("http") else str(before["url"])
    for is_signed_in in (False, True):
        client._token.value, client._token.good_until = ("known" if is_signed_in else ""), 1e12
        with override_settings(NATIONAL_URL=url):
            drain()
            with pytest.raises(Unreachable):
                client.fetch("/npsp/v2/summary")

    [message] = messages(dossier)
    assert (message.done_at, message.parked_at, message.tries, message.refusals) == (None, None, 2, 0)
    assert message.last_error in {"SSLError", "NameResolutionError", "NewConnectionError"}
    assert listener()["accepted"] == before["accepted"], "nothing was told to a stranger"
    client._token.value = ""
    drain()
    assert head(national, dossier) == 1


@pytest.mark.parametrize("http_date", [False, True])
def test_retry_after_is_honoured_in_both_forms_and_holds_the_channel(national: Services, dossier: Dossier, http_date: bool) -> None:
    national.fault("rate_limited", count=1, path="/npsp/v2/messages", params={"retry_after": 240, "http_date": http_date})

    drain()

    [message] = messages(dossier)
    for until in (message.not_before, Channel.objects.get(pk="national.messages").closed_until):
        assert until is not None
        assert 230 < (until - technical_now()).total_seconds() <= 241
    assert drain_once("national") == 0


def test_a_portal_that_asks_for_a_week_is_asked_again_within_the_hour(national: Services, dossier: Dossier) -> None:
    national.fault("maintenance", count=1, path="/npsp/v2/messages", params={"retry_after": 7 * 86400})

    drain()

    [message] = messages(dossier)
    assert 3590 < (message.not_before - technical_now()).total_seconds() <= 3600


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7), (" 7 ", 7), ("", None), ("soon", None), ("-3", None), ("9" * 40, 999_999_999), ("Sun, 99 Nov 2026 00:00:00 GMT", None)],
)
def test_what_retry_after_may_say(text: str, seconds: float | None) -> None:
    assert asked_wait({"Retry-After": text}) == seconds


def test_a_date_in_the_past_means_now() -> None:
    past = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
    assert asked_wait({"Retry-After": past}) == 0


def test_poison_is_parked_after_three_refusals_with_an_alert_and_holds_nobody_else(national: Services, dossier: Dossier) -> None:
    other = filed().dossier
    bad = add_step(dossier, agency="")
    national.fault("schema_reject", params={"code": dossier.code})

    drain(2)
    [first, second] = messages(dossier)
    assert (first.refusals, first.parked_at) == (2, None)
    drain()

    [first, second] = messages(dossier)
    assert first.parked_at is not None
    assert first.parked_reason.startswith("invalid:")
    assert (second.pk, second.attempt) == (bad.pk, 0)
    assert head(national, other) == 1
    alert = OperatorAlert.objects.get(kind="parked")
    assert (alert.message_id, alert.ended_at) == (first.pk, None)
    told = Notification.objects.get(key=f"alert:{alert.pk}:0")
    assert "/van-hanh/" in told.text
    queued = OutboxMessage.objects.get(stream="notify", key=told.key)
    assert queued.not_before - first.parked_at < timedelta(minutes=1)


def test_failures_of_the_line_do_not_count_as_refusals(national: Services, dossier: Dossier) -> None:
    client._bearer()
    national.fault("error_500", count=4, path="/npsp/v2/messages")
    drain(4)
    national.fault("schema_reject", count=2, params={"code": dossier.code})
    drain(2)

    [message] = messages(dossier)
    assert (message.tries, message.refusals, message.parked_at) == (6, 2, None)
    drain()
    assert head(national, dossier) == 1


def test_another_content_under_an_old_key_stops_the_channel_and_calls_a_person(national: Services, dossier: Dossier) -> None:
    drain()
    first = messages(dossier)[0]
    other = filed().dossier
    OutboxMessage.objects.filter(pk=first.pk).delete()
    changed = first.payload | {"agency": "UBND xã khác"}
    with transaction.atomic():
        enqueue("national", subject_id=dossier.pk, sequence=1, kind="create", key=first.key, at=technical_now(), payload=changed)

    drain(2)

    again = messages(dossier)[0]
    assert again.parked_at is not None
    assert again.parked_reason.startswith("conflict:")
    channel = Channel.objects.get(pk="national.messages")
    assert (channel.stop, channel.stopped_at is not None) == ("conflict", True)
    assert set(OperatorAlert.objects.values_list("kind", flat=True)) == {"parked", "stopped"}
    add_step(other)
    assert drain_once("national") == 0


def test_not_being_admitted_stops_the_channel_and_it_starts_when_admitted_again(national: Services, dossier: Dossier) -> None:
    with override_settings(NATIONAL_HMAC_KEY="old key"):
        drain()
        channel = Channel.objects.get(pk="national.messages")
        [message] = messages(dossier)
        assert (channel.stop, message.tries, message.done_at) == ("access", 0, None)
        assert OperatorAlert.objects.filter(kind="stopped", ended_at__isnull=True).count() == 1
        Channel.objects.update(closed_until=technical_now())
        assert drain_once("national") == 0

    assert drain_once("national") == 0, "it asks now and then, not always"
    Channel.objects.update(closed_until=technical_now())
    due_now()
    drain_once("national")

    assert head(national, dossier) == 1
    assert not OperatorAlert.objects.filter(kind="stopped", ended_at__isnull=True).exists()


def test_a_token_that_ends_in_the_middle_is_renewed_and_the_batch_goes_on(national: Services, dossier: Dossier) -> None:
    client._bearer()
    national.fault("token_expired", count=1, path="/npsp/v2/messages")

    drain()

    assert messages(dossier)[0].done_at is not None
    assert not OperatorAlert.objects.exists()


def test_what_the_portal_lost_is_sent_again_from_there_in_order_with_the_same_bytes(national: Services, dossier: Dossier) -> None:
    """It answered "applied" and forgot: the next step tells, and nothing is skipped."""
    national.fault("lost_write", count=1, path="/npsp/v2/messages")
    drain()
    before = messages(dossier)[0]
    assert (before.done_at is not None, head(national, dossier)) == (True, 0)
    add_step(dossier)

    drain(3)

    assert head(national, dossier) == 2
    [first, second] = messages(dossier)
    assert (first.payload, first.key) == (before.payload, before.key)
    assert first.done_at is not None
    assert second.done_at is not None
    assert first.done_at < second.done_at


@pytest.mark.parametrize("kind", ["duplicate_ack", "wrong_item", "partial_batch"])
def test_answers_for_the_wrong_or_for_half_of_the_items_are_sorted_out(national: Services, dossier: Dossier, kind: str) -> None:
    dossiers = [dossier, filed().dossier, filed().dossier]
    national.fault(kind, count=1, path="/npsp/v2/messages")

    drain(2)

    assert [head(national, each) for each in dossiers] == [1, 1, 1]
    assert all(message.done_at for each in dossiers for message in messages(each))


def test_the_breaker_opens_for_all_and_what_is_not_sent_does_not_count(national: Services, dossier: Dossier) -> None:
    client._bearer()
    national.fault("error_500", path="/npsp/v2/messages")
    drain(20)
    [message] = messages(dossier)
    assert Channel.objects.get(pk="national.messages").state == "open"
    tries = message.tries

    OutboxMessage.objects.filter(pk=message.pk).update(not_before=technical_now())
    assert drain_once("national") == 0

    message.refresh_from_db()
    assert (message.tries, tries) == (20, 20)
    national.no_faults()
    Channel.objects.update(closed_until=technical_now())
    OutboxMessage.objects.filter(pk=message.pk).update(not_before=technical_now())
    drain_once("national")
    assert Channel.objects.get(pk="national.messages").state == "half_open"
    assert head(national, dossier) == 1


def test_a_clock_that_is_off_is_told(national: Services, dossier: Dossier) -> None:
    national.fault("clock_skew", params={"seconds": 120})

    drain()

    assert head(national, dossier) == 1
    alert = OperatorAlert.objects.filter(kind="skew").first()
    assert alert is not None
    assert 110 < abs(Channel.objects.exclude(skew_at=None)[0].skew_seconds) < 130


@pytest.fixture
def trickle() -> Iterator[Callable[[bytes], str]]:
    """A server that sends the given bytes one by one, ten a second, for as long as anybody listens."""
    server = socket.create_server(("127.0.0.1", 0))
    served: list[socket.socket] = []

    def serve(content: bytes) -> None:
        connection, _address = server.accept()
        served.append(connection)
        connection.recv(65536)
        try:
            for byte in content:
                connection.sendall(bytes([byte]))
                time.sleep(0.1)
        except OSError:
            pass

    def start(content: bytes) -> str:
        threading.Thread(target=serve, args=(content,), daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}"

    yield start
    for connection in served:
        connection.close()
    server.close()


@pytest.mark.parametrize(
    "content", [b"HTTP/1.1 200 OK\r\nX: " + b"a" * 500, b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b" " * 500]
)
def test_an_answer_that_trickles_is_cut_off(
    trickle: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch, dossier: Dossier, content: bytes
) -> None:
    monkeypatch.setattr(transport, "WHOLE_SECONDS", 1)
    client._token.value = ""
    began = time.monotonic()
    with override_settings(NATIONAL_URL=trickle(content)):
        drain()

    assert time.monotonic() - began < 60  # the whole answer would take far longer
    assert messages(dossier)[0].last_error == "no answer in time"
