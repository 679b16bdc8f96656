"""Notes stay inside the agency that wrote them: on pages, in the database, and away from the national portal."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from dossiers.actions.notes import NoteRefused, write_note
from dossiers.actions.standing import NoPost
from dossiers.actions.transition import By
from dossiers.models import Dossier, Event, InternalNote
from portal.accounts.models import Role, User
from portal.core.db import Scope, acting_as
from portal.notifications.models import Notification
from portal.outbox.models import OutboxMessage
from tests.dossiers.officer.desk import Desk, desk_of, queries_of, text_of
from tests.dossiers.officer.test_giving import held
from tests.factories import MONDAY, centre, citizen, committee, staff, who
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db
TEXT = "Đã gọi điện hỏi <i>hộ tịch</i> xã cũ."


@pytest.fixture(autouse=True)
def monday(set_legal_time: SetTime) -> None:
    set_legal_time(MONDAY)


def noted(dossier: Dossier, author: User, text: str = TEXT, **more: User) -> InternalNote:
    with acting_as(who(author).scope):
        return write_note(dossier, by=By(author, MONDAY, agency=committee()), text=text, **more)


def readable(scope: Scope) -> int:
    with acting_as(scope):
        return InternalNote.objects.count()


def test_a_note_stands_beside_the_papers_and_the_mentioned_colleague_is_told(desks: tuple[Desk, Desk]) -> None:
    officer, leader = desks
    dossier = held(officer)
    before = (Event.objects.count(), OutboxMessage.objects.filter(stream="national").count(), dossier.due_at)
    User.objects.filter(pk=leader.user.pk).update(email="lanhdao@example.vn")

    done = officer.post(f"/xu-ly/{dossier.code}/ghi-chu/", {"text": TEXT, "mentioned": leader.user.pk}, follow=True)

    assert done.redirect_chain == [(f"/xu-ly/{dossier.code}/#ghi-chu", 302)]
    page = leader.get(f"/xu-ly/{dossier.code}/")
    assert [(note.by, note.at, note.text, note.mentions) for note in page.context["notes"]] == [
        (officer.user.full_name, "09:00 02/11/2026", TEXT, leader.user.full_name)
    ]
    assert ("&lt;i&gt;hộ tịch" in page.content.decode(), "<i>hộ tịch" in page.content.decode()) == (True, False)
    mail = Notification.objects.get(template="mentioned")
    assert (mail.channel, mail.recipient, dossier.code in mail.text, TEXT in mail.text) == ("email", "lanhdao@example.vn", True, False)
    dossier.refresh_from_db()
    assert (Event.objects.count(), OutboxMessage.objects.filter(stream="national").count(), dossier.due_at) == before
    # In the work list until it is seen; nobody else sees it for the leader.
    assert [(one.name, one.note) for one in leader.get("/xu-ly/?muc=tat-ca").context["given"]] == [("ghi-chu", TEXT)]
    with acting_as(who(officer.user).scope):
        key = InternalNote.objects.get().pk
    for person in (officer, leader):
        person.post("/xu-ly/da-xem/", {"ghi-chu": key})
        assert bool(leader.get("/xu-ly/?muc=tat-ca").context["given"]) is (person is officer)


def test_nobody_outside_the_agency_reads_a_note(desks: tuple[Desk, Desk]) -> None:
    officer, leader = desks
    owner = citizen()
    dossier = held(officer)
    Dossier.objects.filter(pk=dossier.pk).update(applicant=owner)
    noted(dossier, officer.user)
    strangers = [owner, staff(Role.OFFICER, committee("00008")), staff(Role.CLERK, centre()), staff(Role.SUPERVISOR)]

    assert [readable(who(person).scope) for person in (officer.user, leader.user)] == [1, 1]
    assert [readable(who(person).scope) for person in strangers] == [0, 0, 0, 0]
    assert TEXT not in text_of(desk_of(owner).get(f"/ho-so-cua-toi/{dossier.code}/"))
    # The dossier goes to another agency: the note stays where it was written.
    other = committee("00008")
    Dossier.objects.filter(pk=dossier.pk).update(agency=other)
    page = desk_of(strangers[1]).get(f"/xu-ly/{dossier.code}/")
    assert (page.status_code, page.context["notes"], readable(who(strangers[1]).scope), readable(who(officer.user).scope)) == (
        200,
        [],
        0,
        1,
    )


def test_who_may_note_and_what(desks: tuple[Desk, Desk]) -> None:
    officer, _leader = desks
    dossier = held(officer)
    stranger = staff(Role.OFFICER, committee("00008"))

    for text, mentioned in (("  ", None), ("x" * 2001, None), (TEXT, stranger), (TEXT, officer.user)):
        with pytest.raises(NoteRefused):
            noted(dossier, officer.user, text, **({"mentioned": mentioned} if mentioned else {}))
    with pytest.raises(NoPost):
        noted(dossier, stranger)
    refused = officer.post(f"/xu-ly/{dossier.code}/ghi-chu/", {"text": "y" * 2001})
    assert (refused.status_code, "y" * 2001 in refused.content.decode(), readable(who(officer.user).scope)) == (422, True, 0)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE dossiers_internalnote SET text = 'x'", "note_kept"),
        ("UPDATE dossiers_internalnote SET seen_at = now(), at = now()", "note_kept"),
        ("DELETE FROM dossiers_internalnote", None),
    ],
    ids=["rewritten", "backdated", "deleted"],
)
def test_a_note_is_never_rewritten(desks: tuple[Desk, Desk], statement: str, constraint: str | None) -> None:
    officer, leader = desks
    noted(held(officer), officer.user, mentioned=leader.user)

    scope = who(leader.user).scope
    with acting_as(scope), pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    if constraint:
        assert isinstance(refusal.value, IntegrityError)
        assert refusal.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


def test_fifty_notes_cost_as_many_queries_as_one(desks: tuple[Desk, Desk]) -> None:
    officer, leader = desks
    few, many = held(officer), held(officer)
    noted(few, officer.user, mentioned=leader.user)
    for number in range(50):
        with acting_as(who(officer.user).scope):
            at = MONDAY + timedelta(minutes=number)
            write_note(many, by=By(officer.user, at, agency=committee()), text=f"Ghi chú {number}", mentioned=leader.user)

    assert queries_of(leader, f"/xu-ly/{few.code}/") == queries_of(leader, f"/xu-ly/{many.code}/")
    first = leader.get(f"/xu-ly/{many.code}/")
    second = leader.get(f"/xu-ly/{many.code}/{first.context['older_notes'].partition('#')[0]}")
    assert [len(page.context["notes"]) for page in (first, second)] == [10, 10]
    assert second.context["notes"][0].text == "Ghi chú 39"
