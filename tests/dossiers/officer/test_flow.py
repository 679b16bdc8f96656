"""The whole way through the pages: two people, one dossier, every step on a page of its own."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers.actions.route import decide_route
from dossiers.actions.transition import By
from dossiers.models import Dossier, IssuedDocument, Reminder, Result
from portal.accounts.models import Membership, Role
from portal.core.workcalendar import local
from procedures.models import ResultType
from tests.dossiers.officer.desk import Desk, desk_of, text_of, version_of, waiting_dossier
from tests.factories import MONDAY, centre, committee, filed, routed, staff
from tests.support.legal_time import SetTime
from tests.support.signedpdf import signed_pdf

pytestmark = pytest.mark.django_db

MARITAL = {
    "d-subject_name": "Nguyễn Thị Ước",
    "d-subject_birth_date": "01/02/1990",
    "d-subject_sex": "Nữ",
    "d-subject_ethnic_group": "Kinh",
    "d-subject_nationality": "Việt Nam",
    "d-subject_identity": "Căn cước 001190000007",
    "d-subject_residence": "Phường Ba Đình, Thành phố Hà Nội",
    "d-status": "Chưa đăng ký kết hôn với ai",
    "d-purpose": "Đăng ký kết hôn",
    "summary": "Xác nhận bà Nguyễn Thị Ước hiện chưa đăng ký kết hôn với ai.",
}


@pytest.fixture(autouse=True)
def monday(set_legal_time: SetTime) -> None:
    """It is the Monday of the factories."""
    set_legal_time(MONDAY)


@pytest.fixture
def dossier(desks: tuple[Desk, Desk]) -> Dossier:
    return waiting_dossier()


def claimed(dossier: Dossier, officer: Desk) -> str:
    """The officer holds the dossier; its address."""
    url = f"/xu-ly/{dossier.code}/"
    assert officer.post(f"{url}nhan/", {"version": version_of(dossier)}).status_code == 302
    return url


def proposal(dossier: Dossier, **changes: Any) -> dict[str, Any]:
    kind = dossier.version.results.filter(outcome="grant").order_by("pk").first()
    assert kind is not None
    return {"version": version_of(dossier), "loai": kind.pk, **MARITAL, **changes}


def test_claim_to_signature_in_the_browser_of_two_people(desks: tuple[Desk, Desk], dossier: Dossier) -> None:
    officer, leader = desks
    assert dossier.code in text_of(officer.get("/xu-ly/?muc=chua-nhan"))
    url = claimed(dossier, officer)

    seen = officer.post(f"{url}trinh-ky/", proposal(dossier, action="preview"))
    assert seen.status_code == 200
    assert "BẢN XEM TRƯỚC" in text_of(seen)
    assert not Result.objects.filter(dossier=dossier).exists()

    sent = officer.post(f"{url}trinh-ky/", proposal(dossier), follow=True)
    assert "Dự thảo đã trình, chờ lãnh đạo ký." in text_of(sent)
    result = Result.objects.get(dossier=dossier)
    assert (result.details["status"], result.proposed_by) == ("Chưa đăng ký kết hôn với ai", officer.user)

    read = leader.get(f"{url}ky/")
    assert "Chưa đăng ký kết hôn với ai" in text_of(read)
    assert leader.post(f"{url}ky/", {"version": version_of(dossier)}).status_code == 302
    result.refresh_from_db()
    dossier.refresh_from_db()
    assert (result.signed_by, dossier.finished_at is not None, bool(result.number)) == (leader.user, True, True)
    bench = text_of(leader.get(url))
    assert result.number in bench


def test_the_one_who_proposed_cannot_sign(desks: tuple[Desk, Desk], dossier: Dossier) -> None:
    officer, _leader = desks
    url = claimed(dossier, officer)
    Membership.objects.create(user=officer.user, role=Role.LEADER, agency=dossier.agency, valid_from="2025-07-01")
    officer.post(f"{url}trinh-ky/", proposal(dossier))

    page = officer.get(f"{url}ky/")
    refused = officer.post(f"{url}ky/", {"version": version_of(dossier)})

    assert b"data-main" not in page.content
    assert refused.status_code == 403
    dossier.refresh_from_db()
    assert dossier.state == "awaiting_signature"


def test_an_old_page_keeps_what_was_typed_and_says_what_changed(desks: tuple[Desk, Desk], dossier: Dossier) -> None:
    officer, leader = desks
    url = claimed(dossier, officer)
    old = version_of(dossier)
    officer.post(f"{url}trinh-ky/", proposal(dossier))

    late = officer.post(f"{url}trinh-ky/", proposal(dossier, version=old, summary="Câu tôi đã gõ rất lâu rồi."))

    assert late.status_code == 409
    assert "Câu tôi đã gõ rất lâu rồi." in text_of(late)
    assert officer.user.full_name in text_of(late)
    assert Result.objects.filter(dossier=dossier).count() == 1
    stale_stop = leader.post(f"{url}dung/", {"version": old, "reason": "Một lý do đủ dài để lưu."})
    assert (stale_stop.status_code, "Một lý do đủ dài để lưu." in text_of(stale_stop)) == (409, True)


@pytest.mark.parametrize("version", ["", "abc", "99999999999999", "²"])
def test_a_damaged_version_is_an_old_page(desks: tuple[Desk, Desk], dossier: Dossier, version: str) -> None:
    url = claimed(dossier, desks[0])

    assert desks[0].post(f"{url}tra-lai-hang-cho/", {"version": version}).status_code == 409


def test_a_colleague_cannot_decide_what_another_holds(desks: tuple[Desk, Desk], dossier: Dossier) -> None:
    url = claimed(dossier, desks[0])
    colleague = desk_of(staff(Role.OFFICER, dossier.agency))

    refused = colleague.post(f"{url}trinh-ky/", proposal(dossier))
    taken = colleague.post(f"{url}nhan/", {"version": version_of(dossier)})

    assert (refused.status_code, taken.status_code) == (403, 403)
    dossier.refresh_from_db()
    assert dossier.assigned_to == desks[0].user


def test_send_back_shows_the_reason_and_the_values_are_still_there(desks: tuple[Desk, Desk], dossier: Dossier) -> None:
    officer, leader = desks
    url = claimed(dossier, officer)
    officer.post(f"{url}trinh-ky/", proposal(dossier))

    empty = leader.post(f"{url}chuyen-lai/", {"version": version_of(dossier), "reason": "ngắn"})
    leader.post(f"{url}chuyen-lai/", {"version": version_of(dossier), "reason": "Thiếu căn cứ pháp lý ở dòng hai."})

    assert empty.status_code == 422
    assert "Thiếu căn cứ pháp lý ở dòng hai." in text_of(officer.get(url))
    assert "Chưa đăng ký kết hôn với ai" in text_of(officer.get(f"{url}trinh-ky/"))


def test_ask_for_papers_with_reasons_and_a_free_line(desks: tuple[Desk, Desk], dossier: Dossier) -> None:
    officer, _ = desks
    url = claimed(dossier, officer)
    typed = {
        "version": version_of(dossier),
        "answer_by": "16/11/2026",
        "note": "Nộp tại quầy bất kỳ.",
        "paper-0": "1",
        "paper-0-reason": "",
        "free-0-title": "Số căn cước trên tờ khai",
        "free-0-reason": "Không khớp với cơ sở dữ liệu dân cư.",
    }

    incomplete = officer.post(f"{url}yeu-cau-bo-sung/", typed)
    done = officer.post(f"{url}yeu-cau-bo-sung/", typed | {"paper-0-reason": "Bản chụp mờ."})

    assert incomplete.status_code == 422
    assert "Không khớp với cơ sở dữ liệu dân cư." in incomplete.content.decode()
    assert done.status_code == 302
    dossier.refresh_from_db()
    assert dossier.state == "supplement_requested"
    request = dossier.supplement_requests.get()
    assert [item.reason for item in request.items.order_by("seq")] == ["Bản chụp mờ.", "Không khớp với cơ sở dữ liệu dân cư."]
    assert "Không khớp" in text_of(officer.get(f"{url}?muc=bo-sung"))


def test_extend_in_time_and_not_too_late(desks: tuple[Desk, Desk], dossier: Dossier, set_legal_time: SetTime) -> None:
    officer, _ = desks
    url = claimed(dossier, officer)
    assert dossier.due_at is not None
    day_off = officer.post(
        f"{url}gia-han/", {"version": version_of(dossier), "new_date": "08/11/2026", "reason": "Chờ xác minh ở nơi khác."}
    )
    assert day_off.status_code == 422

    set_legal_time(dossier.due_at - timedelta(hours=2))
    late = officer.post(f"{url}gia-han/", {"version": version_of(dossier), "new_date": "12/11/2026", "reason": "Chờ xác minh ở nơi khác."})
    assert (late.status_code, "Chờ xác minh ở nơi khác." in text_of(late)) == (422, True)

    set_legal_time(MONDAY)
    done = officer.post(f"{url}gia-han/", {"version": version_of(dossier), "new_date": "12/11/2026", "reason": "Chờ xác minh ở nơi khác."})
    assert done.status_code == 302
    dossier.refresh_from_db()
    assert f"{local(dossier.due_at):%d/%m/%Y %H:%M}" == "12/11/2026 17:00"
    assert IssuedDocument.objects.filter(dossier=dossier, kind="apology_letter").count() == 1


def test_stop_is_the_approvers_and_leaves_a_notice(desks: tuple[Desk, Desk], dossier: Dossier) -> None:
    officer, leader = desks
    url = claimed(dossier, officer)
    typed = {"version": version_of(dossier), "ground": "court_order", "is_pause": "0", "reason": "Có quyết định của tòa án yêu cầu dừng."}

    assert officer.post(f"{url}dung/", typed).status_code == 403
    assert leader.post(f"{url}dung/", typed).status_code == 302
    dossier.refresh_from_db()
    assert dossier.state == "stopped"


def test_not_our_competence_finds_an_agency_without_script(desks: tuple[Desk, Desk], dossier: Dossier) -> None:
    officer, _ = desks
    url = claimed(dossier, officer)
    other = committee("00008")
    assert other.unit is not None
    found = officer.post(
        f"{url}khong-thuoc-tham-quyen/",
        {"action": "find", "place": other.unit.name, "code": "place", "reason": "Xem sổ.", "version": version_of(dossier)},
    )
    assert (other.name in text_of(found), "Xem sổ." in text_of(found)) == (True, True)

    done = officer.post(
        f"{url}khong-thuoc-tham-quyen/",
        {"version": version_of(dossier), "code": "place", "reason": "", "place": "", "proposal": other.pk},
        follow=True,
    )
    assert done.status_code == 200
    dossier.refresh_from_db()
    assert (dossier.state, dossier.routing) == ("accepted", "none")
    assert dossier.route_decisions.get(outcome="returned").candidates == [other.pk]
    assert officer.get(url).status_code == 404


def handed_over(outcome: str, medium: str, officer: Desk) -> tuple[Dossier, ResultType]:
    """A dossier of a procedure that ends with such a result, given to the officer's agency by a person."""
    kind = ResultType.objects.filter(outcome=outcome, medium=medium, version__exempt_from_pilot=False).order_by("pk")[0]
    dossier = filed(procedure=kind.version.procedure.code).dossier
    dossier = routed(dossier)
    if dossier.agency_id is None:
        decide_route(dossier, agency=committee(), by=By(staff(Role.SUPERVISOR), MONDAY), note="Theo địa bàn.")
        dossier.refresh_from_db()
    url = f"/xu-ly/{dossier.code}/"
    assert officer.post(f"{url}nhan/", {"version": version_of(dossier)}).status_code == 302
    return dossier, dossier.version.results.get(pk=kind.pk)


