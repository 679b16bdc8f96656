"""Nothing waits where nobody works: at the hand-over, while it is being decided, and back again when somebody is there."""

from datetime import date, timedelta

import pytest
from django.test import Client

from dossiers import queries
from dossiers.actions.absences import Leave, NotAway, call_off, enter_absence
from dossiers.actions.decide import claim
from dossiers.actions.route import decide_route
from dossiers.actions.transition import By
from dossiers.actions.watch_staffing import Watched, watch_staffing
from dossiers.models import Dossier, Event
from dossiers.staffing import Lack, holding_up, lacks_of
from dossiers.states import State
from dossiers.tasks import watch_people
from portal.accounts.models import Membership, Role, User
from portal.agencies.models import Agency
from portal.core.db import acting_as
from portal.notifications.models import Notification
from portal.outbox.models import OutboxMessage
from procedures.models import Channel
from tests.dossiers.officer.desk import desk_of, queries_of, text_of
from tests.factories import MONDAY, TODAY, centre, committee, filed, routed, staff, staffed, who, working

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=2)
ALL = frozenset(Lack)


@pytest.fixture
def agency() -> Agency:
    return committee()


@pytest.fixture
def supervisor() -> User:
    user = staff(Role.SUPERVISOR, centre("01"))
    user.email = "giamsat.h26@motcua.example"
    user.save(update_fields=["email"])
    return user


def leaves(user: User) -> None:
    Membership.objects.filter(user=user).update(valid_to=date(2026, 10, 31))


def looked(at: object = LATER) -> Watched:
    with working():
        return watch_staffing(at=at)  # type: ignore[arg-type]


def whys(dossier: Dossier) -> list[str]:
    return list(dossier.route_decisions.order_by("pk").values_list("outcome", flat=True))


def in_hand(dossier: Dossier, officer: User, agency: Agency) -> Dossier:
    with acting_as(who(officer).scope):
        claim(dossier, by=By(officer, MONDAY, agency=agency))
    dossier.refresh_from_db()
    return dossier


def test_everything_that_is_lacking_is_named(agency: Agency) -> None:
    assert lacks_of([agency], TODAY) == {agency.pk: frozenset({Lack.OFFICER, Lack.LEADER, Lack.CLERK})}

    officer, leader = staffed(agency)
    other = committee("00008")
    assert lacks_of([agency, other], TODAY) == {agency.pk: frozenset(), other.pk: frozenset({Lack.OFFICER, Lack.LEADER, Lack.CLERK})}

    agency.reception_office = None
    leaves(leader)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert lacks_of([agency], TODAY)[agency.pk] == frozenset({Lack.OFFICER, Lack.LEADER, Lack.COUNTER})


def test_what_waits_for_the_applicant_or_is_decided_is_held_up_by_nothing() -> None:
    nothing = {state for state in State if not holding_up(state, ALL)}
    assert nothing == {
        State.SUPPLEMENT_REQUESTED, State.PAYMENT_REQUIRED, State.ISSUED, State.IN_TRANSFER_TO_COUNTER, State.READY_FOR_COLLECTION,
        State.CLOSED, State.REFUSED, State.WITHDRAWN, State.STOPPED,
    }  # fmt: skip
    assert holding_up(State.AWAITING_SIGNATURE, frozenset({Lack.OFFICER, Lack.CLERK})) == frozenset()


@pytest.mark.parametrize("channel", [Channel.DIRECT, Channel.ONLINE])
def test_an_agency_without_a_clerk_at_its_counter_is_given_nothing(agency: Agency, supervisor: User, channel: str) -> None:
    staff(Role.OFFICER, agency), staff(Role.LEADER, agency)

    dossier = routed(filed(channel=channel).dossier)

    assert (dossier.routing, whys(dossier)) == ("unstaffed", ["agency", "unstaffed"])
    client = Client()
    client.force_login(supervisor)
    assert "quầy tiếp nhận chưa có cán bộ" in text_of(client.get("/giam-sat/chua-ro-tham-quyen/"))

    assert agency.reception_office is not None
    staff(Role.CLERK, agency.reception_office)
    assert (looked(), looked()) == (Watched(back=1), Watched())
    dossier.refresh_from_db()
    assert (dossier.routing, dossier.state) == ("routed", "in_transfer_to_agency" if channel == Channel.DIRECT else "awaiting_reception")
    assert whys(dossier) == ["agency", "unstaffed", "restaffed"]


def test_a_running_dossier_leaves_with_the_last_officer_and_comes_back_where_it_stood(agency: Agency, supervisor: User) -> None:
    officer, leader = staffed(agency)
    dossier = in_hand(routed(filed().dossier), officer, agency)
    steps = dossier.events.count()
    leaves(officer)

    assert (looked(), looked()) == (Watched(left=1, told=1), Watched())

    dossier.refresh_from_db()
    assert (dossier.routing, dossier.state, dossier.assigned_to_id, dossier.events.count()) == ("unstaffed", "assigned", officer.pk, steps)
    assert "chưa có cán bộ thụ lý" in dossier.route_decisions.order_by("-pk")[0].reasons[0]["text"]
    assert not queries.of_agency(who(leader)).exists()
    assert not queries.queue(who(leader)).exists()
    assert queries.unrouted(who(supervisor)).get() == dossier

    staff(Role.OFFICER, agency)
    assert (looked(), looked()) == (Watched(back=1), Watched())
    dossier.refresh_from_db()
    assert (dossier.routing, dossier.state, dossier.due_at is not None) == ("routed", "assigned", True)
    assert queries.of_agency(who(leader)).get() == dossier


