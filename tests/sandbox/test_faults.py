import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
import urllib3

from tests.sandbox.client import Services, create, status

NewCode = Callable[[], str]


def ready(services: Services, new_code: NewCode) -> str:
    """The code of a dossier whose first step is applied; tokens are at hand, so that only the next call meets the fault."""
    code = new_code()
    assert services.results(create(code)) == ["applied"]
    return code


@pytest.mark.parametrize(
    ("kind", "params", "head", "how"),
    [
        ("refuse", {}, 1, "without response"),
        ("timeout_before", {"seconds": 1}, 1, "without response"),
        ("timeout_after", {"seconds": 1}, 2, "without response"),
        ("reset_mid_body", {}, 2, "IncompleteRead"),
    ],
)
def test_the_connection_is_lost_before_or_after_the_step_is_kept(
    services: Services, new_code: NewCode, kind: str, params: dict[str, int], head: int, how: str
) -> None:
    code = ready(services, new_code)
    services.fault(kind, count=1, params=params)

    with pytest.raises(urllib3.exceptions.ProtocolError, match=how):
        services.send(status(code, 2))

    assert services.head(code) == head


def test_a_client_that_waits_less_long_gives_up_and_the_step_is_kept(services: Services, new_code: NewCode) -> None:
    code = ready(services, new_code)
    services.fault("timeout_after", count=1, params={"seconds": 2})

    with pytest.raises(urllib3.exceptions.TimeoutError):
        services.send(status(code, 2), timeout=0.5)

    assert services.results(status(code, 2)) == ["duplicate"]


@pytest.mark.parametrize(
    ("kind", "code", "head"),
    [
        ("error_500", 500, 1),
        ("error_502", 502, 1),
        ("error_503", 503, 1),
        ("error_504", 504, 2),
        ("token_expired", 401, 1),
        ("redirect", 302, 1),
    ],
)
def test_error_answers(services: Services, new_code: NewCode, kind: str, code: int, head: int) -> None:
    dossier = ready(services, new_code)
    services.fault(kind, count=1)

    assert services.send(status(dossier, 2)).status == code
    assert services.head(dossier) == head


def test_busy_answers_say_when_to_come_back(services: Services) -> None:
    services.fault("rate_limited", count=1, params={"retry_after": 7})
    services.fault("rate_limited", count=1, params={"retry_after": 60, "http_date": True})
    services.fault("maintenance", count=1)
    services.token = "never looked at"

    answers = [services.signed("GET", "/npsp/v2/summary") for _ in range(3)]

    dated = parsedate_to_datetime(answers[1].headers["Retry-After"])
    assert [answer.status for answer in answers] == [429, 429, 503]
    assert (answers[0].headers["Retry-After"], answers[2].headers["Retry-After"]) == ("7", "900")
    assert 30 < (dated - datetime.now(UTC)).total_seconds() <= 61


def test_answers_that_cannot_be_read(services: Services, new_code: NewCode) -> None:
    code = ready(services, new_code)
    services.fault("html_garbage", count=1)
    services.fault("truncated_json", count=1)

    garbage, truncated = services.send(status(code, 2)), services.send(status(code, 2))

    assert (garbage.status, garbage.data[:9]) == (200, b"<!doctype")
    assert truncated.status == 200
    with pytest.raises(ValueError, match="line 1"):
        truncated.json()
    assert services.results(status(code, 2)) == ["duplicate"]


def test_a_slow_answer_arrives_whole(services: Services, new_code: NewCode) -> None:
    code = ready(services, new_code)
    services.fault("slow_body", count=1, params={"seconds": 1})

    started = time.monotonic()
    assert services.results(status(code, 2)) == ["applied"]
    assert time.monotonic() - started > 0.9


def test_every_item_is_answered_twice(services: Services, new_code: NewCode) -> None:
    code = ready(services, new_code)
    services.fault("duplicate_ack", count=1)

    answers = services.send(status(code, 2)).json()["items"]

    assert [(row["seq"], row["result"]) for row in answers] == [(2, "applied")] * 2


def test_the_answer_names_another_item(services: Services, new_code: NewCode) -> None:
    code = ready(services, new_code)
    services.fault("wrong_item", count=1)

    (answer,) = services.send(status(code, 2)).json()["items"]

    assert (answer["key"], answer["dossier_code"]) != (f"t:{code}:2", code)


def test_half_a_batch_is_done(services: Services, new_code: NewCode) -> None:
    code = ready(services, new_code)
    services.fault("partial_batch", count=1)

    assert services.results(status(code, 2), status(code, 3), status(code, 4), status(code, 5)) == ["applied", "applied", "error", "error"]
    assert services.head(code) == 3


def test_a_write_is_lost_after_its_answer(services: Services, new_code: NewCode) -> None:
    code = ready(services, new_code)
    services.fault("lost_write", count=1)

    assert services.results(status(code, 2)) == ["applied"]
    (answer,) = services.send(status(code, 3)).json()["items"]

    assert (answer["result"], answer["expected"]) == ("gap", 2)


def test_one_code_is_rejected_and_others_are_not(services: Services, new_code: NewCode) -> None:
    good, bad = ready(services, new_code), ready(services, new_code)
    services.fault("schema_reject", params={"code": bad})

    assert services.results(status(good, 2), status(bad, 2)) == ["applied", "invalid"]


def test_a_skewed_clock_refuses_and_shows_in_the_date(services: Services) -> None:
    services.fault("clock_skew", params={"seconds": 600})

    refused = services.signed("GET", "/npsp/v2/summary")
    accepted = services.signed("GET", "/npsp/v2/summary", timestamp=str(int(time.time()) + 600))

    ahead = parsedate_to_datetime(refused.headers["Date"]) - datetime.now(UTC)
    assert (refused.status, refused.json()["error"], accepted.status) == (403, "stale_timestamp", 200)
    assert 590 < ahead.total_seconds() <= 601


def test_the_same_seed_gives_the_same_faults(services: Services) -> None:
    def outcomes(seed: str) -> list[int]:
        services.no_faults()
        services.fault("error_500", rate=0.5, seed=seed)
        return [services.signed("GET", "/npsp/v2/summary").status for _ in range(12)]

    services.token = services.new_token()
    first = outcomes("a")

    assert set(first) == {200, 500}
    assert outcomes("a") == first
    assert outcomes("b") != first


def test_a_fault_ends_with_its_time_and_keeps_to_its_service(services: Services) -> None:
    services.fault("error_500", until="2020-01-01T00:00:00+07:00")
    services.fault("error_500", service="payment")

    assert services.signed("GET", "/npsp/v2/summary").status == 200


@pytest.mark.parametrize("body", [[], {"kind": "earthquake"}, {"kind": "refuse", "rate": 2}, {"kind": "refuse", "until": "tomorrow"}])
def test_a_fault_that_is_not_understood_is_refused(services: Services, body: object) -> None:
    assert services.post_json("/faults", body, "demo-sandbox-admin").status == 400


def test_faults_need_the_admin_token(services: Services) -> None:
    assert services.post_json("/faults", {"kind": "refuse"}, "guess").status == 401
