"""A counter that has nothing to do with a dossier serves its person all the same, and prints what it issued."""

from datetime import date, timedelta
from typing import Any

import pytest

from dossiers.actions.decide import claim
from dossiers.actions.supplement import Asked, ask_supplement
from dossiers.actions.transition import By
from dossiers.models import Dossier, IssuedDocument
from dossiers.secrets import secret_for
from portal.accounts.models import Role
from portal.agencies.models import Office
from portal.core.clock import technical_now
from portal.core.db import acting_as
from portal.core.models import DemoClock
from tests.counters.conftest import Seat, signed_in
from tests.factories import MONDAY, OWNER_ID, address, centre, committee, fee, filed, routed, staff, staffed, who

pytestmark = pytest.mark.django_db
OWNER = {"name": "Nguyễn Thị Ước", "personal_id": OWNER_ID, "identity_checked": "yes"}


def seat(office: Office) -> Seat:
    user = staff(Role.CLERK, office)
    return Seat(signed_in(user), user, office)


@pytest.fixture
def third() -> Seat:
    """Đà Nẵng, for dossiers of Hồ Chí Minh City that go to Hà Nội."""
    return seat(centre("48"))


def address_of(paper: IssuedDocument) -> str:
    return f"/tai-lieu/{paper.verification_code}/"


def test_the_slip_with_the_new_secret_is_printed_where_it_was_given_out(third: Seat) -> None:
    dossier = filed().dossier
    former = dossier.documents.get(kind="receipt_slip")
    stranger = seat(centre("92"))

    answer = third.client.post(f"/quay/ho-so/{dossier.code}/ma-moi/", OWNER)

    slip = dossier.documents.get(kind="receipt_slip", superseded_by=None)
    assert answer.headers["Location"] == f"{address_of(slip)}?in=1"
    printed = third.client.get(answer.headers["Location"])
    secret = secret_for(dossier.code, 2)
    assert (printed.status_code, f"{secret[:4]} {secret[4:]}" in printed.content.decode()) == (200, True)
    assert dossier.receiving_office.name in printed.content.decode(), "the letterhead stays that of the receiving office"
    assert third.client.get(address_of(former)).status_code == 404, "nothing else of the dossier is open here"
    assert stranger.client.get(address_of(slip)).status_code == 404
    assert seat(dossier.receiving_office).client.get(address_of(slip)).status_code == 200


def test_the_page_of_supplements_lists_what_this_counter_issued(third: Seat) -> None:
    dossier = filed().dossier
    third.client.post(f"/quay/ho-so/{dossier.code}/ma-moi/", OWNER)
    slip = dossier.documents.get(kind="receipt_slip", superseded_by=None)

    here = third.client.get(f"/quay/bo-sung/?ma={dossier.code}").content.decode()
    elsewhere = seat(centre("92")).client.get(f"/quay/bo-sung/?ma={dossier.code}").content.decode()

    assert (address_of(slip) in here, address_of(slip) in elsewhere) == (True, False)


def test_the_slip_with_the_new_date_is_shown_where_the_papers_were_taken(third: Seat) -> None:
    officer, _leader = staffed(committee())
    dossier = routed(filed().dossier)
    agency = dossier.agency
    with acting_as(who(officer).scope):
        claim(dossier, by=By(officer, MONDAY, agency=agency))
        dossier.refresh_from_db()
        items = [Asked("Bản chụp rõ", "Ảnh mờ")]
        version = dossier.state_version
        ask_supplement(dossier, by=By(officer, MONDAY, agency=agency), items=items, answer_by=date(2026, 12, 2), expected_version=version)
    dossier.refresh_from_db()
    old_due_at = dossier.due_at
    item = dossier.supplement_requests.get().items.get()
    path = f"/quay/bo-sung/?ma={dossier.code}"

    answer = third.client.post(path, {f"answer-{item.pk}": "Đã nộp", "action": "answer"})

    dossier.refresh_from_db()
    slip = dossier.documents.get(kind="receipt_slip", superseded_by=None)
    assert (answer.headers["Location"], dossier.state, dossier.due_at != old_due_at) == (path, "assigned", True)
    assert address_of(slip) in third.client.get(path).content.decode()
    paper = third.client.get(address_of(slip))
    assert (paper.status_code, "Thời gian hẹn trả trước đây" in paper.content.decode()) == (200, True)


def paid_here(third: Seat, **changes: Any) -> tuple[Dossier, IssuedDocument]:
    dossier = filed(fees=[fee(8000)], **changes).dossier
    third.client.post(f"/quay/thu-phi/{dossier.code}/", {"action": "cash"})
    return dossier, dossier.documents.get(kind="fee_receipt")


def test_the_receipt_is_printed_where_the_cash_was_taken(third: Seat) -> None:
    dossier, receipt = paid_here(third)

    till = third.client.get(f"/quay/thu-phi/{dossier.code}/").content.decode()
    elsewhere = seat(centre("92")).client.get(f"/quay/thu-phi/{dossier.code}/").content.decode()

    assert (f"{address_of(receipt)}?in=1" in till, third.client.get(address_of(receipt)).status_code) == (True, 200)
    assert (receipt.number in elsewhere, address_of(receipt) in elsewhere) == (True, False)