def test_who_is_away_does_not_count_but_a_deputy_does(agency: Agency) -> None:
    officer, leader = staffed(agency)
    routed(filed().dossier)
    deputy = staff(Role.OFFICER, agency)
    by = By(leader, MONDAY, agency=agency)
    enter_absence(Leave(officer, agency, TODAY, TODAY + timedelta(days=3), deputy), by=by)
    assert looked() == Watched()

    absence = enter_absence(Leave(deputy, agency, TODAY, TODAY), by=by)
    assert (looked().left, looked(LATER + timedelta(days=1)).back) == (1, 1)
    assert looked().left == 1  # the clock of the test went back to the day of the absence
    call_off(absence, by=by)
    assert looked().back == 1


def test_an_approver_who_is_away_holds_up_what_is_to_be_signed(agency: Agency) -> None:
    officer, leader = staffed(agency)
    dossier = routed(filed().dossier)
    with pytest.raises(NotAway):
        enter_absence(Leave(leader, agency, TODAY, TODAY, officer), by=By(leader, MONDAY, agency=agency))
    enter_absence(Leave(leader, agency, TODAY, TODAY), by=By(leader, MONDAY, agency=agency))

    assert looked().left == 1

    dossier.refresh_from_db()
    assert "chưa có lãnh đạo ký duyệt" in dossier.route_decisions.order_by("-pk")[0].reasons[0]["text"]


def test_the_inbox_of_a_counter_without_clerk_waits_for_the_supervisor(agency: Agency) -> None:
    staffed(agency)
    dossier = routed(filed(channel=Channel.ONLINE).dossier)
    clerk = Membership.objects.get(office=agency.reception_office, role=Role.CLERK).user
    due = dossier.answer_due_at
    leaves(clerk)

    assert looked().left == 1

    back = staff(Role.CLERK, agency.reception_office)
    assert not queries.to_receive(who(back)).exists()
    assert looked().back == 1
    dossier.refresh_from_db()
    assert (dossier.state, dossier.answer_due_at) == ("awaiting_reception", due)
    assert queries.to_receive(who(back)).get() == dossier


def test_the_supervisor_can_give_it_to_another_agency_whose_queue_it_enters(agency: Agency, supervisor: User) -> None:
    officer, _leader = staffed(agency)
    dossier = in_hand(routed(filed().dossier), officer, agency)
    leaves(officer)
    looked()
    other = committee("00008")
    staffed(other)

    by = By(supervisor, LATER, office=centre("01"))
    assert decide_route(dossier, agency=agency, by=by, note="Chờ cán bộ mới nhận việc.") == "unstaffed"
    assert decide_route(dossier, agency=other, by=by, note="Phường bên nhận giúp theo ủy quyền.") == "routed"

    dossier.refresh_from_db()
    assert (dossier.agency, dossier.state, dossier.assigned_to) == (other, "in_transfer_to_agency", None)
    assert (Event.objects.filter(dossier=dossier).order_by("-seq")[0].verb, looked()) == ("reroute", Watched())
    assert dossier.documents.filter(kind="control_sheet").count() == 2


def test_supervisors_are_told_once_a_day_and_operators_where_nobody_has_an_address(
    agency: Agency, supervisor: User, settings: object
) -> None:
    settings.OPERATORS = ["truc@motcua.example"]  # type: ignore[attr-defined]
    routed(filed().dossier)
    for at in (MONDAY, LATER, MONDAY + timedelta(days=1)):
        looked(at)

    told = Notification.objects.filter(template="unstaffed").order_by("pk")
    assert list(told.values_list("recipient", flat=True)) == [supervisor.email] * 2
    assert agency.name in told[0].text
    assert "Số hồ sơ đang chờ ông/bà quyết định: 1" in told[0].text
    assert OutboxMessage.objects.filter(stream="notify", kind="unstaffed").count() == 2

    User.objects.filter(pk=supervisor.pk).update(email="")
    looked(MONDAY + timedelta(days=2))
    assert Notification.objects.filter(template="unstaffed").order_by("-pk")[0].recipient == "truc@motcua.example"


def test_the_look_costs_the_same_for_many_agencies_and_the_task_runs_it(agency: Agency, django_assert_max_num_queries: object) -> None:
    for code in ("00004", "00008", "00025"):
        staffed(committee(code))
    routed(filed().dossier)
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        assert watch_staffing(at=LATER) == Watched()
    assert watch_people() == 0


def test_the_queue_of_the_supervisor_asks_once_what_agencies_lack(supervisor: User) -> None:
    desk = desk_of(supervisor)
    routed(filed().dossier)
    few = queries_of(desk, "/giam-sat/chua-ro-tham-quyen/")
    for _ in range(4):
        routed(filed().dossier)
    assert queries_of(desk, "/giam-sat/chua-ro-tham-quyen/") == few
