"""Work is given on: by the holder, by the leader, all at once on leave; and nobody decides what another holds."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers.actions.absences import Leave, OverlapsAbsence, call_off, enter_absence
from dossiers.actions.decide import Proposal, claim, propose, sign
from dossiers.actions.reassign import Giving, HeldByAnother, NotReceivable, reassign, reassign_many
from dossiers.actions.standing import NoPost, NotHolder
from dossiers.actions.transition import By, StaleVersion
from dossiers.history import timeline
from dossiers.models import Absence, Dossier, Event, Reassignment
from portal.accounts.models import Membership, Role, User
from portal.core.errors import NotAllowed
from tests.dossiers.officer.desk import Desk, desk_of, text_of, version_of, waiting_dossier
from tests.factories import MONDAY, TODAY, committee, staff, staffed
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db
NOTE = "Chị xem giúp tờ khai trang hai."


@pytest.fixture(autouse=True)
def monday(set_legal_time: SetTime) -> None:
    set_legal_time(MONDAY)


@pytest.fixture
def colleague(desks: tuple[Desk, Desk]) -> Desk:
    return desk_of(staff(Role.OFFICER, committee()))


@pytest.fixture
def dossier(desks: tuple[Desk, Desk]) -> Dossier:
    return held(desks[0])


def by(user: User) -> By:
    return By(user, MONDAY, agency=committee())


def held(officer: Desk) -> Dossier:
    found = waiting_dossier()
    claim(found, by=by(officer.user))
    found.refresh_from_db()
    return found


def away(person: User, deputy: User | None = None, *, days: int = 5) -> Absence:
    leave = Leave(person, committee(), TODAY, TODAY + timedelta(days=days), deputy)
    return enter_absence(leave, by=by(person))


def proposal(dossier: Dossier) -> Proposal:
    kind = dossier.version.results.filter(outcome="grant").order_by("pk").first()
    assert kind is not None
    return Proposal(kind, "Xác nhận tình trạng hôn nhân.", serial="BA 1")


def proposed(dossier: Dossier, officer: User) -> Dossier:
    propose(dossier, by=by(officer), proposal=proposal(dossier), expected_version=dossier.state_version)
    dossier.refresh_from_db()
    return dossier


# --- the actions refuse by themselves ---------------------------------------------------------------------------------


def test_only_the_holder_proposes_whoever_calls(dossier: Dossier, colleague: Desk, desks: tuple[Desk, Desk]) -> None:
    def tried(person: By) -> None:
        propose(dossier, by=person, proposal=proposal(dossier), expected_version=dossier.state_version)

    with pytest.raises(NotHolder):
        tried(by(colleague.user))
    with pytest.raises(NoPost):
        tried(by(desks[1].user))
    with pytest.raises(NoPost):
        tried(By(desks[0].user, MONDAY, agency=committee("00008")))
    Membership.objects.filter(user=desks[0].user).update(valid_to=TODAY - timedelta(days=1))
    with pytest.raises(NoPost):
        tried(by(desks[0].user))

    assert not dossier.results.exists()


def test_only_a_leader_of_the_agency_signs_whoever_calls(dossier: Dossier, colleague: Desk, desks: tuple[Desk, Desk]) -> None:
    ready = proposed(dossier, desks[0].user)
    _officer, stranger = staffed(committee("00008"))

    for person in (colleague.user, stranger, desks[0].user):
        with pytest.raises(NotAllowed):
            sign(ready, by=by(person), expected_version=ready.state_version)

    ready.refresh_from_db()
    assert (ready.state, ready.results.get().signed_at) == ("awaiting_signature", None)


# --- one dossier --------------------------------------------------------------------------------------------------------


def test_the_holder_hands_over_and_the_colleague_reads_it_in_the_work_list(
    dossier: Dossier, desks: tuple[Desk, Desk], colleague: Desk
) -> None:
    url, due = f"/xu-ly/{dossier.code}/", dossier.due_at

    done = desks[0].post(f"{url}giao-viec/", {"version": version_of(dossier), "to": colleague.user.pk, "note": NOTE}, follow=True)

    dossier.refresh_from_db()
    assert (done.status_code, dossier.state, dossier.assigned_to, dossier.due_at) == (200, "assigned", colleague.user, due)
    shown = text_of(colleague.get("/xu-ly/"))
    assert all(words in shown for words in (NOTE, dossier.code, desks[0].user.full_name))
    assert NOTE not in text_of(desks[0].get("/xu-ly/?muc=tat-ca"))
    assert [line.text for line in timeline(dossier, internal=True)][-1] == f"{colleague.user.full_name}: {NOTE}"
    assert NOTE not in "".join(line.text for line in timeline(dossier)), "the citizen does not read it"
    key = Reassignment.objects.get().pk
    assert desks[0].post("/xu-ly/da-xem/", {"giao": key}).status_code == 302
    assert NOTE in text_of(colleague.get("/xu-ly/")), "nobody else sees it for the colleague"
    colleague.post("/xu-ly/da-xem/", {"giao": key})
    assert NOTE not in text_of(colleague.get("/xu-ly/"))


def test_the_leader_gives_out_of_the_queue_and_away_from_a_holder(desks: tuple[Desk, Desk], colleague: Desk) -> None:
    free = waiting_dossier()
    url = f"/xu-ly/{free.code}/giao-viec/"

    assert desks[1].post(url, {"version": version_of(free), "to": desks[0].user.pk}).status_code == 302
    assert desks[1].post(url, {"version": version_of(free), "to": colleague.user.pk}).status_code == 302

    free.refresh_from_db()
    assert (free.state, free.assigned_to) == ("assigned", colleague.user)
    verbs = Event.objects.filter(dossier=free, verb="reassign").order_by("seq").values_list("from_state", "to_state")
    assert list(verbs) == [("in_transfer_to_agency", "assigned"), ("assigned", "assigned")]
    assert list(Reassignment.objects.order_by("pk").values_list("given_from", "given_to")) == [
        (None, desks[0].user.pk),
        (desks[0].user.pk, colleague.user.pk),
    ]


def test_who_neither_holds_nor_leads_gives_nothing(dossier: Dossier, colleague: Desk, desks: tuple[Desk, Desk]) -> None:
    page = colleague.post(f"/xu-ly/{dossier.code}/giao-viec/", {"version": version_of(dossier), "to": colleague.user.pk})

    assert page.status_code == 403
    with pytest.raises(NotHolder):
        reassign(dossier, by=by(colleague.user), giving=Giving(colleague.user), expected_version=dossier.state_version)
    free = waiting_dossier()
    with pytest.raises(NotHolder):
        reassign(free, by=by(colleague.user), giving=Giving(colleague.user), expected_version=version_of(free))
    dossier.refresh_from_db()
    assert dossier.assigned_to == desks[0].user


def test_who_cannot_take_a_dossier(dossier: Dossier, desks: tuple[Desk, Desk], colleague: Desk) -> None:
    absent, stranger = staff(Role.OFFICER, committee()), staff(Role.OFFICER, committee("00008"))
    Membership.objects.create(user=dossier.filed_by, role=Role.OFFICER, agency=committee(), valid_from=date(2025, 7, 1))
    away(absent)
    inactive = staff(Role.OFFICER, committee())
    User.objects.filter(pk=inactive.pk).update(is_active=False)

    for person in (absent, stranger, desks[1].user, desks[0].user, dossier.filed_by, inactive):
        with pytest.raises(NotReceivable):
            reassign(dossier, by=by(desks[1].user), giving=Giving(person), expected_version=dossier.state_version)
    offered = desks[0].get(f"/xu-ly/{dossier.code}/giao-viec/").context["form"].fields["to"].choices
    assert [value for value, _words in offered] == ["", str(colleague.user.pk)]


def test_an_old_page_gives_nothing_and_keeps_the_note(dossier: Dossier, desks: tuple[Desk, Desk], colleague: Desk) -> None:
    old = version_of(dossier)
    third = staff(Role.OFFICER, committee())
    reassign(dossier, by=by(desks[1].user), giving=Giving(colleague.user), expected_version=old)

    late = desks[1].post(f"/xu-ly/{dossier.code}/giao-viec/", {"version": old, "to": third.pk, "note": NOTE})

    assert (late.status_code, NOTE in text_of(late), colleague.user.full_name in text_of(late)) == (409, True, True)
    with pytest.raises(StaleVersion):
        reassign(dossier, by=by(desks[1].user), giving=Giving(third), expected_version=old)


def test_what_waits_for_a_signature_is_given_on_and_comes_back_to_the_new_holder(
    dossier: Dossier, desks: tuple[Desk, Desk], colleague: Desk
) -> None:
    ready = proposed(dossier, desks[0].user)
    reassign(ready, by=by(desks[1].user), giving=Giving(colleague.user), expected_version=ready.state_version)

    desks[1].post(f"/xu-ly/{ready.code}/chuyen-lai/", {"version": version_of(ready), "reason": "Thiếu căn cứ pháp lý ở dòng hai."})

    ready.refresh_from_db()
    assert (ready.state, ready.assigned_to) == ("assigned", colleague.user)


# --- on leave -----------------------------------------------------------------------------------------------------------


def test_all_of_a_person_goes_to_the_deputy_with_an_outcome_for_each(desks: tuple[Desk, Desk], colleague: Desk) -> None:
    officer, leader = desks
    mine = [held(officer) for _ in range(3)]
    away(officer.user, colleague.user)
    url = f"/xu-ly/to/{officer.user.pk}/"
    page = leader.get(url)
    assert [(taker.name, picked) for taker, picked in page.context["takers"]] == [(colleague.user.full_name, True)]
    proposed_meanwhile, taken_meanwhile = mine[1], mine[2]
    proposed(proposed_meanwhile, officer.user)
    third = staff(Role.OFFICER, committee())
    reassign(taken_meanwhile, by=by(leader.user), giving=Giving(third), expected_version=taken_meanwhile.state_version)

    done = leader.post(url, {"ma": [each.code for each in mine] + ["H99-000000-0001"], "nguoi": colleague.user.pk, "note": NOTE})

    assert [(one.code, one.is_done) for one in done.context["outcomes"]] == [
        (mine[0].code, True),
        (mine[1].code, True),
        (mine[2].code, False),
        ("H99-000000-0001", False),
    ]
    assert dict(Dossier.objects.values_list("code", "assigned_to")) == {
        mine[0].code: colleague.user.pk,
        mine[1].code: colleague.user.pk,
        mine[2].code: third.pk,
    }
    assert set(Reassignment.objects.filter(given_to=colleague.user).values_list("note", flat=True)) == {NOTE}
    assert not leader.get(url).context["rows"]


def test_several_colleagues_get_even_shares(desks: tuple[Desk, Desk], colleague: Desk) -> None:
    officer, leader = desks
    held(colleague)
    mine = [held(officer) for _ in range(5)]
    third = staff(Role.OFFICER, committee())

    leader.post(f"/xu-ly/to/{officer.user.pk}/", {"ma": [each.code for each in mine], "nguoi": [colleague.user.pk, third.pk]})

    counts = [Dossier.objects.filter(assigned_to=person).count() for person in (officer.user, colleague.user, third)]
    assert counts == [0, 3, 3]


def test_many_refuse_one_by_one(desks: tuple[Desk, Desk], colleague: Desk) -> None:
    first, second = held(desks[0]), held(colleague)
    givings = {first.pk: Giving(colleague.user), second.pk: Giving(colleague.user)}

    done = reassign_many(givings, by=by(desks[1].user), taken_from=desks[0].user.pk)
    by_a_stranger = reassign_many({second.pk: Giving(desks[0].user)}, by=by(desks[0].user), taken_from=colleague.user.pk)

    assert (done[first.pk], type(done[second.pk]), type(by_a_stranger[second.pk])) == (None, HeldByAnother, NotHolder)
    first.refresh_from_db()
    assert (first.assigned_to, Reassignment.objects.count()) == (colleague.user, 1)


def test_the_page_of_a_person_wants_dossiers_and_a_colleague(desks: tuple[Desk, Desk], colleague: Desk) -> None:
    mine, url = held(desks[0]), f"/xu-ly/to/{desks[0].user.pk}/"

    nobody = desks[1].post(url, {"ma": mine.code, "note": NOTE})
    nothing = desks[1].post(url, {"nguoi": colleague.user.pk})

    assert (nobody.status_code, nothing.status_code, NOTE in nobody.content.decode()) == (422, 422, True)
    stranger = desk_of(staff(Role.LEADER, committee("00008")))
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, {"ma": mine.code, "nguoi": colleague.user.pk}).status_code == 404


def test_an_absence_is_entered_by_oneself_or_the_leader_and_called_off(desks: tuple[Desk, Desk], colleague: Desk) -> None:
    days = {"starts_on": "02/11/2026", "ends_on": "06/11/2026", "deputy": colleague.user.pk}

    own = desks[0].post("/xu-ly/vang-mat/", {"user": desks[0].user.pk, **days})
    overlapping = desks[1].post("/xu-ly/vang-mat/", {"user": desks[0].user.pk, **days})
    of_another = desks[0].post("/xu-ly/vang-mat/", {"user": colleague.user.pk, **days, "deputy": ""})
    backwards = desks[1].post("/xu-ly/vang-mat/", {"user": colleague.user.pk, **days, "ends_on": "01/11/2026", "deputy": ""})

    assert [each.status_code for each in (own, overlapping, of_another, backwards)] == [302, 409, 422, 422]
    absence = Absence.objects.get()
    assert (absence.user, absence.entered_by, absence.deputy) == (desks[0].user, desks[0].user, colleague.user)
    with pytest.raises(NotAllowed):
        call_off(absence, by=by(colleague.user))
    of_a_colleague = Leave(desks[0].user, committee(), TODAY, TODAY)
    with pytest.raises(NotAllowed):
        enter_absence(of_a_colleague, by=by(colleague.user))
    assert colleague.post(f"/xu-ly/vang-mat/{absence.pk}/").status_code == 404
    desks[1].post(f"/xu-ly/vang-mat/{absence.pk}/")
    absence.refresh_from_db()
    assert (absence.cancelled_by, Absence.objects.count()) == (desks[1].user, 1)
    away(desks[0].user)
    with pytest.raises(OverlapsAbsence):
        away(desks[0].user, days=0)


def test_who_is_away_takes_no_new_dossier(desks: tuple[Desk, Desk]) -> None:
    free = waiting_dossier()
    absence = away(desks[0].user)

    refused = desks[0].post("/xu-ly/nhan-tiep/", follow=True)
    call_off(absence, by=by(desks[0].user))
    taken = desks[0].post("/xu-ly/nhan-tiep/")

    assert "07/11/2026" in text_of(refused)
    assert taken.headers["Location"] == f"/xu-ly/{free.code}/"


# --- the board ----------------------------------------------------------------------------------------------------------


def test_the_board_counts_each_officers_work(desks: tuple[Desk, Desk], colleague: Desk, set_legal_time: SetTime) -> None:
    officer, leader = desks
    late, waiting = held(officer), held(officer)
    officer.post(
        f"/xu-ly/{waiting.code}/yeu-cau-bo-sung/",
        {"version": version_of(waiting), "answer_by": "16/11/2026", "free-0-title": "Bản sao", "free-0-reason": "Bản chụp mờ."},
    )
    gone = desk_of(staff(Role.OFFICER, committee()))
    held(gone)
    away(colleague.user, officer.user, days=30)
    Membership.objects.filter(user=gone.user).update(valid_to=TODAY)
    assert late.due_at is not None
    set_legal_time(late.due_at + timedelta(days=1))

    members = {one.name: one for one in leader.get("/xu-ly/to/").context["members"]}

    loads = {name: (one.load.held, one.load.waiting, one.load.soon, one.load.late) for name, one in members.items()}
    assert loads == {officer.user.full_name: (2, 1, 0, 1), colleague.user.full_name: (0, 0, 0, 0), gone.user.full_name: (1, 0, 0, 1)}
    assert (members[gone.user.full_name].left, officer.user.full_name in members[colleague.user.full_name].away) == (True, True)
    assert members[officer.user.full_name].oldest == "02/11/2026"
    link = members[officer.user.full_name].lists["late"]
    assert [row.code for row in leader.get(link).context["rows"]] == [late.code]
    assert officer.get("/xu-ly/to/").status_code == 403


def test_the_board_asks_as_often_for_many_as_for_one(desks: tuple[Desk, Desk]) -> None:
    held(desks[0])

    def asked(path: str) -> int:
        desks[1].get(path)
        with CaptureQueriesContext(connection) as captured:
            assert desks[1].get(path).status_code == 200
        return len(captured)

    paths = ["/xu-ly/to/", f"/xu-ly/to/{desks[0].user.pk}/", "/xu-ly/vang-mat/"]
    one = [asked(path) for path in paths]
    for _number in range(8):
        colleague = desk_of(staff(Role.OFFICER, committee()))
        held(colleague)
        held(desks[0])
        away(colleague.user, desks[0].user)

    many = [asked(path) for path in paths]

    assert (many, max(many) <= 20) == (one, True)
