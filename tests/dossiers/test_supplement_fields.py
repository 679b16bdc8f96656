"""A request names fields of the declaration: exactly these open, at every door, and what stood there before stays on record."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from dossiers.actions.correct import NotAskedFor, PlaceDecides
from dossiers.actions.decide import claim
from dossiers.actions.permit import NotNeeded, allow_another_request
from dossiers.actions.supplement import Asked, AskedBefore, NotAllAnswered, answer_supplement, ask_supplement
from dossiers.actions.transition import By
from dossiers.expected import answer_by
from dossiers.models import AnswerChange, Answers, Dossier, SupplementPermit, SupplementRequest
from dossiers.secrets import secret_for
from portal.accounts.models import Role, User
from portal.core.db import acting_as
from procedures.models import Channel
from tests.counters.conftest import signed_in
from tests.dossiers.officer.desk import text_of
from tests.factories import MONDAY, address, centre, citizen, committee, filed, marital_answers, routed, staff, staffed, who, working
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db
UNTIL = MONDAY.date() + timedelta(days=20)
PURPOSE = Asked("Tờ khai: Ghi rõ mục đích", "Chưa nêu rõ nơi sử dụng", field_key="purpose_other")
STATUS = Asked("Tờ khai: Tình trạng hôn nhân", "Không khớp với cơ sở dữ liệu", field_key="marital_status")
PLACE = Asked("Tờ khai: Nơi cư trú hiện nay", "Đã chuyển nơi thường trú", field_key="subject_residence")
WHY = "Phát sinh tình tiết mới sau lần yêu cầu đầu."


@pytest.fixture(autouse=True)
def monday(set_legal_time: SetTime) -> None:
    set_legal_time(MONDAY)


@pytest.fixture
def owner() -> User:
    return citizen()


@pytest.fixture
def team() -> tuple[User, User]:
    return staffed(committee())


@pytest.fixture
def dossier(owner: User, team: tuple[User, User]) -> Dossier:
    """Accepted, claimed by the officer of phường Ba Đình; its owner may open it."""
    answers = marital_answers() | {"purpose_kind": "other", "purpose_other": "Vay vốn", "marital_status": "never"}
    found = routed(filed(applicant=owner, answers=answers).dossier)
    claim(found, by=By(team[0], MONDAY, agency=found.agency))
    found.refresh_from_db()
    return found


@pytest.fixture
def waiting(owner: User, team: tuple[User, User]) -> Dossier:
    """Filed online, in the inbox of phường Ba Đình's own counter."""
    found = routed(filed(applicant=owner, channel=Channel.ONLINE).dossier)
    assert found.state == "awaiting_reception"
    return found


def ask(dossier: Dossier, user: User, *items: Asked) -> SupplementRequest:
    dossier.refresh_from_db()
    by = By(user, MONDAY, agency=dossier.agency)
    ask_supplement(dossier, by=by, items=list(items), answer_by=UNTIL, expected_version=dossier.state_version)
    dossier.refresh_from_db()
    return dossier.supplement_requests.latest("pk")


def content(dossier: Dossier) -> dict[str, Any]:
    with working():
        return dict(Answers.objects.get(dossier=dossier).content)


def changes(dossier: Dossier) -> dict[str, tuple[Any, Any]]:
    """What was changed, by field: before and after."""
    with working():
        return {each.field_key: (each.before, each.after) for each in AnswerChange.objects.filter(dossier=dossier)}


def answer(dossier: Dossier, owner: User, values: dict[str, Any], answers: dict[int, str] | None = None) -> None:
    with acting_as(who(owner).scope):
        answer_supplement(dossier, by=By(owner, MONDAY), answers=answers or {}, values=values)


def open_fields(page: Any) -> set[str]:
    """The inputs of the declaration that the page offers."""
    return {line.split('"')[0] for line in page.content.decode().split('name="d-')[1:]}


def page_of(dossier: Dossier) -> str:
    return f"/ho-so-cua-toi/{dossier.code}/bo-sung/"


