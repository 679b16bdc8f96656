import hashlib
import hmac
import html
import itertools
import json
import re
import time
from typing import Any

import pytest

from portal.devtools.children import Child
from tests.sandbox.browser import Browser
from tests.sandbox.client import PAYMENT_KEY, Answer, Receiver, Services, signature

_numbers = itertools.count(1)
RETURN_URL = "http://127.0.0.1:9/thanh-toan/xong?a=1"


def order_of(amount: int = 50_000, **changed: Any) -> dict[str, Any]:
    body = {"reference": f"P-{next(_numbers)}", "amount": amount, "description": "Lệ phí đăng ký", "return_url": RETURN_URL} | changed
    text = f"{body['reference']}|{body['amount']}|{body['return_url']}|{body['description']}"
    return {"MaXacThuc": hmac.new(PAYMENT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()} | body


def choose(services: Services, order: dict[str, Any], action: str = "pay") -> Answer:
    """The person opens the page and presses a button."""
    browser = Browser(services)
    page = browser.get(services.post_json("/pay/orders", order).json()["pay_url"])
    return browser.submit(page, action=action)


def state(services: Services, reference: str) -> Answer:
    stamp, path = str(int(time.time())), f"/pay/orders/{reference}"
    headers = {"X-Timestamp": stamp, "X-Signature": signature(PAYMENT_KEY, stamp, "GET", path)}
    return services.call("GET", path, headers=headers)


def is_genuine(headers: dict[str, str], body: bytes) -> bool:
    return headers["x-signature"] == signature(PAYMENT_KEY, headers["x-timestamp"], body)


def test_paying_sends_a_signed_callback_and_returns_the_browser(services: Services, receiver: Receiver) -> None:
    order = order_of()

    answer = choose(services, order)

    ((path, headers, raw),) = receiver.wait(1)
    body = json.loads(raw)
    assert (answer.status, answer.headers["Location"]) == (302, f"{RETURN_URL}&reference={order['reference']}&status=paid")
    assert path == "/api/v1/payments/callback"
    assert is_genuine(headers, raw)
    assert (body["reference"], body["amount"], body["currency"], body["status"]) == (order["reference"], 50_000, "VND", "paid")


def test_the_callback_is_retried_until_it_is_taken(services: Services, receiver: Receiver) -> None:
    receiver.statuses[:] = [500, 503]

    choose(services, order_of())

    calls = receiver.wait(3)
    time.sleep(1)
    assert len({raw for _, _, raw in calls}) == 1
    assert len(receiver.calls) == 3


def test_a_callback_survives_the_death_of_the_gateway(services: Services, receiver: Receiver, process: Child) -> None:
    receiver.statuses[:] = [500]
    order = order_of()
    choose(services, order)
    receiver.wait(1)

    process.kill()
    process.start()
    process.wait_ready()

    assert json.loads(receiver.wait(2, seconds=40)[1][2])["reference"] == order["reference"]


def test_asking_again_gives_the_same_order(services: Services) -> None:
    order = order_of()

    first, again = services.post_json("/pay/orders", order), services.post_json("/pay/orders", order)
    other = services.post_json("/pay/orders", order_of(60_000, reference=order["reference"]))

    assert first.json() == again.json()
    assert other.status == 409


def test_a_choice_is_final(services: Services, receiver: Receiver) -> None:
    order = order_of()
    choose(services, order, "cancel")

    answer = choose_again(services, order)

    receiver.wait(1)
    assert "status=cancelled" in answer.headers["Location"]
    assert state(services, order["reference"]).json()["status"] == "cancelled"


def choose_again(services: Services, order: dict[str, Any]) -> Answer:
    """A page left open in another tab is submitted after the choice was made."""
    fresh = order_of()
    browser = Browser(services)
    form = browser.get(services.post_json("/pay/orders", fresh).json()["pay_url"])
    return browser.submit(form, url=services.post_json("/pay/orders", order).json()["pay_url"], action="pay")


def test_the_state_is_told_signed_to_those_who_sign(services: Services) -> None:
    order = order_of()
    services.post_json("/pay/orders", order)

    answer = state(services, order["reference"])
    unsigned = services.call("GET", f"/pay/orders/{order['reference']}")

    assert (answer.json()["status"], answer.json()["amount"]) == ("created", 50_000)
    assert answer.headers["X-Signature"] == signature(PAYMENT_KEY, answer.headers["X-Timestamp"], answer.data)
    assert unsigned.status == 403


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"MaXacThuc": "0" * 64}, 403),
        ({"amount": "50000"}, 400),
        ({"amount": 0}, 400),
        ({"amount": 1.5}, 400),
        ({"return_url": "javascript:1"}, 400),
    ],
)
def test_a_wrong_order_is_refused(services: Services, changed: dict[str, Any], code: int) -> None:
    assert services.post_json("/pay/orders", order_of() | changed).status == code