def test_a_refusal_says_why(desks: tuple[Desk, Desk]) -> None:
    dossier, kind = handed_over("refusal", "uploaded", desks[0])
    typed = {"version": version_of(dossier), "loai": kind.pk, "summary": "Không.", "upload": _pdf()}

    short = desks[0].post(f"/xu-ly/{dossier.code}/trinh-ky/", typed)
    told = {"summary": "Từ chối vì không đủ điều kiện theo Điều 5.", "kept": short.context["kept"].token, "upload": ""}
    done = desks[0].post(f"/xu-ly/{dossier.code}/trinh-ky/", typed | told)

    assert (short.status_code, done.status_code) == (422, 302)


def test_a_signed_document_survives_a_refused_form(desks: tuple[Desk, Desk]) -> None:
    dossier, kind = handed_over("grant", "uploaded", desks[0])
    url = f"/xu-ly/{dossier.code}/trinh-ky/"

    missing = desks[0].post(url, {"version": version_of(dossier), "loai": kind.pk, "summary": "", "upload": _pdf()})
    kept = missing.context["kept"]
    typed = {"version": version_of(dossier), "loai": kind.pk, "summary": "Cấp văn bản kèm theo."}
    forged = desks[0].post(url, typed | {"kept": "uploads/anything"})
    done = desks[0].post(url, typed | {"kept": kept.token})

    assert (missing.status_code, forged.status_code, done.status_code) == (422, 422, 302)
    assert Result.objects.get(dossier=dossier).upload_sha256 == kept.sha256


