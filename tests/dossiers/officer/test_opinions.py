"""Another agency is asked, sees what was ticked while it is asked, and answers once; the dossier's clock runs on."""

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from dossiers.actions.decide import claim
from dossiers.actions.file import PaperInput
from dossiers.actions.opinions import (
    AlreadyEnded,
    LaterThanDossier,
    OpinionRefused,
    Question,
    answer_opinion,
    ask_opinion,
    withdraw_opinion,
)
from dossiers.actions.standing import NoPost, NotHolder
from dossiers.actions.transition import By, StaleVersion
from dossiers.documents.issue import issue
from dossiers.documents.uploads import check_upload, store_upload
from dossiers.models import Dossier, Event, Opinion, OpinionReply, Paper
from portal.accounts.models import Role, User
from portal.core.clock import LOCAL
from portal.core.db import Scope, acting_as
from portal.core.text import fold
from tests.access.world import _picture
from tests.dossiers.officer.desk import Desk, agency_desks, desk_of, queries_of, text_of, version_of, waiting_dossier
from tests.factories import MONDAY, centre, citizen, committee, filed, routed, staff, staffed, who
from tests.support.legal_time import SetTime

QUESTION, ANSWER = "Đề nghị xác nhận nơi cư trú <b>trước 2020</b>.", "Có cư trú từ 2015 <i>đến</i> 2019."


@pytest.fixture
def monday(set_legal_time: SetTime) -> None:
    set_legal_time(MONDAY)


@pytest.fixture
def other(desks: tuple[Desk, Desk]) -> Desk:
    """An officer of the neighbouring ward, which is asked."""
    return desk_of(staff(Role.OFFICER, committee("00008")))


def scanned(officer: Desk) -> Dossier:
    """A dossier that the officer holds, with two scanned papers."""
    stored = [check_upload(SimpleUploadedFile("giay.png", _picture(), "image/png")) for _number in range(2)]
    papers = [
        PaperInput("to-khai", name, 1, 0, store_upload(each), each.content_type, each.size, each.sha256)
        for name, each in zip(("Tờ khai", "Sổ hộ khẩu"), stored, strict=True)
    ]
    found = routed(filed(papers=papers).dossier)
    claim(found, by=by(officer.user))
    found.refresh_from_db()
    return found


def by(user: User, agency: str = "00004") -> By:
    return By(user, MONDAY, agency=committee(agency))


def asked(dossier: Dossier, officer: User, **changes: object) -> Opinion:
    question = Question(**({"asked": committee("00008"), "text": QUESTION, "days": 1} | changes))  # type: ignore[arg-type]
    with acting_as(who(officer).scope):
        return ask_opinion(dossier, question, by=by(officer), expected_version=dossier.state_version)


def papers_read_by(scope: Scope) -> int:
    with acting_as(scope):
        return Paper.objects.count()


