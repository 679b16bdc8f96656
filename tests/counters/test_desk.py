"""What a counter does besides taking walk-ins: receive, take supplements, hand back, urge, call; and what supervisors decide."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from counters.models import Visit
from dossiers.actions.drafts import start_draft
from dossiers.models import Dossier, Paper, RefusedCollection, Reminder
from dossiers.secrets import secret_for
from portal.accounts.models import Membership, Role
from portal.agencies.models import Agency, Office
from portal.core.clock import business_now
from portal.core.db import acting_as
from portal.notifications.models import Notification
from procedures.models import ProcedureCase, ProcedureVersion
from procedures.queries import current_version
from tests.counters.conftest import Seat, signed_in
from tests.counters.rendered import form_values
from tests.factories import (
    MONDAY,
    OWNER_ID,
    address,
    centre,
    committee,
    decided,
    filed,
    marital_answers,
    routed,
    staff,
    staffed,
    who,
    working,
)

pytestmark = pytest.mark.django_db
EXEMPT = "1.012812"
OWNER_CARD = f"{OWNER_ID}||Nguyễn Thị Ước|02021990|Nữ|12 phố Đội Cấn|01012022"


def seat(office: Office) -> Seat:
    user = staff(Role.CLERK, office)
    return Seat(signed_in(user), user, office)


def land_dispute(code: str = "00004") -> dict[str, Any]:
    return {"place": address(code), "request_text": "Đề nghị hòa giải"}


@pytest.fixture
def waiting() -> tuple[Dossier, Seat]:
    """Registered in Hồ Chí Minh City for phường Ba Đình, which has staff and a clerk at its own counter."""
    agency = committee()
    staffed(agency)
    assert agency.reception_office is not None
    dossier = routed(filed(procedure=EXEMPT, answers=land_dispute()).dossier)
    assert dossier.state == "awaiting_reception"
    return dossier, seat(agency.reception_office)


def test_the_inbox_counts_down_and_accepting_issues_the_slip(waiting: tuple[Dossier, Seat]) -> None:
    dossier, ours = waiting
    listed = ours.client.get("/quay/cho-tiep-nhan/")
    assert [row.code for row in listed.context["rows"]] == [dossier.code]
    path = f"/quay/cho-tiep-nhan/{dossier.code}/"
    page = ours.client.get(path)
    assert "Đề nghị hòa giải" in page.content.decode()

    accepted = ours.client.post(path, {"action": "accept", "version": page.context["dossier"].state_version})

    dossier.refresh_from_db()
    assert (accepted.status_code, dossier.state) == (302, "accepted")
    assert dossier.documents.filter(kind="receipt_slip").count() == 1
    assert ours.client.get(path).headers["Location"] == f"/quay/ho-so/{dossier.code}/"


def test_a_colleague_was_faster_and_the_typed_reason_stays(waiting: tuple[Dossier, Seat]) -> None:
    dossier, ours = waiting
    path = f"/quay/cho-tiep-nhan/{dossier.code}/"
    version = ours.client.get(path).context["dossier"].state_version
    ours.client.post(path, {"action": "accept", "version": version})

    late = ours.client.post(path, {"action": "refuse", "version": version, "reason": "Không đủ điều kiện theo quy định"})

    assert (late.status_code, "Không đủ điều kiện theo quy định" in late.content.decode()) == (409, True)
    dossier.refresh_from_db()
    assert dossier.state == "accepted"


def test_the_counter_that_took_it_cannot_answer_for_the_agency(waiting: tuple[Dossier, Seat]) -> None:
    dossier, _ours = waiting
    taking = seat(dossier.receiving_office)

    for action in ({"action": "accept"}, {"action": "refuse", "reason": "Không đủ điều kiện theo quy định"}):
        answer = taking.client.post(f"/quay/cho-tiep-nhan/{dossier.code}/", action | {"version": dossier.state_version})
        assert answer.status_code == 404

    dossier.refresh_from_db()
    assert dossier.state == "awaiting_reception"


def test_a_refusal_takes_a_sentence_of_the_library_and_own_words(waiting: tuple[Dossier, Seat]) -> None:
    dossier, ours = waiting
    path = f"/quay/cho-tiep-nhan/{dossier.code}/"
    version = ours.client.get(path).context["dossier"].state_version
    empty = ours.client.post(path, {"action": "refuse", "version": version, "reason": ""})
    assert empty.status_code == 422

    ours.client.post(path, {"action": "refuse", "version": version, "reason_choice": "1", "reason": "Điều 235 Luật Đất đai 2024."})

    dossier.refresh_from_db()
    assert dossier.state == "refused"
    note = dossier.events.get(verb="refuse").note
    assert note.endswith("\nĐiều 235 Luật Đất đai 2024.")


def test_papers_are_asked_for_item_by_item_and_taken_at_a_third_counter(waiting: tuple[Dossier, Seat], saigon: Seat) -> None:
    dossier, ours = waiting
    path = f"/quay/cho-tiep-nhan/{dossier.code}/"
    page = ours.client.get(path)
    key = page.context["ask_rows"][-1].key
    values = {"action": "ask", "version": page.context["dossier"].state_version, "answer_by": page.context["answer_by"]}
    nothing = ours.client.post(path, values)
    assert nothing.status_code == 422
    ours.client.post(path, values | {f"item-{key}": "on", f"reason-{key}": "Bản chụp mờ", "title-1": "Sơ đồ thửa đất", "why-1": "Chưa có"})
    dossier.refresh_from_db()
    assert dossier.state == "supplement_requested"
    third = seat(centre("48"))
    address_ = f"/quay/bo-sung/?ma={dossier.code}"
    items = third.client.get(address_).context["items"]
    assert [item.reason for item in items] == ["Bản chụp mờ", "Chưa có"]

    half = third.client.post(address_, {f"answer-{items[0].pk}": "Đã nộp bản rõ", "action": "answer"})
    assert (half.status_code, "Đã nộp bản rõ" in half.content.decode()) == (422, True)
    done = third.client.post(address_, {f"answer-{items[0].pk}": "Đã nộp bản rõ", f"seen-{items[1].pk}": "on", "action": "answer"})

    dossier.refresh_from_db()
    assert (done.status_code, dossier.state) == (302, "awaiting_reception")
    assert Visit.objects.get(dossier=dossier).purpose == "supplement"
    with acting_as(who(third.user).scope):
        assert not Paper.objects.filter(dossier=dossier).exists(), "once it is answered the third counter sees no paper"
    with working():
        assert list(Paper.objects.filter(dossier=dossier, added_by=third.user).values_list("name", "originals")) == [("Sơ đồ thửa đất", 1)]


@pytest.fixture
def finished() -> Dossier:
    """A signed certificate of phường Ba Đình, filed in Hồ Chí Minh City."""
    officer, leader = staffed(committee())
    dossier = routed(filed().dossier)
    decided(dossier, officer, leader)
    dossier.refresh_from_db()
    return dossier


def test_a_third_province_hands_the_result_to_the_owner_and_to_nobody_else(finished: Dossier) -> None:
    here = seat(centre("48"))
    path = f"/quay/tra-ket-qua/{finished.code}/"
    assert here.client.get(path).status_code == 200
    here.client.post(path, {"action": "bring"})
    finished.refresh_from_db()
    if finished.state == "in_transfer_to_counter":
        here.client.post("/quay/tra-ket-qua/da-den/", {"codes": f"{finished.code}\nxyz"})
    finished.refresh_from_db()
    assert (finished.state, finished.returning_office) == ("ready_for_collection", here.office)

    stranger = {"name": "Lê Văn Lạ", "personal_id": "079090000001", "identity_checked": "yes"}
    refused = here.client.post(path, stranger | {"action": "give"})
    assert (refused.status_code, "Lê Văn Lạ" in refused.content.decode()) == (422, True)
    here.client.post(path, stranger | {"action": "turn_away", "reason": "Không có giấy ủy quyền"})
    assert RefusedCollection.objects.get().collector_name == "Lê Văn Lạ"

    given = here.client.post(path, {"card": OWNER_CARD, "identity_checked": "yes", "action": "give"})

    finished.refresh_from_db()
    assert (given.status_code, finished.state) == (302, "closed")
    assert Visit.objects.get(dossier=finished).purpose == "collection"
    receipt = finished.documents.get(kind="handover_receipt")
    assert f"/tai-lieu/{receipt.verification_code}/" in here.client.get(path).content.decode()


def test_a_scanned_text_leads_to_its_page(finished: Dossier, hanoi: Seat) -> None:
    receiving = seat(finished.receiving_office)
    slip = f"http://127.0.0.1:8000/tra-cuu/?ma={finished.code}"

    assert receiving.client.post("/quay/tim/", {"q": slip}).headers["Location"] == f"/quay/ho-so/{finished.code}/"
    assert hanoi.client.post("/quay/tim/", {"q": finished.code.lower()}).headers["Location"] == f"/quay/tra-ket-qua/{finished.code}/"
    assert hanoi.client.get("/quay/tim/", {"q": "khai s"}).headers["Location"] == "/quay/tiep-nhan/?q=khai+s"
    person = hanoi.client.post("/quay/tim/", {"q": OWNER_CARD})
    assert form_values(person, action="/quay/tiep-nhan/")["owner_name"] == "Nguyễn Thị Ước"
    assert hanoi.client.post("/quay/tim/", {"q": "H99-261102-9999"}).headers["Location"] == "/quay/tiep-nhan/?q=H99-261102-9999"


def test_the_receiving_counter_sees_where_it_is_and_urges(finished: Dossier) -> None:
    agency = committee("00008")
    staffed(agency)
    office = centre()
    ours = seat(office)
    dossier = routed(filed(ours.user, office, answers=marital_answers(address("00008"))).dossier)

    page = ours.client.get(f"/quay/ho-so/{dossier.code}/").content.decode()
    assert agency.name in page
    assert "12 phố Đội Cấn, Phường" not in page
    assert ours.client.post(f"/quay/ho-so/{dossier.code}/nhac/", {"text": " "}).status_code == 422
    ours.client.post(f"/quay/ho-so/{dossier.code}/nhac/", {"text": "Đề nghị giải quyết đúng hạn."})

    reminder = Reminder.objects.get()
    assert (reminder.agency, reminder.office, reminder.text) == (agency, office, "Đề nghị giải quyết đúng hạn.")
    assert "Đề nghị giải quyết đúng hạn." in ours.client.get("/quay/theo-doi/nhac-viec/").content.decode()


def test_who_watches_reads_steps_and_not_the_decision(finished: Dossier) -> None:
    ours = seat(finished.receiving_office)
    supervisor = signed_in(staff(Role.SUPERVISOR, finished.receiving_office))
    told = finished.events.get(verb="sign").note
    assert told

    for page in (ours.client.get(f"/quay/ho-so/{finished.code}/"), supervisor.get(f"/giam-sat/ho-so/{finished.code}/")):
        assert (page.status_code, told in page.content.decode()) == (200, False)


def test_a_new_secret_ends_the_former_one_and_needs_the_right_person(hanoi: Seat) -> None:
    dossier = filed().dossier
    path = f"/quay/ho-so/{dossier.code}/ma-moi/"
    stranger = {"name": "Lê Văn Lạ", "personal_id": "079090000001", "identity_checked": "yes"}
    at_another_counter = hanoi.client.post(path, stranger, headers={"referer": f"http://testserver/quay/bo-sung/?ma={dossier.code}"})
    assert at_another_counter.status_code == 422
    assert f'href="/quay/bo-sung/?ma={dossier.code}"' in at_another_counter.content.decode()
    assert "Nguyễn Thị Ước" not in at_another_counter.content.decode()
    assert form_values(at_another_counter, action=path)["name"] == "Lê Văn Lạ"
    wrong = seat(dossier.receiving_office).client.post(path, stranger)
    assert (wrong.status_code, f'<span class="code">{dossier.code}</span>' in wrong.content.decode()) == (422, True)
    assert 'id="error-summary"' in wrong.content.decode()
    assert form_values(wrong, action=path) | stranger == form_values(wrong, action=path)

    right = hanoi.client.post(path, {"name": "Nguyễn Thị Ước", "personal_id": OWNER_ID, "identity_checked": "yes"})

    dossier.refresh_from_db()
    slip = dossier.documents.filter(kind="receipt_slip", superseded_by=None).get()
    assert (right.status_code, dossier.secret_issue) == (302, 2)
    assert secret_for(dossier.code, 2)[:4] in slip.html


def test_withdrawing_asks_for_the_reason_and_gives_the_note(hanoi: Seat) -> None:
    dossier = filed(hanoi.user, hanoi.office).dossier
    path = f"/quay/ho-so/{dossier.code}/rut/"
    assert hanoi.client.post(path, {"reason": "không"}).status_code == 422

    hanoi.client.post(path, {"reason": "Người dân đề nghị rút hồ sơ"})

    dossier.refresh_from_db()
    assert (dossier.state, dossier.documents.filter(kind="return_note").count()) == ("withdrawn", 1)


def test_a_person_without_phone_is_called_once(hanoi: Seat, saigon: Seat) -> None:
    dossier = filed(hanoi.user, hanoi.office, phone="").dossier
    call = Notification.objects.get(dossier_code=dossier.code)
    assert dossier.code in hanoi.client.get("/quay/goi-dien/").content.decode()
    assert saigon.client.post(f"/quay/goi-dien/{call.pk}/", {"note": "x"}).status_code == 404

    hanoi.client.post(f"/quay/goi-dien/{call.pk}/", {"note": "Đã báo cho con gái"})

    call.refresh_from_db()
    dossier.refresh_from_db()
    assert (call.call_note, dossier.in_call_list) == ("Đã báo cho con gái", False)


def test_a_supervisor_decides_what_nobody_is_competent_for() -> None:
    agency = committee()
    staffed(agency)
    answers = marital_answers({"text": "Xã Xưa", "label": "Xã Xưa", "unit_code": None, "valid_from": None, "undecided": True})
    dossier = routed(filed(answers=answers).dossier)
    assert dossier.routing == "none"
    client, stranger = signed_in(staff(Role.SUPERVISOR, centre())), signed_in(staff(Role.SUPERVISOR, centre("48")))
    assert stranger.get(f"/giam-sat/chua-ro-tham-quyen/{dossier.code}/").status_code == 404
    assert [row.code for row in client.get("/giam-sat/chua-ro-tham-quyen/").context["rows"]] == [dossier.code]
    path = f"/giam-sat/chua-ro-tham-quyen/{dossier.code}/"
    found = client.post(path, {"action": "search", "q": "phường Ba Đình"})
    assert agency.pk in [choice.pk for choice in found.context["choices"]]
    without = client.post(path, {"action": "decide", "agency": agency.pk, "note": " "})
    assert without.status_code == 422

    client.post(path, {"action": "decide", "agency": agency.pk, "note": "Nơi cư trú cũ nay thuộc phường Ba Đình"})

    dossier.refresh_from_db()
    assert (dossier.routing, dossier.agency) == ("routed", agency)
    assert client.get(f"/giam-sat/ho-so/{dossier.code}/").status_code == 200


def test_one_person_at_two_counters_chooses_where_to_sit(hanoi: Seat) -> None:
    other = centre("48")
    Membership.objects.create(user=hanoi.user, role=Role.CLERK, office=other, valid_from=date(2025, 7, 1))
    hanoi.client.post("/quay/doi-quay/", {"office": other.pk})
    assert hanoi.client.get("/quay/").context["office"] == other
    hanoi.client.post("/quay/doi-quay/", {"office": centre().pk})
    assert hanoi.client.get("/quay/").context["office"] == other


@pytest.mark.parametrize(
    ("path", "ceiling"),
    [
        ("/quay/", 25),
        ("/quay/cho-tiep-nhan/", 13),
        ("/quay/tra-ket-qua/?loc=tai-quay", 12),
        ("/quay/theo-doi/", 12),
        ("/quay/theo-doi/nhac-viec/", 12),
        ("/quay/goi-dien/", 12),
        ("/quay/ban-nhap/", 12),
    ],
)
@pytest.mark.usefixtures("never_committed")
def test_lists_ask_as_often_for_fifty_rows_as_for_one(path: str, ceiling: int) -> None:
    ours = seat(centre())
    fill(ours, 1)
    ours.client.get(path)
    one = queries_of(ours.client, path)
    fill(ours, 52)
    many = queries_of(ours.client, path)

    assert one == many <= ceiling


WAYS = {
    "awaiting_reception": ["submitted", "awaiting_reception"],
    "in_transfer_to_agency": ["accepted", "in_transfer_to_agency"],
    "ready_for_collection": ["accepted", "in_transfer_to_agency", "assigned", "awaiting_signature", "issued", "ready_for_collection"],
}


def fill(ours: Seat, count: int) -> None:
    """So many rows in every list of the office; dossiers take the allowed steps, without the events that no list shows."""
    agency = Agency.objects.filter(reception_office=ours.office).order_by("pk").first()
    version = current_version("1.004873", MONDAY.date())
    assert agency is not None
    assert version is not None
    case = version.cases.get()
    for state, way in WAYS.items():
        dossiers = Dossier.objects.bulk_create(planted(ours, agency, version, case, way[0]) for _number in range(count))
        for step in way[1:]:
            Dossier.objects.filter(pk__in=[each.pk for each in dossiers]).update(
                state=step, state_version=F("state_version") + 1, event_seq=F("event_seq") + 1
            )
        assert Dossier.objects.filter(state=state).count() >= count
    for each in dossiers:
        Reminder.objects.create(dossier=each, office=ours.office, agency=agency, sent_by=ours.user, sent_at=MONDAY, text="Nhắc")
        Notification.objects.create(
            key=f"k{each.pk}",
            template="filed",
            channel="call",
            dossier_code=each.code,
            office_id=ours.office.pk,
            text="Gọi",
            created_at=MONDAY,
        )
        start_draft(version, case, owner=ours.user, office=ours.office, channel="direct", at=business_now())


def planted(ours: Seat, agency: Agency, version: ProcedureVersion, case: ProcedureCase, state: str) -> Dossier:
    """An unsaved dossier of the office for the agency."""
    token = uuid.uuid4()
    return Dossier(
        code=f"H29-261102-{token.int % 10**7:07d}",
        procedure=version.procedure,
        version=version,
        case=case,
        channel="direct",
        acceptance="agency",
        state=state,
        event_seq=1,
        routing="routed",
        agency=agency,
        receiving_office=ours.office,
        returning_office=ours.office,
        filed_by=ours.user,
        owner_name="Nguyễn Thị Ước",
        filed_at=MONDAY,
        accepted_at=MONDAY,
        answer_due_at=MONDAY,
        due_at=MONDAY,
        finished_at=MONDAY,
        submit_token=token,
    )


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200
    return len(captured)


@pytest.mark.usefixtures("never_committed")
def test_pages_of_a_list_meet_without_gap_or_repetition() -> None:
    ours = seat(centre())
    fill(ours, 61)
    seen: list[str] = []
    url = "/quay/cho-tiep-nhan/"
    page = ours.client.get(url)
    seen += [row.code for row in page.context["rows"]]
    assert len(seen) == 50
    following = ours.client.get(url + page.context["slice"].next_url)
    seen += [row.code for row in following.context["rows"]]
    back = ours.client.get(url + following.context["slice"].previous_url)

    assert (len(seen), len(set(seen)), following.context["slice"].next_url) == (61, 61, "")
    assert [row.code for row in back.context["rows"]] == seen[:50]
    assert not back.context["slice"].previous_url
    assert ours.client.get(url + "?sau=kaputt").status_code == 200
