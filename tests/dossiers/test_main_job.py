"""The way of one dossier through the actions, from a counter in one province to an agency in another and back."""

from datetime import datetime

import pytest

from dossiers.actions.hand_back import Collector, NotHere, WrongCollector, arrive, call_result_to, hand_back
from dossiers.actions.transition import By
from dossiers.models import Dossier, Event
from portal.accounts.models import Role
from portal.core.clock import LOCAL
from portal.core.db import acting_as
from portal.outbox.models import OutboxMessage
from tests.factories import MONDAY, OWNER_ID, centre, committee, decided, filed, routed, staff, staffed, who

pytestmark = pytest.mark.django_db


def test_taking_it_at_a_counter_of_another_province_is_the_acceptance() -> None:
    dossier = filed().dossier

    assert (dossier.state, dossier.acceptance) == ("accepted", "counter")
    assert dossier.code == "H29-261102-0001"
    assert dossier.due_at == datetime(2026, 11, 5, 17, 0, tzinfo=LOCAL)
    assert dossier.first_due_at == dossier.due_at


def test_the_same_submit_token_files_once() -> None:
    clerk = staff(Role.CLERK, centre())
    first = filed(clerk)
    again = filed(clerk, submit_token=first.dossier.submit_token)

    assert not again.is_new
    assert (again.dossier.pk, again.secret) == (first.dossier.pk, first.secret)
    assert Dossier.objects.count() == 1


def test_the_router_hands_it_to_the_commune_of_residence_and_says_why() -> None:
    agency = committee()
    staffed(agency)
    dossier = routed(filed().dossier)

    assert (dossier.state, dossier.routing, dossier.agency) == ("in_transfer_to_agency", "routed", agency)
    decision = dossier.route_decisions.get()
    assert decision.outcome == "agency"
    assert decision.reasons[0]["code"] == "commune"
    assert decision.inputs["places"]["residence"]["commune"] == "00004"


def test_an_agency_without_people_is_an_alarm_and_not_a_queue() -> None:
    dossier = routed(filed().dossier)

    assert (dossier.state, dossier.routing) == ("accepted", "unstaffed")


def test_decided_in_one_province_and_handed_back_in_a_third() -> None:
    agency = committee()
    officer, leader = staffed(agency)
    dossier = routed(filed().dossier)
    decided(dossier, officer, leader)
    third = centre("48")
    clerk = staff(Role.CLERK, third)
    by = By(clerk, MONDAY, office=third)

    with acting_as(who(clerk).scope):
        call_result_to(dossier, by=by, office=third)
        dossier.refresh_from_db()
        if dossier.state == "in_transfer_to_counter":
            arrive(dossier, by=by)
        receipt = hand_back(dossier, by=by, collector=Collector("Nguyễn Thị Ước", OWNER_ID, identity_checked=True))

    dossier.refresh_from_db()
    assert (dossier.state, dossier.returning_office, receipt.kind) == ("closed", third, "handover_receipt")
    verbs = list(Event.objects.filter(dossier=dossier).order_by("seq").values_list("verb", flat=True))
    assert verbs[:5] == ["accept_at_counter", "hand_over", "claim", "propose", "sign"]
    assert verbs[-1] == "hand_back"
    national = OutboxMessage.objects.filter(stream="national", subject_id=dossier.pk).order_by("sequence")
    assert [message.sequence for message in national] == list(range(1, len(verbs) + 1))
    assert [message.payload["portal_state"] for message in national][-1] == 10


def test_a_stranger_and_another_counter_are_turned_away() -> None:
    agency = committee()
    officer, leader = staffed(agency)
    dossier = routed(filed().dossier)
    decided(dossier, officer, leader)
    here, elsewhere = centre("48"), centre("79")
    clerk, other = staff(Role.CLERK, here), staff(Role.CLERK, elsewhere)
    call_result_to(dossier, by=By(clerk, MONDAY, office=here), office=here)
    dossier.refresh_from_db()
    if dossier.state == "in_transfer_to_counter":
        arrive(dossier, by=By(clerk, MONDAY, office=here))

    with pytest.raises(WrongCollector):
        hand_back(dossier, by=By(clerk, MONDAY, office=here), collector=Collector("Lê Văn Lạ", "079090000001", identity_checked=True))
    with pytest.raises(NotHere):
        hand_back(dossier, by=By(other, MONDAY, office=elsewhere), collector=Collector("Nguyễn Thị Ước", OWNER_ID, identity_checked=True))
    dossier.refresh_from_db()
    assert dossier.state == "ready_for_collection"
