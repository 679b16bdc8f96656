"""The till by its pages, and what each step leaves in the ledger."""

import re
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers.actions.review import accept, refuse
from dossiers.actions.transition import By
from dossiers.models import Dossier
from payments.actions.orders import apply_report, open_order, take_cash
from payments.lifecycle import Reported
from payments.models import LedgerEntry, Order
from payments.tasks import rebook_accepted_fees
from portal.accounts.models import Role
from portal.agencies.models import Office
from portal.core.db import acting_as
from tests.counters.conftest import Seat, signed_in
from tests.factories import MONDAY, address, centre, committee, fee, filed, routed, staff, staffed, who

pytestmark = pytest.mark.django_db
EXEMPT = "1.012812"
TAKEN = re.compile(r'FROM "(\w+)".* FOR (?:NO KEY )?UPDATE')


def seat(office: Office) -> Seat:
    user = staff(Role.CLERK, office)
    return Seat(signed_in(user), user, office)


def balance(dossier: Dossier) -> dict[str, int]:
    """What stands on each account for the dossier; accounts at zero are left out."""
    found: Counter[str] = Counter()
    for account, amount in LedgerEntry.objects.filter(order__dossier=dossier).values_list("account", "amount_vnd"):
        found[account] += amount
    return {account: amount for account, amount in found.items() if amount}


def path_of(dossier: Dossier) -> str:
    return f"/quay/thu-phi/{dossier.code}/"


def test_cash_is_taken_once_and_the_receipt_can_be_printed() -> None:
    dossier = filed(fees=[fee(8000), fee(5000, "charge")]).dossier
    ours = seat(dossier.receiving_office)
    asked = ours.client.get(path_of(dossier)).content.decode()
    assert ("13.000 đ" in asked, "Chưa có biên lai" in asked) == (True, True)

    taken = ours.client.post(path_of(dossier), {"action": "cash"}, follow=True)

    receipt = dossier.documents.get(kind="fee_receipt")
    page = taken.content.decode()
    assert ("Đã thu 13.000 đ tiền mặt" in page, f"/tai-lieu/{receipt.verification_code}/?in=1" in page) == (True, True)
    assert "Mười ba nghìn đồng." in ours.client.get(f"/tai-lieu/{receipt.verification_code}/").content.decode()
    assert set(dossier.fee_lines.values_list("state", flat=True)) == {"paid"}
    assert balance(dossier) == {"cash": 13000, "revenue": -13000}
    again = ours.client.post(path_of(dossier), {"action": "cash"})
    assert (again.status_code, dossier.orders.count(), balance(dossier)["cash"]) == (422, 1, 13000)
    nonsense = ours.client.post(path_of(dossier), {"action": "gold"})
    assert nonsense.status_code == 422


@pytest.fixture(params=["", "http://127.0.0.1:9/pay/x"], ids=["the gateway was away", "its page is known"])
def begun(request: pytest.FixtureRequest, settings: Any) -> tuple[Dossier, Order]:
    """A payment that was begun at home or by a QR code, and a gateway that does not answer now."""
    settings.PAYMENT_URL = "http://127.0.0.1:9"
    dossier = filed(fees=[fee(8000)]).dossier
    order = open_order(dossier, instrument=Order.Instrument.ONLINE, at=MONDAY)
    Order.objects.filter(pk=order.pk).update(pay_url=request.param)
    return dossier, order


def report(order: Order) -> Reported:
    return Reported(reference=order.reference, gateway_ref="g-1", amount_vnd=order.amount_vnd, status="paid")


def test_cash_is_taken_instead_of_an_electronic_payment_and_what_comes_late_is_given_back(begun: tuple[Dossier, Order]) -> None:
    dossier, order = begun
    ours = seat(dossier.receiving_office)
    unasked = ours.client.post(path_of(dossier), {"action": "cash"})
    assert (unasked.status_code, dossier.orders.count()) == (409, 1)
    assert "thu tiền mặt thay cho giao dịch đó" in unasked.content.decode()
    assert unasked.context["cash_url"] == ours.client.get(path_of(dossier)).context["cash_url"]

    taken = ours.client.post(unasked.context["cash_url"], {"action": "cash"}, follow=True)

    assert "Đã thu 8.000 đ tiền mặt" in taken.content.decode()
    order.refresh_from_db()
    assert (order.state, balance(dossier)) == ("cancelled", {"cash": 8000, "revenue": -8000})
    assert apply_report(report(order), at=MONDAY) == "paid twice, to be refunded"
    assert ours.client.get(path_of(dossier)).context["refundable"] == "8.000 đ"
    ours.client.post(path_of(dossier), {"action": "refund"})
    assert balance(dossier) == {"gateway": 8000, "revenue": -8000}
    assert dossier.documents.filter(kind="fee_receipt").count() == 1