@pytest.mark.django_db
def test_an_agency_is_asked_sees_what_is_ticked_and_answers(desks: tuple[Desk, Desk], other: Desk, monday: None) -> None:
    officer, leader = desks
    dossier = scanned(officer)
    url = f"/xu-ly/{dossier.code}/hoi-y-kien/"
    before = (Event.objects.count(), dossier.due_at, dossier.state)
    form = officer.get(url).context["form"]
    shown, hidden = (key for key, _name in form.fields["papers"].choices)
    (line, (label, value)) = next(iter(form.told.items()))
    offered = officer.get("/xu-ly/co-quan/", {"q": fold(committee("00008").short_name)}).context["labels"]
    assert any(committee("00008").identifier in each for each in offered), "found without diacritics"

    data = {"version": version_of(dossier), "agency": committee("00008").identifier, "question": QUESTION, "days": "1"}
    done = officer.post(url, data | {"papers": [shown], "answers": [line]}, follow=True)

    assert (done.status_code, done.redirect_chain) == (200, [(f"/xu-ly/{dossier.code}/?muc=y-kien", 302)])
    with acting_as(who(officer.user).scope):
        opinion = Opinion.objects.get()
    assert opinion.due_at.astimezone(LOCAL).date() == MONDAY.date() + timedelta(days=1)
    listed = other.get("/xu-ly/y-kien/")
    assert [(row["code"], row["is_late"]) for row in listed.context["rows"]] == [(dossier.code, False)]
    page = other.get(f"/xu-ly/y-kien/{opinion.pk}/")
    assert (page.context["told"], [pk for pk, _name in page.context["papers"]]) == ([[label, value]], [int(shown)])
    assert ("&lt;b&gt;trước" in page.content.decode(), dossier.owner_name in text_of(page) and dossier.owner_name not in value) == (
        True,
        False,
    )
    assert [other.get(f"/giay-to/{key}/").status_code for key in (shown, hidden)] == [200, 404]
    assert other.get(f"/xu-ly/{dossier.code}/").status_code == 404, "the dossier itself stays closed"
    assert papers_read_by(who(other.user).scope) == 1
    # Answered with a document: the asker finds it, the papers are closed again.
    sent = {"text": ANSWER, "file": SimpleUploadedFile("y-kien.png", _picture(), "image/png")}
    assert other.post(f"/xu-ly/y-kien/{opinion.pk}/", sent).status_code == 302
    assert [(one.name, one.note) for one in officer.get("/xu-ly/?muc=tat-ca").context["given"]] == [("y-kien", ANSWER)]
    read = officer.get(f"/xu-ly/{dossier.code}/?muc=y-kien")
    assert ("&lt;i&gt;đến" in read.content.decode(), read.context["opinions"][0][1].name) == (True, "y-kien.png")
    assert [person.get(f"/xu-ly/y-kien/{opinion.pk}/tep/").status_code for person in (officer, leader, other)] == [200, 200, 200]
    assert (papers_read_by(who(other.user).scope), other.get(f"/giay-to/{shown}/").status_code) == (0, 404)
    assert other.get("/xu-ly/y-kien/").context["rows"] == []
    assert [row["code"] for row in other.get("/xu-ly/y-kien/?xong=1").context["rows"]] == [dossier.code]
    officer.post("/xu-ly/da-xem/", {"y-kien": opinion.pk})
    assert officer.get("/xu-ly/?muc=tat-ca").context["given"] == []
    dossier.refresh_from_db()
    assert (Event.objects.count(), dossier.due_at, dossier.state) == before
    again = other.post(f"/xu-ly/y-kien/{opinion.pk}/", {"text": "Lần hai"})
    assert (again.status_code, "Lần hai" in text_of(again)) == (409, True)


@pytest.mark.django_db
def test_who_is_asked_what_and_by_when(desks: tuple[Desk, Desk], other: Desk, monday: None) -> None:
    officer, leader = desks
    dossier = scanned(officer)
    assert dossier.due_at is not None

    for changes in (
        {"text": " "},
        {"days": 0},
        {"days": 31, "may_be_late": True},
        {"asked": committee()},
        {"asked": committee("00070")},
        {"text": "x" * 2001},
    ):
        with pytest.raises(OpinionRefused):
            asked(dossier, officer.user, **changes)
    with pytest.raises(NoPost):
        asked(dossier, leader.user)
    with pytest.raises(NotHolder):
        asked(dossier, staff(Role.OFFICER, committee()))
    with pytest.raises(LaterThanDossier) as late:
        asked(dossier, officer.user, days=20)
    assert f"{dossier.due_at.astimezone(LOCAL):%d/%m/%Y}" in str(late.value)
    asked(dossier, officer.user, days=20, may_be_late=True)
    with pytest.raises(OpinionRefused):
        asked(dossier, officer.user)
    dossier.state_version -= 1
    with pytest.raises(StaleVersion):
        asked(dossier, officer.user, text="Câu khác")
    old = {"version": dossier.state_version, "agency": committee("00008").name, "question": "Câu khác", "days": "1"}
    page = officer.post(f"/xu-ly/{dossier.code}/hoi-y-kien/", old)
    assert (page.status_code, bool(page.context["changes"]), page.context["form"]["question"].value()) == (409, True, "Câu khác")


@pytest.mark.django_db
def test_what_was_withdrawn_is_closed_and_late_answers_are_marked(
    desks: tuple[Desk, Desk], other: Desk, monday: None, set_legal_time: SetTime
) -> None:
    officer, leader = desks
    dossier = scanned(officer)
    with acting_as(who(officer.user).scope):
        keys = list(Paper.objects.filter(dossier=dossier).values_list("pk", flat=True))
    opinion = asked(dossier, officer.user, papers=keys)
    set_legal_time(opinion.due_at + timedelta(hours=1))
    assert ("Quá hạn" in text_of(other.get("/xu-ly/y-kien/")), other.get("/xu-ly/y-kien/").context["rows"][0]["is_late"]) == (True, True)
    assert "Quá hạn" in text_of(officer.get(f"/xu-ly/{dossier.code}/?muc=y-kien"))
    assert papers_read_by(who(other.user).scope) == 2

    assert other.post(f"/xu-ly/y-kien/{opinion.pk}/rut/", {"text": "Không"}).status_code == 404
    assert leader.post(f"/xu-ly/y-kien/{opinion.pk}/rut/", {"text": "Đã tự xác minh."}).status_code == 302

    assert papers_read_by(who(other.user).scope) == 0
    assert other.post(f"/xu-ly/y-kien/{opinion.pk}/", {"text": ANSWER}).status_code == 409
    with acting_as(who(officer.user).scope):
        assert OpinionReply.objects.get().kind == "withdrawn"
        sheet = issue(dossier, kind="control_sheet", at=MONDAY, actor=officer.user, agency=dossier.agency)
    assert committee("00008").name in sheet.html