def test_a_picture_is_no_signed_document(desks: tuple[Desk, Desk]) -> None:
    dossier, kind = handed_over("grant", "uploaded", desks[0])
    fake = SimpleUploadedFile("ket-qua.pdf", b"<html>", "application/pdf")

    refused = desks[0].post(
        f"/xu-ly/{dossier.code}/trinh-ky/", {"version": version_of(dossier), "loai": kind.pk, "summary": "Cấp văn bản.", "upload": fake}
    )

    assert (refused.status_code, "ket-qua.pdf" in text_of(refused)) == (422, True)


def _pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("ket-qua.pdf", signed_pdf(), "application/pdf")


def test_a_reminder_is_answered(desks: tuple[Desk, Desk], dossier: Dossier) -> None:
    officer, _ = desks
    watcher = staff(Role.CLERK, centre())
    reminder = Reminder.objects.create(
        dossier=dossier, office=centre(), agency=committee(), sent_by=watcher, sent_at=MONDAY, text="Hồ sơ sắp đến hạn."
    )
    assert "Hồ sơ sắp đến hạn." in text_of(officer.get("/xu-ly/nhac-viec/"))

    assert officer.post(f"/xu-ly/nhac-viec/{reminder.pk}/", {"text": " "}).status_code == 422
    assert officer.post(f"/xu-ly/nhac-viec/{reminder.pk}/", {"text": "Ngày mai có kết quả."}).status_code == 302

    reminder.refresh_from_db()
    assert (reminder.answer, reminder.answered_by) == ("Ngày mai có kết quả.", officer.user)
    assert officer.post(f"/xu-ly/nhac-viec/{reminder.pk}/", {"text": "Lần nữa."}).status_code == 404
