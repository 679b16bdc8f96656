"""A fee that a council or a tariff sets: a person enters the amount, and then it is paid like any other."""

import pytest
from django.urls import reverse

from dossiers.actions.file import FeeInput
from dossiers.actions.set_fee import AmountKnown, AmountUnclear, set_fee_amount
from dossiers.actions.transition import By
from dossiers.models import Dossier, FeeLine
from payments.models import LedgerEntry
from portal.accounts.models import Role
from portal.agencies.models import Office
from portal.core.errors import NotAllowed
from portal.notifications.models import Notification
from tests.counters.conftest import Seat, signed_in
from tests.counters.rendered import form_values
from tests.dossiers.officer.desk import Desk, agency_desks, text_of
from tests.factories import MONDAY, centre, citizen, committee, filed, routed, staff

pytestmark = pytest.mark.django_db
BASIS = "Nghị quyết 12/2025/NQ-HĐND"


def seat(office: Office) -> Seat:
    user = staff(Role.CLERK, office)
    return Seat(signed_in(user), user, office)


@pytest.fixture
def desks() -> tuple[Desk, Desk]:
    return agency_desks(committee())


@pytest.fixture
def owed(desks: tuple[Desk, Desk]) -> Dossier:
    """With the agency, and one fee line whose amount nobody here knows."""
    return routed(filed(applicant=citizen(), fees=[unknown("Phí thẩm định")]).dossier)


def unknown(name: str) -> FeeInput:
    return FeeInput(rule_id=None, kind="charge", name=name, amount_vnd=None)


def line_of(dossier: Dossier) -> FeeLine:
    return dossier.fee_lines.get()


def test_the_officer_enters_it_and_the_person_pays_at_any_counter(desks: tuple[Desk, Desk], owed: Dossier) -> None:
    officer, _leader = desks
    state, due_at = owed.state, owed.due_at
    section = officer.get(f"/xu-ly/{owed.code}/?muc=le-phi").content.decode()
    assert f'href="/xu-ly/{owed.code}/muc-phi/"' in section
    values = form_values(officer.get(f"/xu-ly/{owed.code}/muc-phi/"), action=f"/xu-ly/{owed.code}/muc-phi/")

    answer = officer.post(f"/xu-ly/{owed.code}/muc-phi/", values | {"amount_vnd": "150000", "basis": BASIS})

    assert answer.headers["Location"] == f"/xu-ly/{owed.code}/?muc=le-phi"
    line = line_of(owed)
    assert (line.state, line.amount_vnd, line.basis) == ("due", 150000, BASIS)
    owed.refresh_from_db()
    assert (owed.state, owed.due_at) == (state, due_at), "the dossier does not wait for it"
    event = owed.events.get(verb="set_fee")
    assert event.note == f"Phí thẩm định: 150.000 đ ({BASIS})"
    assert '"amount_vnd":150000' in event.content
    notice = owed.documents.get(kind="payment_notice")
    assert ("150.000 đ" in notice.html, BASIS in notice.html) == (True, True)
    assert Notification.objects.get(dossier_code=owed.code, template="payment").channel == "sms"
    third = seat(centre("48"))
    third.client.post(f"/quay/thu-phi/{owed.code}/", {"action": "cash"})
    line.refresh_from_db()
    assert line.state == "paid"
    booked = LedgerEntry.objects.filter(order__dossier=owed).order_by("-amount_vnd").values_list("account", "amount_vnd")
    assert list(booked) == [("cash", 150000), ("revenue", -150000)]


def test_the_person_sees_the_amount_and_can_pay_online(desks: tuple[Desk, Desk], owed: Dossier) -> None:
    owner = owed.applicant
    assert owner is not None
    client = signed_in(owner)
    url = reverse("payments:fees", args=[owed.code])
    before = client.get(url)
    assert (before.context["due"], before.context["has_unknown"]) == (0, True)

    set_fee_amount(line_of(owed), amount_vnd=150000, basis=BASIS, by=By(desks[0].user, MONDAY, agency=owed.agency))

    after = client.get(url)
    assert (after.context["due"], after.context["has_unknown"]) == (150000, False)
    assert f'action="{reverse("payments:pay", args=[owed.code])}"' in after.content.decode()


def test_the_till_of_the_receiving_counter_enters_it_before_acceptance_and_the_money_is_held() -> None:
    dossier = filed(procedure="1.012812", answers={}, fees=[unknown("Phí hòa giải")]).dossier
    ours, third = seat(dossier.receiving_office), seat(centre("48"))
    path = f"/quay/thu-phi/{dossier.code}/"
    assert f'href="{path}"' in ours.client.get(f"/quay/ho-so/{dossier.code}/").content.decode()
    assert "Không phải nộp khoản nào" not in third.client.get(path).content.decode()
    assert "Nhập mức thu" not in third.client.get(path).content.decode()
    refused = third.client.post(path, {"action": "amount", "line": line_of(dossier).pk, "amount_vnd": "1", "basis": BASIS})
    assert (refused.status_code, line_of(dossier).state) == (403, "unknown")
    values = {"action": "amount", "line": str(line_of(dossier).pk)}
    wrong = ours.client.post(path, values | {"amount_vnd": "không", "basis": BASIS})
    assert (wrong.status_code, BASIS in wrong.content.decode()) == (422, True)

    done = ours.client.post(path, values | {"amount_vnd": "30000", "basis": BASIS})
    ours.client.post(path, {"action": "cash"})

    assert done.status_code == 302
    assert (line_of(dossier).state, line_of(dossier).amount_vnd) == ("held", 30000)


def test_it_is_entered_once_with_what_it_rests_on_by_those_concerned(desks: tuple[Desk, Desk], owed: Dossier) -> None:
    by = By(desks[0].user, MONDAY, agency=owed.agency)
    stranger = By(staff(Role.OFFICER, committee("00008")), MONDAY, agency=committee("00008"))
    for amount, basis in ((0, BASIS), (-5, BASIS), (5000, "  x ")):
        with pytest.raises(AmountUnclear):
            set_fee_amount(line_of(owed), amount_vnd=amount, basis=basis, by=by)
    with pytest.raises(NotAllowed):
        set_fee_amount(line_of(owed), amount_vnd=5000, basis=BASIS, by=stranger)
    set_fee_amount(line_of(owed), amount_vnd=5000, basis=BASIS, by=by)

    with pytest.raises(AmountKnown):
        set_fee_amount(line_of(owed), amount_vnd=9000, basis=BASIS, by=by)

    assert line_of(owed).amount_vnd == 5000
    assert owed.events.filter(verb="set_fee").count() == 1
    page = text_of(desks[0].get(f"/xu-ly/{owed.code}/?muc=le-phi"))
    assert (BASIS in page, "Nhập mức thu" in page) == (True, False)
