"""Paying through the gateway's real pages; callbacks lost, forged, doubled; the gateway away."""

import json
import time
from typing import Any

import pytest

from dossiers.models import Dossier
from payments.models import Callback, LedgerEntry, Order
from portal.accounts.models import Role
from tests.accounts.walker import Page, Walker
from tests.counters.conftest import signed_in
from tests.factories import fee, filed, staff
from tests.sandbox.client import PAYMENT_KEY, Services, signature
from tests.support.live import Live

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800)]


@pytest.fixture
def gateway(module_live: Live) -> Services:
    services = Services(module_live.sandbox_url)
    services.no_faults()
    return services


def owing(live: Live, amount_vnd: int = 50_000) -> tuple[Walker, Dossier]:
    """A dossier with a fee, and somebody who holds its slip."""
    done = filed(fees=[fee(amount_vnd)])
    person = Walker(live.url)
    page = person.submit(person.get("/tra-cuu/"), {"ma": done.dossier.code, "secret": done.secret}, having="secret")
    assert page.status == 200
    return person, done.dossier


def fees_page(person: Walker, dossier: Dossier) -> Page:
    return person.get(f"/ho-so/{dossier.code}/nop-phi/")


def at_gateway(person: Walker, dossier: Dossier) -> Page:
    return person.submit(fees_page(person, dossier), action="/thanh-toan/")


def until(dossier: Dossier, state: str, seconds: float = 120) -> str:
    """The state of the dossier's last order once it is that, or at the end."""
    end = time.monotonic() + seconds
    while (found := dossier.orders.order_by("-pk").values_list("state", flat=True).first()) != state and time.monotonic() < end:
        time.sleep(0.1)
    return str(found)


def call_back(live: Live, body: dict[str, object], key: str = PAYMENT_KEY) -> int:
    raw = json.dumps(body).encode()
    stamp = str(int(time.time()))
    headers = {"Content-Type": "application/json", "X-Timestamp": stamp, "X-Signature": signature(key, stamp, raw)}
    return Services(live.url).call("POST", "/api/v1/payments/callback", body=raw, headers=headers).status


def booked(dossier: Dossier) -> int:
    return sum(LedgerEntry.objects.filter(order__dossier=dossier, account="gateway").values_list("amount_vnd", flat=True))


def test_paying_leads_to_the_gateway_and_back_to_a_receipt(module_live: Live, gateway: Services) -> None:
    person, dossier = owing(module_live)
    page = fees_page(person, dossier)
    assert "50.000 đ" in page.text
    assert module_live.sandbox_url in page.headers["Content-Security-Policy"]

    page = at_gateway(person, dossier)
    assert page.url.startswith(module_live.sandbox_url)
    page = person.submit(page, {"action": "pay"})

    assert page.url.startswith(module_live.url)
    assert until(dossier, "paid") == "paid"
    page = fees_page(person, dossier)
    assert "Đã nhận phí, lệ phí" in page.text
    order = dossier.orders.get()
    assert order.receipt is not None
    assert order.receipt.verification_code in page.text
    assert person.get(f"/tra-cuu/{dossier.code}/giay/{order.receipt.verification_code}/").status == 200
    assert booked(dossier) == 50_000


def test_a_lost_callback_is_made_good_by_asking(module_live: Live, gateway: Services) -> None:
    gateway.fault("lost_callback", service="payment")
    person, dossier = owing(module_live)

    page = person.submit(at_gateway(person, dossier), {"action": "pay"})

    assert "Đã nhận phí, lệ phí" in page.text
    assert (dossier.orders.get().state, booked(dossier)) == ("paid", 50_000)


def test_a_forged_and_a_changed_callback_book_nothing(module_live: Live, gateway: Services) -> None:
    person, dossier = owing(module_live)
    at_gateway(person, dossier)
    order = dossier.orders.get()
    event = {"event_id": "e-1", "reference": order.reference, "gateway_ref": "g", "amount": 50_000, "currency": "VND", "status": "paid"}

    assert call_back(module_live, event, key="guess") == 403
    assert call_back(module_live, event | {"event_id": "e-2", "amount": 1_000}) == 200

    order.refresh_from_db()
    assert (order.state, booked(dossier)) == ("pending", 0)
    assert "amount differs" in Callback.objects.get(pk="e-2").outcome


