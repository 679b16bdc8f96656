"""The agency and the applicant write to each other; nobody else reads it and no clock notices."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from dossiers.actions.standing import NotHolder
from dossiers.actions.transition import By
from dossiers.actions.write import MOST_AN_HOUR, NotApplicant, ThreadClosed, TooManyMessages, write_to_agency, write_to_applicant
from dossiers.models import ClockRecord, Dossier, Event, ThreadMessage
from portal.accounts.models import Role, User
from portal.core.db import Scope, acting_as
from portal.notifications.models import Notification
from portal.outbox.models import OutboxMessage
from procedures.models import Channel
from tests.dossiers.officer.desk import Desk, desk_of, queries_of, text_of
from tests.dossiers.officer.test_giving import held
from tests.factories import MONDAY, centre, citizen, committee, filed, staff, who
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db
ASKED, ANSWERED = "Xin cho biết số <u>sổ hộ khẩu</u> cũ.", "Dạ số 1234, <script>alert(1)</script> quyển 5."


@pytest.fixture(autouse=True)
def monday(set_legal_time: SetTime) -> None:
    set_legal_time(MONDAY)


@pytest.fixture
def owner() -> User:
    return citizen()


def owned(desks: tuple[Desk, Desk], owner: User) -> Dossier:
    dossier = held(desks[0])
    Dossier.objects.filter(pk=dossier.pk).update(applicant=owner)
    dossier.refresh_from_db()
    return dossier


def by(user: User, minutes: int = 0) -> By:
    return By(user, MONDAY + timedelta(minutes=minutes), agency=committee() if user.is_staff else None)


def readable(scope: Scope) -> int:
    with acting_as(scope):
        return ThreadMessage.objects.count()


def test_both_sides_write_and_see_what_is_new(desks: tuple[Desk, Desk], owner: User) -> None:
    officer, leader, person = *desks, desk_of(owner)
    dossier = owned(desks, owner)
    inside, outside = f"/xu-ly/{dossier.code}/trao-doi/", f"/ho-so-cua-toi/{dossier.code}/trao-doi/"
    before = (Event.objects.count(), ClockRecord.objects.count(), OutboxMessage.objects.filter(stream="national").count(), dossier.due_at)

    assert officer.post(inside, {"text": ASKED}).status_code == 302
    assert leader.post(inside, {"text": "Nhắc lại."}).status_code == 302, "a leader writes too"

    told = Notification.objects.get(template="message", dossier_code=dossier.code)
    assert (told.recipient, outside in told.text, ASKED in told.text) == ("0912345678", True, False), "one for all that is unread"
    assert "2 tin nhắn mới" in text_of(person.get("/ho-so-cua-toi/"))
    page = person.get(outside)
    agency = dossier.agency
    assert agency is not None
    assert [(line.by, line.text, line.is_ours, line.is_new) for line in page.context["messages_shown"]] == [
        (agency.name, "Nhắc lại.", False, True),
        (agency.name, ASKED, False, True),
    ]
    assert (officer.user.full_name in text_of(page), "<u>sổ" in page.content.decode()) == (False, False)
    assert ASKED in person.get(f"/ho-so-cua-toi/{dossier.code}/").context["messages_shown"][1].text
    # Reading is a POST of its own: a GET writes nothing.
    assert ThreadMessage.objects.filter(read_at__isnull=False).count() == 0
    with acting_as(who(owner).scope):
        assert (
            person.post(outside, {"read": "1"}, HTTP_HX_REQUEST="true").status_code,
            ThreadMessage.objects.filter(read_at=None).count(),
        ) == (
            204,
            0,
        )
    assert "tin nhắn mới" not in text_of(person.get("/ho-so-cua-toi/"))

    assert person.post(outside, {"text": ANSWERED}).status_code == 302
    listed = officer.get("/xu-ly/?muc=tin-moi")
    assert [(row.code, row.new_messages) for row in listed.context["rows"]] == [(dossier.code, "1")]
    assert [(tab.key, tab.count) for tab in listed.context["tabs"] if tab.key == "tin-moi"] == [("tin-moi", "1")]
    shown = officer.get(f"/xu-ly/{dossier.code}/?muc=trao-doi")
    assert next((line.by, line.is_new) for line in shown.context["messages_shown"]) == (owner.full_name, True)
    assert ("<script>alert" in shown.content.decode(), ANSWERED in text_of(shown).replace("&lt;", "<").replace("&gt;", ">")) == (
        False,
        True,
    )
    assert officer.post(inside, {"read": "1"}).status_code == 302
    assert officer.get("/xu-ly/?muc=tin-moi").context["rows"] == []
    dossier.refresh_from_db()
    after = (Event.objects.count(), ClockRecord.objects.count(), OutboxMessage.objects.filter(stream="national").count(), dossier.due_at)
    assert after == before


def test_nobody_else_reads_or_writes(desks: tuple[Desk, Desk], owner: User) -> None:
    officer, leader = desks
    dossier = owned(desks, owner)
    with acting_as(who(officer.user).scope):
        write_to_applicant(dossier, by=by(officer.user), text=ASKED)
    strangers = [citizen(personal_id="001190000099"), staff(Role.OFFICER, committee("00008")), staff(Role.CLERK, centre())]
    colleague = staff(Role.OFFICER, committee())

    assert [readable(who(person).scope) for person in (officer.user, leader.user, owner)] == [1, 1, 1]
    assert [readable(who(person).scope) for person in strangers] == [0, 0, 0]
    with pytest.raises(NotHolder):
        write_to_applicant(dossier, by=by(colleague), text=ASKED)
    with pytest.raises(NotApplicant):
        write_to_agency(dossier, by=By(strangers[0], MONDAY), text=ASKED)
    assert desk_of(colleague).post(f"/xu-ly/{dossier.code}/trao-doi/", {"text": ASKED}).status_code == 403
    with acting_as(who(strangers[1]).scope), pytest.raises(DatabaseError), transaction.atomic():
        ThreadMessage.objects.create(dossier=dossier, author=strangers[1], text="x", at=MONDAY)


def test_a_thread_is_open_while_the_agency_has_the_case(desks: tuple[Desk, Desk], owner: User) -> None:
    officer = desks[0]
    walk_in = held(officer)
    waiting = filed(applicant=owner, channel=Channel.ONLINE).dossier

    refused = officer.post(f"/xu-ly/{walk_in.code}/trao-doi/", {"text": ASKED})
    assert (refused.status_code, ASKED in refused.context["message_form"]["text"].value()) == (409, True)
    for dossier, write, person in ((walk_in, write_to_applicant, officer.user), (waiting, write_to_agency, owner)):
        with pytest.raises(ThreadClosed), acting_as(who(person).scope):
            write(dossier, by=by(person), text=ASKED)


def test_ten_messages_an_hour_and_then_somebody_else(desks: tuple[Desk, Desk], owner: User) -> None:
    dossier = owned(desks, owner)
    with acting_as(who(owner).scope):
        for number in range(MOST_AN_HOUR):
            write_to_agency(dossier, by=by(owner, number), text=f"Tin {number}")
        with pytest.raises(TooManyMessages) as refused:
            write_to_agency(dossier, by=by(owner, 59), text="Nữa")
        write_to_agency(dossier, by=by(owner, 61), text="Sau một giờ")
    assert refused.value.status == 429


@pytest.mark.parametrize("change", ["text = 'x'", "at = now()", "author_id = NULL"], ids=["text", "at", "author"])
def test_a_message_is_never_rewritten(desks: tuple[Desk, Desk], owner: User, change: str) -> None:
    dossier = owned(desks, owner)
    with acting_as(who(owner).scope):
        write_to_agency(dossier, by=by(owner), text=ANSWERED)
        for statement in (f"UPDATE dossiers_threadmessage SET {change}", "DELETE FROM dossiers_threadmessage"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_fifty_messages_and_dossiers_cost_as_many_queries_as_one(desks: tuple[Desk, Desk], owner: User) -> None:
    officer, person = desks[0], desk_of(owner)
    dossier = owned(desks, owner)
    paths = (f"/xu-ly/{dossier.code}/?muc=trao-doi", "/xu-ly/?muc=tin-moi", "/xu-ly/?muc=cua-toi")
    with acting_as(who(owner).scope):
        write_to_agency(dossier, by=by(owner), text=ANSWERED)
    few = [queries_of(officer, path) for path in paths] + [queries_of(person, "/ho-so-cua-toi/")]
    others = [owned(desks, owner) for _number in range(20)]
    with acting_as(who(owner).scope):
        for number in range(50):
            at = MONDAY + timedelta(hours=number)
            ThreadMessage.objects.create(dossier=dossier, author=owner, text=f"Tin {number}", at=at)
        for each in others:
            write_to_agency(each, by=by(owner), text=ANSWERED)

    many = [queries_of(officer, path) for path in paths] + [queries_of(person, "/ho-so-cua-toi/")]

    assert many == few
    first = officer.get(paths[0])
    second = officer.get(f"/xu-ly/{dossier.code}/{first.context['older_messages'].partition('#')[0]}")
    assert [len(page.context["messages_shown"]) for page in (first, second)] == [20, 20]