@pytest.mark.django_db
def test_the_two_agencies_read_it_and_nobody_rewrites_it(desks: tuple[Desk, Desk], other: Desk, monday: None) -> None:
    officer, _leader = desks
    opinion = asked(scanned(officer), officer.user)
    strangers = [citizen(), staff(Role.OFFICER, committee("00070")), staff(Role.CLERK, centre()), staff(Role.SUPERVISOR)]

    def readable(person: User) -> int:
        with acting_as(who(person).scope):
            return Opinion.objects.count()

    assert [readable(person) for person in (officer.user, other.user, *strangers)] == [1, 1, 0, 0, 0, 0]
    with pytest.raises(NoPost), acting_as(who(strangers[1]).scope):
        answer_opinion(opinion, by=By(strangers[1], MONDAY), text=ANSWER)
    with acting_as(who(other.user).scope):
        answer_opinion(opinion, by=By(other.user, MONDAY), text=ANSWER)
    answer_of_the_asker = (
        "INSERT INTO dossiers_opinionreply (opinion_id, kind, by_id, at, text, name, storage_key, content_type, size, sha256)"
        f" VALUES ({opinion.pk}, 'answered', {officer.user.pk}, now(), 'x', '', '', '', 0, '')"
    )
    with acting_as(who(officer.user).scope):
        for statement in (
            "UPDATE dossiers_opinion SET question = 'x'",
            "DELETE FROM dossiers_opinion",
            "UPDATE dossiers_opinionreply SET text = 'x'",
            "DELETE FROM dossiers_opinionreply",
            answer_of_the_asker,
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


@pytest.mark.django_db
def test_fifty_opinions_cost_as_many_queries_as_one(desks: tuple[Desk, Desk], other: Desk, monday: None) -> None:
    officer = desks[0]
    dossier = scanned(officer)
    first = asked(dossier, officer.user)
    paths = [(officer, f"/xu-ly/{dossier.code}/?muc=y-kien"), (other, "/xu-ly/y-kien/"), (officer, "/xu-ly/?muc=cua-toi")]
    few = [queries_of(person, path) for person, path in paths]
    for number in range(54):
        each = asked(dossier, officer.user, text=f"Câu {number}", days=1)
        if number < 3:
            with acting_as(who(other.user).scope):
                answer_opinion(each, by=By(other.user, MONDAY), text=ANSWER)

    many = [queries_of(person, path) for person, path in paths]

    assert many == few
    pages = [other.get("/xu-ly/y-kien/"), officer.get(paths[0][1])]
    assert (len(pages[0].context["rows"]), bool(pages[0].context["next_url"]), len(pages[1].context["opinions"])) == (50, True, 10)
    older = officer.get(f"/xu-ly/{dossier.code}/{pages[1].context['older_opinions']}")
    assert (len(older.context["opinions"]), first.pk in [one.pk for one, _reply, _late in older.context["opinions"]]) == (10, False)


def test_an_answer_and_a_withdrawal_at_once_end_it_once(committed_db: None) -> None:
    officer, _leader = agency_desks()
    answering, _signing = staffed(committee("00008"))
    dossier = waiting_dossier()
    claim(dossier, by=by(officer.user))
    dossier.refresh_from_db()
    for number in range(4):
        with transaction.atomic():
            opinion = asked(dossier, officer.user, text=f"Câu {number}")
        start, ended = threading.Barrier(2), list[str]()

        def end(person: User, opinion: Opinion = opinion, start: threading.Barrier = start, ended: list[str] = ended) -> None:
            is_answer = person == answering
            try:
                with acting_as(who(person).scope), transaction.atomic():
                    start.wait(10)
                    if is_answer:
                        answer_opinion(opinion, by=By(person, MONDAY), text=ANSWER)
                    else:
                        withdraw_opinion(opinion, by=by(person), reason="Không cần nữa.")
                ended.append("answered" if is_answer else "withdrawn")
            except AlreadyEnded:
                ended.append("late")
            finally:
                connection.close()

        threads = [threading.Thread(target=end, args=[person]) for person in (officer.user, answering)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        with transaction.atomic(), acting_as(who(officer.user).scope):
            kind = OpinionReply.objects.get(opinion=opinion).kind
        assert sorted(ended) == sorted([kind, "late"])
