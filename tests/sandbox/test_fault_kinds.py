"""The kinds of fault that are not in test_faults.py: each through HTTP, as the portal would meet it."""

import socket
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import urllib3

from portal.sandbox.faults.kinds import KINDS
from tests.sandbox.client import Receiver, Services, create, status
from tests.sandbox.test_faults import ready

NewCode = Callable[[], str]
ADMIN = "demo-sandbox-admin"
FILING = {"procedure_code": "1.004873", "owner_name": "Lưu Thị Nghĩa", "owner_citizen_id": "001158000931", "place_code": "00070"}


def test_every_kind_of_fault_has_a_test() -> None:
    sources = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))

    assert [kind.code for kind in KINDS if f'"{kind.code}"' not in sources] == []


def test_a_head_that_never_ends_outlasts_a_client_that_waits_for_each_byte(services: Services, new_code: NewCode) -> None:
    code = ready(services, new_code)
    services.fault("slow_headers", count=1, params={"seconds": 2, "bytes_per_second": 5})

    began = time.monotonic()
    with pytest.raises(urllib3.exceptions.HTTPError):
        services.send(status(code, 2), timeout=1)  # each byte comes in time, the answer never does
    assert 1.5 < time.monotonic() - began < 60
    assert services.head(code) == 2


def test_an_answer_byte_by_byte_arrives_whole(services: Services, new_code: NewCode) -> None:
    code = ready(services, new_code)
    services.fault("slow_body", count=1, params={"bytes_per_second": 100})

    began = time.monotonic()
    assert services.results(status(code, 2)) == ["applied"]
    assert time.monotonic() - began > 0.8


def test_a_late_answer_is_right(services: Services, new_code: NewCode) -> None:
    code = ready(services, new_code)
    services.fault("latency", count=1, params={"seconds": 0.7})

    began = time.monotonic()
    assert services.results(status(code, 2)) == ["applied"]
    assert time.monotonic() - began > 0.7


def test_an_answer_of_the_wrong_type_and_one_that_is_no_text_keep_nothing(services: Services, new_code: NewCode) -> None:
    code = ready(services, new_code)
    services.fault("json_garbage", count=1)
    services.fault("json_garbage", count=1, params={"json": {"items": 7}})
    services.fault("binary_garbage", count=1)

    answers = [services.send(status(code, 2)) for _each in range(3)]

    assert [answer.status for answer in answers] == [200] * 3
    assert [answers[0].json(), answers[1].json()] == [[1, "hai", None], {"items": 7}]
    with pytest.raises(UnicodeDecodeError):
        answers[2].data.decode()
    assert services.head(code) == 1


def test_too_many_requests_may_say_nothing_about_when_to_come_again(services: Services) -> None:
    services.fault("rate_limited", count=1, params={"retry_after": None})

    answer = services.call("GET", "/npsp/v2/summary")

    assert (answer.status, "Retry-After" in answer.headers) == (429, False)


@pytest.mark.parametrize(("kind", "host"), [("dns_failure", "khong-phan-giai.invalid"), ("ipv6_failure", "[::1]:9")])
def test_addresses_lead_nowhere(services: Services, kind: str, host: str) -> None:
    services.fault(kind, service="identity", count=1)
    services.fault(kind, service="national", count=1)

    found = services.call("GET", "/.well-known/openid-configuration").json()
    moved = services.call("POST", "/npsp/v2/token")

    assert urlsplit(found["token_endpoint"]).netloc == host
    assert (moved.status, urlsplit(moved.headers["Location"]).netloc) == (307, host)
    with pytest.raises(urllib3.exceptions.HTTPError):
        services.http.request("GET", found["token_endpoint"], timeout=10)


def test_the_certificate_at_the_new_address_is_not_to_be_trusted(services: Services) -> None:
    services.fault("certificate_error", count=1)

    def listener() -> dict[str, int]:
        answer = services.call("GET", "/faults", headers={"Authorization": f"Bearer {ADMIN}"})
        return dict(answer.json()["tls"])

    before = listener()
    moved = services.call("POST", "/npsp/v2/token")
    with pytest.raises(urllib3.exceptions.SSLError):
        services.http.request("GET", moved.headers["Location"], timeout=30)

    assert (moved.status, listener()["accepted"]) == (307, before["accepted"])
    careless = ssl._create_unverified_context()  # noqa: S323 -- the careless client that the listener is there to catch
    port = urlsplit(moved.headers["Location"]).port
    with socket.create_connection(("127.0.0.1", port or 0), timeout=30) as plain, careless.wrap_socket(plain) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert connection.recv(100)
    assert listener()["accepted"] == before["accepted"] + 1


def test_the_token_is_lost_in_the_middle_of_a_batch(services: Services, new_code: NewCode) -> None:
    code = ready(services, new_code)
    services.fault("token_lost_mid_batch", count=1)

    steps = [status(code, seq) for seq in (2, 3, 4, 5)]
    assert services.send(*steps).status == 401
    assert services.head(code) == 3
    assert services.results(*steps) == ["duplicate", "duplicate", "applied", "applied"]