def test_money_that_goes_back_leaves_a_slip_that_the_person_signs(third: Seat) -> None:
    dossier, receipt = paid_here(third, procedure="1.012812", answers={})
    line = dossier.fee_lines.get()
    assert line.state == "held"
    seat(dossier.receiving_office).client.post(f"/quay/ho-so/{dossier.code}/rut/", {"reason": "Người dân đề nghị rút hồ sơ"})
    fourth = seat(centre("92"))

    answer = fourth.client.post(f"/quay/thu-phi/{dossier.code}/", {"action": "refund"}, follow=True)

    line.refresh_from_db()
    slip = dossier.documents.get(kind="refund_slip")
    assert (line.state, slip.number) == ("refunded", f"01/PCH-{dossier.code}")
    assert f"{address_of(slip)}?in=1" in answer.content.decode()
    page = fourth.client.get(address_of(slip)).content.decode()
    for said in ("Phiếu chi hoàn trả phí, lệ phí", "8.000 đ", "Tám nghìn đồng.", receipt.number, "rút theo đề nghị", fourth.office.name):
        assert said in page
    assert third.client.get(address_of(slip)).status_code == 404
    again = fourth.client.post(f"/quay/thu-phi/{dossier.code}/", {"action": "refund"})
    assert (again.status_code, dossier.documents.filter(kind="refund_slip").count()) == (422, 1)


def test_what_is_issued_with_the_answers_stays_closed_to_who_took_them_in() -> None:
    """The declaration was issued by the receiving counter too; after the hand-over it is the agency's."""
    staffed(committee())
    dossier = filed().dossier
    ours = seat(dossier.receiving_office)
    declaration = dossier.documents.get(kind="declaration")
    assert ours.client.get(address_of(declaration)).status_code == 200

    routed(dossier, MONDAY + timedelta(minutes=1))

    assert ours.client.get(address_of(declaration)).status_code == 404


EXEMPT = "1.012812"


def waiting_at_its_counter() -> tuple[Dossier, Seat, Seat]:
    """Registered in Hồ Chí Minh City for phường Ba Đình: the dossier, who took it, and who answers."""
    agency = committee()
    staffed(agency)
    assert agency.reception_office is not None
    dossier = routed(filed(procedure=EXEMPT, answers={"place": address(), "request_text": "Đề nghị hòa giải"}).dossier)
    return dossier, seat(dossier.receiving_office), seat(agency.reception_office)


@pytest.mark.parametrize(
    ("passed", "left", "kind"),
    [
        (timedelta(0), 480, "ok"),
        (timedelta(hours=2), 360, "ok"),
        (timedelta(hours=7, minutes=30), 120 + 30, "ok"),  # without the break at noon
        (timedelta(days=1, minutes=-30), 30, "warn"),
        (timedelta(days=1, minutes=1), 0, "bad"),
    ],
)
def test_the_inbox_counts_the_eight_working_hours_down(passed: timedelta, left: int, kind: str) -> None:
    dossier, _taking, own = waiting_at_its_counter()
    offset = int((MONDAY + passed - technical_now()).total_seconds())
    DemoClock.objects.update_or_create(id=1, defaults={"offset_seconds": offset})

    answer = own.client.get("/quay/cho-tiep-nhan/")

    row = answer.context["rows"][0]
    assert (row.code, row.countdown.kind) == (dossier.code, kind)
    assert f'<span class="status status-{kind}">' in answer.content.decode()
    # A second may pass between the two clocks.
    assert row.countdown.text in {said_of(left), said_of(left - 1)}


def said_of(minutes: int) -> str:
    if minutes <= 0:
        return "Quá hạn từ 03/11/2026 09:00"
    hours, rest = divmod(minutes, 60)
    return f"Còn {hours} giờ {rest:02d} phút làm việc" if hours else f"Còn {rest} phút làm việc"


@pytest.mark.parametrize(
    ("values", "said", "paper"),
    [
        ({"action": "accept"}, "Đã tiếp nhận", "receipt_slip"),
        ({"action": "refuse", "reason": "Không thuộc trường hợp hòa giải tại cơ sở."}, "Không được tiếp nhận", "refusal_slip"),
    ],
    ids=["accepted", "refused"],
)
def test_the_counter_that_took_it_sees_the_answer(values: dict[str, str], said: str, paper: str) -> None:
    dossier, taking, own = waiting_at_its_counter()
    before = taking.client.get(f"/quay/ho-so/{dossier.code}/").content.decode()
    page = own.client.get(f"/quay/cho-tiep-nhan/{dossier.code}/")

    answered = own.client.post(f"/quay/cho-tiep-nhan/{dossier.code}/", values | {"version": page.context["dossier"].state_version})

    assert answered.status_code == 302
    issued = dossier.documents.get(kind=paper)
    after = taking.client.get(f"/quay/ho-so/{dossier.code}/").content.decode()
    assert (said in before, said in after) == (False, True)
    assert f"/tai-lieu/{issued.verification_code}/" in after
    assert taking.client.get(f"/tai-lieu/{issued.verification_code}/").status_code == 200