def test_a_lost_callback_is_found_by_asking(services: Services, receiver: Receiver) -> None:
    services.fault("lost_callback", service="payment", count=1)
    order = order_of()

    choose(services, order)

    time.sleep(1.5)
    assert receiver.calls == []
    assert state(services, order["reference"]).json()["status"] == "paid"


def test_a_late_callback_comes_after_the_browser(services: Services, receiver: Receiver) -> None:
    services.fault("late_callback", service="payment", count=1, params={"seconds": 2})

    choose(services, order_of())

    time.sleep(1)
    assert receiver.calls == []
    ((_, headers, raw),) = receiver.wait(1)
    assert is_genuine(headers, raw)


def test_a_callback_comes_three_times(services: Services, receiver: Receiver) -> None:
    services.fault("duplicate_callback", service="payment", count=1)

    choose(services, order_of())

    assert len({raw for _, _, raw in receiver.wait(3)}) == 1


def test_a_forged_callback_comes_before_the_true_one(services: Services, receiver: Receiver) -> None:
    services.fault("forged_signature", service="payment", count=1)
    receiver.statuses[:] = [403]

    choose(services, order_of())

    assert [is_genuine(headers, raw) for _, headers, raw in receiver.wait(2)] == [False, True]


def test_a_callback_with_a_wrong_amount_is_signed(services: Services, receiver: Receiver) -> None:
    services.fault("wrong_amount", service="payment", count=1)
    order = order_of()

    choose(services, order)

    ((_, headers, raw),) = receiver.wait(1)
    assert is_genuine(headers, raw)
    assert json.loads(raw)["amount"] == 51_000
    assert state(services, order["reference"]).json()["amount"] == 50_000


def test_the_page_says_what_is_paid_in_words_of_money(services: Services) -> None:
    page = Browser(services).get(services.post_json("/pay/orders", order_of(1_250_000)).json()["pay_url"])

    assert "1.250.000 đồng" in html.unescape(page.data.decode())
    assert re.search(r'<img src="data:image/svg\+xml', page.data.decode())
    assert "http://127.0.0.1:9" in page.headers["Content-Security-Policy"]


def test_filing_on_the_national_portal_reaches_the_portal_signed(services: Services, receiver: Receiver) -> None:
    from tests.sandbox.client import HMAC_KEY

    filing = {"procedure_code": "1.001193", "owner_name": "Nguyễn Thị Ước", "owner_citizen_id": "001190002345", "place_code": "00070"}

    answer = services.post_json("/npsp/inbound", filing, "demo-sandbox-admin")

    ((path, headers, raw),) = receiver.wait(1)
    expected = signature(HMAC_KEY, headers["x-timestamp"], headers["x-nonce"], "POST", path, raw)
    assert (answer.status, path, headers["x-signature"]) == (201, "/api/v1/national/inbound", expected)
    assert json.loads(raw)["remote_id"] == answer.json()["remote_id"]