def test_no_cash_is_taken_for_what_the_gateway_has_got_meanwhile(begun: tuple[Dossier, Order]) -> None:
    dossier, order = begun
    ours = seat(dossier.receiving_office)
    cash_url = ours.client.get(path_of(dossier)).context["cash_url"]
    apply_report(report(order), at=MONDAY)

    told = ours.client.post(cash_url, {"action": "cash"}, follow=True)

    assert "Hãy trả lại tiền mặt" in told.content.decode()
    assert (balance(dossier), dossier.documents.filter(kind="fee_receipt").count()) == ({"gateway": 8000, "revenue": -8000}, 1)


def test_cash_and_the_gateways_word_lock_in_the_same_order(begun: tuple[Dossier, Order]) -> None:
    dossier, order = begun
    by = By(staff(Role.CLERK, dossier.receiving_office), MONDAY, office=dossier.receiving_office)
    locked = []
    for act in (lambda: take_cash(dossier, by=by, instead=True), lambda: apply_report(report(order), at=MONDAY)):
        with CaptureQueriesContext(connection) as asked:
            act()
        locked.append([table for query in asked if (table := TAKEN.search(query["sql"]))][:2])

    assert [[table[1] for table in tables] for tables in locked] == [["dossiers_dossier", "payments_order"]] * 2


@pytest.fixture
def held() -> tuple[Dossier, Seat]:
    """Registered for phường Ba Đình, its fee taken in Đà Nẵng before anybody accepted it; and the clerk of the own counter."""
    agency = committee()
    staffed(agency)
    assert agency.reception_office is not None
    dossier = filed(procedure=EXEMPT, answers={"place": address()}, fees=[fee(8000)]).dossier
    seat(centre("48")).client.post(path_of(dossier), {"action": "cash"})
    routed(dossier)
    assert dossier.fee_lines.get().state == "held"
    assert balance(dossier) == {"cash": 8000, "held": -8000}
    return dossier, seat(agency.reception_office)


def test_money_held_until_acceptance_is_revenue_once_it_is_accepted(held: tuple[Dossier, Seat]) -> None:
    dossier, own = held
    with acting_as(who(own.user).scope):
        accept(dossier, by=By(own.user, MONDAY, office=own.office), expected_version=dossier.state_version)
    assert dossier.fee_lines.get().state == "paid"

    moved = [rebook_accepted_fees(), rebook_accepted_fees()]

    assert (moved, balance(dossier)) == ([1, 0], {"cash": 8000, "revenue": -8000})
    nothing = own.client.post(path_of(dossier), {"action": "refund"})
    assert (nothing.status_code, balance(dossier)) == (422, {"cash": 8000, "revenue": -8000})


def test_money_of_a_refused_filing_is_given_back_at_another_counter(held: tuple[Dossier, Seat]) -> None:
    dossier, own = held
    with acting_as(who(own.user).scope):
        refuse(
            dossier,
            by=By(own.user, MONDAY, office=own.office),
            reason="Không thuộc trường hợp hòa giải.",
            expected_version=dossier.state_version,
        )
    assert dossier.fee_lines.get().state == "refund_due"
    elsewhere = seat(centre("92"))
    assert elsewhere.client.get(path_of(dossier)).context["refundable"] == "8.000 đ"

    given = elsewhere.client.post(path_of(dossier), {"action": "refund"})

    line, slip = dossier.fee_lines.get(), dossier.documents.get(kind="refund_slip")
    assert (given.status_code, line.state, balance(dossier)) == (302, "refunded", {})
    assert (slip.issuing_office, "Hồ sơ không được tiếp nhận" in slip.html) == (elsewhere.office, True)
    assert rebook_accepted_fees() == 0, "what was given back never becomes revenue"
    assert LedgerEntry.objects.filter(order__dossier=dossier, account="revenue").count() == 0