def test_a_repeated_callback_books_once(module_live: Live, gateway: Services) -> None:
    gateway.fault("duplicate_callback", service="payment")
    person, dossier = owing(module_live)
    person.submit(at_gateway(person, dossier), {"action": "pay"})
    assert until(dossier, "paid") == "paid"
    order = dossier.orders.get()
    event = {"event_id": "again", "reference": order.reference, "gateway_ref": order.gateway_ref, "amount": 50_000, "currency": "VND",
             "status": "paid"}  # fmt: skip

    assert [call_back(module_live, event) for _ in range(2)] == [200, 200]
    assert booked(dossier) == 50_000
    assert dossier.documents.filter(kind="fee_receipt").count() == 1


def test_a_cancelled_payment_can_be_tried_again(module_live: Live, gateway: Services) -> None:
    person, dossier = owing(module_live)

    page = person.submit(at_gateway(person, dossier), {"action": "cancel"})

    assert "Bạn đã hủy thanh toán" in page.text
    page = person.submit(at_gateway(person, dossier), {"action": "pay"})
    assert until(dossier, "paid") == "paid"
    assert sorted(dossier.orders.values_list("state", flat=True)) == ["cancelled", "paid"]


def test_a_gateway_that_is_away_leaves_everything_as_it_was(module_live: Live, gateway: Services) -> None:
    gateway.fault("error_503", service="payment")
    person, dossier = owing(module_live)

    page = at_gateway(person, dossier)

    assert page.status == 503
    assert "vẫn giữ nguyên mã" in page.text
    gateway.no_faults()
    assert person.submit(at_gateway(person, dossier), {"action": "pay"}).status == 200
    assert until(dossier, "paid") == "paid"
    assert dossier.orders.count() == 1


def test_paying_again_what_the_gateway_already_has_is_not_possible(module_live: Live, gateway: Services) -> None:
    gateway.fault("lost_callback", service="payment")
    person, dossier = owing(module_live)
    at = at_gateway(person, dossier)
    person.submit(at, {"action": "pay"}, follow=False)

    page = at_gateway(person, dossier)

    assert page.path == f"/ho-so/{dossier.code}/nop-phi/"
    assert booked(dossier) == 50_000


def test_a_clerk_with_cash_in_hand_hears_that_the_gateway_has_been_paid(module_live: Live, gateway: Services, settings: Any) -> None:
    settings.PAYMENT_URL = module_live.sandbox_url
    gateway.fault("lost_callback", service="payment")
    (person, paid), (_nobody, unpaid) = owing(module_live), owing(module_live)
    clerk = signed_in(staff(Role.CLERK, paid.receiving_office))
    for dossier in (paid, unpaid):
        assert clerk.post(f"/quay/thu-phi/{dossier.code}/qr/").status_code == 302
    person.submit(at_gateway(person, paid), {"action": "pay"}, follow=False)

    pages = [clerk.get(f"/quay/thu-phi/{dossier.code}/") for dossier in (paid, unpaid)]
    told = [clerk.post(page.context["cash_url"], {"action": "cash"}, follow=True).content.decode() for page in pages]

    assert ["Hãy trả lại tiền mặt" in page for page in told] == [True, False]
    assert "Đã thu 50.000 đ tiền mặt" in told[1]
    assert [booked(dossier) for dossier in (paid, unpaid)] == [50_000, 0]
    assert [dossier.documents.filter(kind="fee_receipt").count() for dossier in (paid, unpaid)] == [1, 1]
    assert sorted(unpaid.orders.values_list("instrument", "state")) == [("cash", "paid"), ("qr", "cancelled")]


def test_a_council_fee_cannot_be_paid_online(module_live: Live, gateway: Services) -> None:
    done = filed(fees=[fee(0).__class__(rule_id=None, kind="levy", name="Lệ phí", amount_vnd=None)])
    person = Walker(module_live.url)
    person.submit(person.get("/tra-cuu/"), {"ma": done.dossier.code, "secret": done.secret}, having="secret")

    page = fees_page(person, done.dossier)

    assert "HĐND tỉnh" in page.text
    assert "/thanh-toan/" not in page.text
    assert "Miễn phí" not in page.text
    assert Order.objects.filter(dossier=done.dossier).count() == 0