def test_exactly_the_named_fields_open_and_both_values_stay(dossier: Dossier, team: tuple[User, User], owner: User) -> None:
    request = ask(dossier, team[0], PURPOSE, Asked("Bản chụp căn cước", "Ảnh mờ", requirement_key="can-cuoc"))
    field, paper = request.items.order_by("seq")
    browser = signed_in(owner)

    shown = browser.get(page_of(dossier))
    assert open_fields(shown) == {"purpose_other"}
    assert "Vay vốn" in shown.content.decode()
    unchanged = browser.post(page_of(dossier), {"answer": "1", "d-purpose_other": "Vay vốn", f"answer-{paper.pk}": "Đã nộp"})
    assert (unchanged.status_code, field.title in text_of(unchanged)) == (422, True), "the same again answers nothing"
    typed = {
        "answer": "1",
        "d-purpose_other": "Vay vốn tại Agribank Ba Đình",
        f"answer-{paper.pk}": "Đã nộp",
        "d-subject_full_name": "Kẻ khác",
    }
    assert browser.post(page_of(dossier), typed).status_code == 302

    dossier.refresh_from_db()
    now = content(dossier)
    assert (dossier.state, now["purpose_other"]) == ("assigned", "Vay vốn tại Agribank Ba Đình")
    assert now["purpose_text"] == now["purpose_other"], "computed answers follow"
    assert "Kẻ khác" not in json.dumps(now, ensure_ascii=False), "what is not named stays locked"
    kept = changes(dossier)
    assert kept["purpose_other"] == ("Vay vốn", "Vay vốn tại Agribank Ba Đình")
    event = dossier.events.get(verb="answer_supplement")
    assert "Ghi rõ mục đích" in event.note
    changed = {each["field"] for each in json.loads(event.content)["facts"]["changed"]}
    assert changed == set(kept)
    assert "Agribank" not in event.content + event.note, "the history names the field, never the value"
    latest = dossier.documents.get(kind="declaration", superseded_by=None)
    assert ("Agribank" in latest.html, "Đã sửa theo yêu cầu bổ sung" in latest.html) == (True, True)
    desk = signed_in(team[0]).get(f"/xu-ly/{dossier.code}/")
    assert "Vay vốn tại Agribank Ba Đình" in text_of(desk)
    assert "<del>Vay vốn</del>" in desk.content.decode()


def test_bad_input_keeps_what_was_typed_and_opened_questions_follow(dossier: Dossier, team: tuple[User, User], owner: User) -> None:
    request = ask(dossier, team[0], STATUS, PURPOSE)
    _status, purpose = request.items.order_by("seq")
    browser = signed_in(owner)
    typed = {
        "answer": "1",
        "d-marital_status": "divorced",
        "d-purpose_other": "Vay vốn tại Agribank",
        f"answer-{purpose.pk}": "Xin xem lại",
    }

    first = browser.post(page_of(dossier), typed)
    assert first.status_code == 422
    assert open_fields(first) == {"marital_status", "purpose_other", "divorce_judgment"}
    assert ("Vay vốn tại Agribank" in first.content.decode(), "Xin xem lại" in first.content.decode()) == (True, True)
    assert content(dossier)["marital_status"] == "never", "nothing is written by a refused answer"

    done = browser.post(page_of(dossier), typed | {"d-divorce_judgment": "Số 12 ngày 03/02/2024, Tòa án Ba Đình"})
    assert done.status_code == 302
    assert (content(dossier)["marital_status"], "12" in content(dossier)["divorce_judgment"]) == ("divorced", True)


def test_words_may_stand_for_a_new_value(dossier: Dossier, team: tuple[User, User], owner: User) -> None:
    request = ask(dossier, team[0], PURPOSE)
    browser = signed_in(owner)

    done = browser.post(
        page_of(dossier), {"answer": "1", "d-purpose_other": "", f"answer-{request.items.get().pk}": "Nội dung cũ là đúng."}
    )

    assert done.status_code == 302
    assert content(dossier)["purpose_other"] == "Vay vốn"
    assert changes(dossier) == {}