def test_items_are_taken_from_last_to_first(services: Services, new_code: NewCode) -> None:
    code = ready(services, new_code)
    services.fault("reordered", count=1)

    answers = services.send(status(code, 2), status(code, 3)).json()["items"]

    assert [(row["seq"], row["result"]) for row in answers] == [(3, "gap"), (2, "applied")]


def test_an_old_backup_is_restored(services: Services, new_code: NewCode) -> None:
    old, new = ready(services, new_code), new_code()
    time.sleep(1.2)
    services.fault("restored_backup", count=1, params={"seconds": 1})

    before = services.signed("GET", f"/npsp/v2/dossiers/{old}").json()["snapshot"]
    assert services.results(status(old, 2, GhiChu="Đã chuyển"), create(new)) == ["applied", "applied"]

    assert (services.head(old), services.head(new)) == (1, 0)
    shown = services.signed("GET", f"/npsp/v2/dossiers/{old}").json()
    assert (shown["snapshot"], shown["TrangThaiHoSo"]) == (before, 2)
    assert "GhiChu" not in shown["snapshot"]
    (answer,) = services.send(status(old, 3)).json()["items"]
    assert (answer["result"], answer["expected"]) == ("gap", 2)
    assert services.results(status(old, 2), create(new)) == ["applied", "applied"]


def test_a_careless_receiver_applies_whatever_comes(services: Services, new_code: NewCode) -> None:
    code = ready(services, new_code)
    services.fault("naive_receiver")

    assert services.results(status(code, 4), status(code, 2), status(code, 2)) == ["applied"] * 3

    items = services.signed("GET", "/npsp/v2/effects?after=0").json()["items"]
    assert [row["seq"] for row in items if row["MaHoSo"] == code] == [1, 4, 2, 2]


@pytest.mark.parametrize(("kind", "calls"), [("duplicate_callback", 3), ("forged_signature", 2), ("late_callback", 1)])
def test_what_is_done_there_is_told_badly(services: Services, receiver: Receiver, kind: str, calls: int) -> None:
    services.fault(kind, count=1, params={"seconds": 1})
    began = time.monotonic()
    remote_id = services.post_json("/npsp/inbound", FILING, ADMIN).json()["remote_id"]

    received = receiver.wait(calls)

    assert all(remote_id.encode() in body for _path, _headers, body in received)
    assert len({headers["x-nonce"] for _path, headers, _body in received}) == calls
    assert kind != "late_callback" or time.monotonic() - began > 0.9


def test_what_was_never_told_can_be_fetched(services: Services, receiver: Receiver) -> None:
    services.fault("lost_callback", count=1)
    remote_id = services.post_json("/npsp/inbound", FILING, ADMIN).json()["remote_id"]

    time.sleep(1.2)
    assert receiver.calls == []
    after: int | None = 0
    found = []
    while after is not None:
        page = services.signed("GET", f"/npsp/v2/inbound?after={after}").json()
        found += [row["body"]["remote_id"] for row in page["items"]]
        after = page["next"]
    assert remote_id in found


def test_a_window_opens_and_closes(services: Services) -> None:
    now = datetime.now(UTC)
    services.token = services.new_token()
    window = {"since": (now + timedelta(seconds=1)).isoformat(), "until": (now + timedelta(seconds=2)).isoformat()}
    services.fault("error_500", **window)

    statuses = []
    for _each in range(3):
        statuses.append(services.signed("GET", "/npsp/v2/summary").status)
        time.sleep(1.2)

    assert statuses == [200, 500, 200]


def test_a_script_names_the_requests_that_are_hit(services: Services) -> None:
    services.token = services.new_token()
    services.fault("error_502", script=[2, 4])

    assert [services.signed("GET", "/npsp/v2/summary").status for _each in range(5)] == [200, 502, 200, 502, 200]


@pytest.mark.parametrize("wrong", [{"script": "2"}, {"script": [True]}, {"since": "now"}, {"count": 10**12}])
def test_a_window_or_script_that_is_not_understood_is_refused(services: Services, wrong: dict[str, object]) -> None:
    assert services.post_json("/faults", {"kind": "refuse"} | wrong, ADMIN).status == 400


def test_the_older_generation_says_by_its_code_that_the_session_is_over(services: Services) -> None:
    services.fault("token_expired", count=1, path="/npsp/v1/service")

    answer = services.post_json("/npsp/v1/service", {"session": "x", "service": "TraCuuHoSo"})

    assert (answer.status, answer.json()["error_code"]) == (200, "-2")


def test_the_log_tells_what_was_done_to_a_call(services: Services) -> None:
    services.fault("error_503", count=1)
    services.call("GET", "/npsp/v2/summary?day=2026-01-01")

    page = services.call("GET", "/calls/?service=national&only=faults").data.decode()

    assert "/npsp/v2/summary?day=2026-01-01" in page
    assert "error_503" in page