def test_a_counter_anywhere_and_the_holder_of_the_slip_correct_what_they_do_not_read(dossier: Dossier, team: tuple[User, User]) -> None:
    ask(dossier, team[0], PURPOSE)
    third, follower = signed_in(staff(Role.CLERK, centre("48"))), Client()
    follower.post("/tra-cuu/", {"ma": dossier.code, "secret": secret_for(dossier.code, dossier.secret_issue)})
    for browser, path in ((third, f"/quay/bo-sung/?ma={dossier.code}"), (follower, f"/tra-cuu/{dossier.code}/bo-sung/")):
        shown = browser.get(path)
        assert open_fields(shown) == {"purpose_other"}
        assert "Vay vốn" not in shown.content.decode()

    wrong = third.post(f"/quay/bo-sung/?ma={dossier.code}", {"action": "answer", "d-purpose_other": ""})
    assert wrong.status_code == 422
    done = third.post(f"/quay/bo-sung/?ma={dossier.code}", {"action": "answer", "d-purpose_other": "Mua nhà ở Đà Nẵng"})

    assert done.status_code == 302
    assert content(dossier)["purpose_other"] == "Mua nhà ở Đà Nẵng"
    assert changes(dossier)["purpose_other"][0] == "Vay vốn"


def test_a_changed_place_is_refused_after_acceptance(dossier: Dossier, team: tuple[User, User], owner: User) -> None:
    ask(dossier, team[0], PLACE)
    elsewhere, here = address("00008"), address() | {"line": "40 Liễu Giai", "label": "40 Liễu Giai, Phường Ba Đình, Thành phố Hà Nội"}
    with pytest.raises(PlaceDecides, match=committee("00008").name):
        answer(dossier, owner, {"subject_residence": elsewhere})
    assert content(dossier)["subject_residence"] == address()

    answer(dossier, owner, {"subject_residence": here})

    dossier.refresh_from_db()
    assert (dossier.state, dossier.agency, content(dossier)["subject_residence"]["line"]) == ("assigned", committee(), "40 Liễu Giai")
    assert set(changes(dossier)) == {"subject_residence"}


def test_a_changed_place_moves_a_dossier_that_nobody_has_accepted(waiting: Dossier, owner: User) -> None:
    staffed(committee("00008"))
    clerk = staff(Role.CLERK, committee().reception_office)
    with acting_as(who(clerk).scope):
        ask(waiting, clerk, PLACE)
    answer(waiting, owner, {"subject_residence": address("00008")})

    waiting.refresh_from_db()
    assert (waiting.state, waiting.agency) == ("awaiting_reception", committee("00008"))
    assert [each.verb for each in waiting.events.order_by("seq")][-3:] == ["answer_supplement", "recheck", "route_to_reception"]
    assert committee("00008").name in waiting.events.get(verb="recheck").note


@pytest.mark.parametrize("moves", [False, True])
def test_the_counter_has_its_eight_hours_from_the_answer(waiting: Dossier, owner: User, moves: bool) -> None:
    staffed(committee("00008"))
    values = {"subject_residence": address("00008")} if moves else {}
    clerk, later = staff(Role.CLERK, committee().reception_office), MONDAY + timedelta(days=8)
    with acting_as(who(clerk).scope):
        asked = ask(waiting, clerk, PLACE).items.get()
    with acting_as(who(owner).scope):
        answer_supplement(waiting, by=By(owner, later), answers={asked.pk: "Như đã khai."}, values=values)

    waiting.refresh_from_db()
    agency = committee("00008") if moves else committee()
    assert (waiting.state, waiting.agency, waiting.answer_due_at) == ("awaiting_reception", agency, answer_by(later))


def test_only_what_is_named_and_only_while_it_is_asked(dossier: Dossier, team: tuple[User, User], owner: User) -> None:
    with working(), pytest.raises(DatabaseError, match="Nội dung kê khai"), transaction.atomic():
        Answers.objects.filter(dossier=dossier).update(content={})
    ask(dossier, team[0], PURPOSE)
    with pytest.raises(NotAskedFor):
        answer(dossier, owner, {"marital_status": "married"})
    with pytest.raises(NotAllAnswered):
        answer(dossier, owner, {"purpose_other": "Vay vốn"})
    answer(dossier, owner, {"purpose_other": "Mua xe"})
    with pytest.raises(DatabaseError), transaction.atomic():
        AnswerChange.objects.update(before="khác")


def test_a_second_request_needs_a_supervisor_and_a_reason(dossier: Dossier, team: tuple[User, User], owner: User) -> None:
    officer, boss = team[0], staff(Role.SUPERVISOR, centre("01"))
    with pytest.raises(NotNeeded):
        allow_another_request(dossier, by=By(boss, MONDAY), reason=WHY)
    ask(dossier, officer, PURPOSE)
    answer(dossier, owner, {"purpose_other": "Mua xe"})
    with pytest.raises(AskedBefore):
        ask(dossier, officer, PURPOSE)
    desk, path = signed_in(officer), f"/xu-ly/{dossier.code}/yeu-cau-bo-sung/"
    assert "01/11/2026" not in text_of(desk.get(path))
    assert "cho phép" in text_of(desk.get(path))
    with pytest.raises(DatabaseError, match="người giám sát"), transaction.atomic():
        SupplementRequest.objects.create(dossier=dossier, asked_by=officer, asked_at=MONDAY, answer_by=UNTIL)
    with pytest.raises(DatabaseError, match="người giám sát"), transaction.atomic():
        SupplementPermit.objects.create(dossier=dossier, given_by=team[1], reason=WHY, at=MONDAY)

    above, address_ = signed_in(boss), f"/giam-sat/ho-so/{dossier.code}/"
    short = above.post(f"{address_}bo-sung-lan-nua/", {"why": "Cần."})
    assert (short.status_code, "Cần." in short.content.decode()) == (422, True)
    assert above.post(f"{address_}bo-sung-lan-nua/", {"why": WHY}).status_code == 302
    assert WHY in text_of(desk.get(path))
    typed = {"version": dossier.state_version, "answer_by": "20/11/2026", "field-purpose_other": "1", "field-purpose_other-reason": ""}
    dossier.refresh_from_db()
    typed["version"] = dossier.state_version
    wrong = desk.post(path, typed)
    assert (wrong.status_code, "checked" in wrong.content.decode()) == (422, True)
    assert desk.post(path, typed | {"field-purpose_other-reason": "Chưa rõ"}).status_code == 302

    request = dossier.supplement_requests.latest("pk")
    assert (request.permit.given_by, request.items.get().field_key) == (boss, "purpose_other")  # type: ignore[union-attr]
    assert request.items.get().title == "Tờ khai: Ghi rõ mục đích"
    event = dossier.events.filter(verb="ask_supplement").latest("seq")
    assert json.loads(event.content)["facts"]["permit"] == {"by": boss.pk, "reason": WHY}
    answer(dossier, owner, {"purpose_other": "Mua nhà"})
    with pytest.raises(AskedBefore):
        ask(dossier, officer, PURPOSE)


def test_the_counter_before_acceptance_asks_once_and_names_fields(waiting: Dossier, owner: User) -> None:
    clerk = staff(Role.CLERK, committee().reception_office)
    browser, path = signed_in(clerk), f"/quay/cho-tiep-nhan/{waiting.code}/"
    typed = {"action": "ask", "version": waiting.state_version, "answer_by": "20/11/2026"}
    named = {"field-subject_full_name": "1", "field-subject_full_name-reason": "Thiếu dấu"}
    wrong = browser.post(path, typed | named | {"field-subject_full_name-reason": ""})
    assert (wrong.status_code, 'name="field-subject_full_name" value="1" checked' in wrong.content.decode()) == (422, True)
    assert browser.post(path, typed | named).status_code == 302
    item = waiting.supplement_requests.get().items.get()
    assert (item.field_key, item.reason) == ("subject_full_name", "Thiếu dấu")
    answer(waiting, owner, {}, {item.pk: "Đúng như giấy khai sinh"})
    waiting.refresh_from_db()
    again = browser.post(path, typed | named | {"version": waiting.state_version})
    assert (again.status_code, waiting.supplement_requests.count()) == (422, 1)


def test_the_wall_hides_former_answers_like_the_answers(dossier: Dossier, team: tuple[User, User], owner: User) -> None:
    ask(dossier, team[0], PURPOSE)
    answer(dossier, owner, {"purpose_other": "Mua xe"})
    seen = {}
    for name, user in (("officer", team[0]), ("owner", owner), ("third", staff(Role.CLERK, centre("48")))):
        with acting_as(who(user).scope), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) > 0 FROM dossiers_answerchange")
            seen[name] = cursor.fetchone()[0]
    assert seen == {"officer": True, "owner": True, "third": False}
