"""Not our competence: the register names the next agency, two hops end at a supervisor, the time is the administration's."""

from datetime import datetime, time, timedelta

import pytest
from django.db import DatabaseError, transaction

from counters.agencychoice import agency_choices
from dossiers.actions.detours import arrived_at
from dossiers.actions.inherit import hand_on_due
from dossiers.actions.not_competent import OwnArea, Return, return_not_competent
from dossiers.actions.route import decide_route
from dossiers.actions.transition import By, StepNotPossible, locked, transition
from dossiers.detours import detours_of
from dossiers.history import timeline
from dossiers.lifecycle import Verb
from dossiers.models import Detour, Dossier, RouteDecision
from dossiers.routerecord import person_record
from portal.accounts.models import Role, User
from portal.agencies.models import Agency
from portal.core.clock import LOCAL
from portal.core.db import acting_as
from tests.factories import (
    MARITAL_STATUS,
    MONDAY,
    address,
    centre,
    committee,
    commune,
    filed,
    marital_answers,
    routed,
    staff,
    staffed,
    who,
    working,
)
from tests.factories.reorganisations import DAY, merger
from tests.procedures.registry import SOON, procedure, published, rule_input, rule_of

pytestmark = pytest.mark.django_db
REASON = "Người yêu cầu đã chuyển nơi cư trú."
NOON = datetime.combine(SOON, time(10), LOCAL)
LATER = 24 * 30  # hours after MONDAY: the day after SOON


def returned(dossier: Dossier, officer: User, said: Return, hours: int) -> Dossier:
    dossier.refresh_from_db()
    with acting_as(who(officer).scope):
        return_not_competent(
            dossier,
            said,
            by=By(officer, MONDAY + timedelta(hours=hours), agency=dossier.agency),
            expected_version=dossier.state_version,
        )
    dossier.refresh_from_db()
    return dossier


def test_the_right_place_sends_it_on_at_once_and_the_time_is_kept() -> None:
    (officer, _), right = staffed(committee()), committee("00008")
    staffed(right)
    dossier = routed(filed().dossier)
    promised = dossier.due_at

    dossier = returned(dossier, officer, Return("place", REASON, place=commune("00008")), hours=2)

    assert (dossier.state, dossier.routing, dossier.agency, dossier.due_at) == ("in_transfer_to_agency", "routed", right, promised)
    detour = Detour.objects.get()
    assert (detour.agency, detour.next_agency, detour.charged_minutes, detour.reason_code) == (committee(), right, 120, "place")
    shown = detours_of(dossier, MONDAY + timedelta(days=3))
    assert shown is not None
    assert (len(shown.lines), shown.lines[0].is_open) == (1, False)
    sentence = timeline(dossier)[-2].text
    assert right.name in sentence
    assert REASON not in sentence  # the citizen reads one plain sentence, the agency the reason
    assert REASON in str([line.text for line in timeline(dossier, internal=True)]) or REASON in detour.reason
    decision = dossier.route_decisions.order_by("-pk")[:1].get()
    assert decision.record["places"]["residence"]["settled_by"] == "corrected"
    with pytest.raises(DatabaseError, match="rewritten"), transaction.atomic():
        Detour.objects.update(reason="x")


def test_after_the_second_return_a_supervisor_decides_whatever_the_register_says() -> None:
    (officer, _), second, third = staffed(committee()), committee("00008"), committee("00025")
    (second_officer, _), _third = staffed(second), staffed(third)
    dossier = routed(filed().dossier)
    returned(dossier, officer, Return("place", REASON, place=commune("00008")), hours=1)
    dossier = returned(dossier, second_officer, Return("place", REASON, place=commune("00025"), proposal=third), hours=3)

    assert (dossier.state, dossier.routing, dossier.hops) == ("accepted", "several", 2)
    supervisor = staff(Role.SUPERVISOR, centre())
    decide_route(dossier, agency=third, by=By(supervisor, MONDAY + timedelta(hours=6), office=centre()), note="Theo nơi cư trú mới.")
    dossier.refresh_from_db()
    assert dossier.agency == third
    assert list(Detour.objects.order_by("number").values_list("agency", "next_agency")) == [
        (committee().pk, second.pk),
        (second.pk, third.pk),
    ]
    assert all(minutes is not None for minutes in Detour.objects.values_list("charged_minutes", flat=True))


def test_without_another_agency_a_supervisor_decides_and_an_own_place_is_refused() -> None:
    officer, _ = staffed(committee())
    dossier = routed(filed().dossier)
    with pytest.raises(OwnArea):
        returned(dossier, officer, Return("place", REASON, place=commune()), hours=1)
    dossier = returned(dossier, officer, Return("level", REASON), hours=1)
    assert (dossier.routing, dossier.detours.get().ended_at) == ("none", None)
    with pytest.raises(StepNotPossible):
        returned(dossier, officer, Return("level", REASON), hours=2)


@pytest.fixture
def next_rank() -> Agency:
    """From SOON on, where no residence is known, this agency decides."""
    other = committee("00008")
    staffed(other)
    reserve = rule_input("fixed_agency", agency_kind="", place_fact="", agency=other, procedure=procedure(MARITAL_STATUS), rank=110)
    published({"action": "add", "rule": reserve})
    return other


def test_a_lower_rank_never_steps_in_because_the_first_agency_does_not_count(next_rank: Agency) -> None:
    officer, _ = staffed(committee())
    dossier = routed(filed(at=NOON).dossier, NOON)
    assert dossier.agency == committee()

    dossier = returned(dossier, officer, Return("field", REASON, proposal=committee("00025")), hours=LATER)

    assert (dossier.state, dossier.routing, dossier.detours.get().ended_at) == ("accepted", "several", None)
    last = dossier.route_decisions.order_by("-pk")[:1].get()
    assert (last.outcome, last.agency, last.candidates) == ("several", None, [next_rank.pk])
    assert [each.pk for each in agency_choices(dossier, "", SOON)] == [next_rank.pk, committee("00025").pk, committee().pk]
    assert "cơ quan nhà nước đang xác định" in timeline(dossier)[-1].text


def test_an_agency_that_is_proposed_and_named_by_another_rule_gets_it_at_once(next_rank: Agency) -> None:
    officer, _ = staffed(committee())
    dossier = routed(filed(at=NOON).dossier, NOON)

    dossier = returned(dossier, officer, Return("register", REASON, proposal=next_rank), hours=LATER)

    assert (dossier.state, dossier.routing, dossier.agency) == ("in_transfer_to_agency", "routed", next_rank)


def test_another_of_the_same_pool_gets_it_at_once_unless_a_person_had_named_the_first() -> None:
    pool = [committee("00008"), committee("00025")]
    officers = {}
    for agency in pool:
        Agency.objects.filter(pk=agency.pk).update(kind="test_pool", capacity=1)
        officers[agency.pk], _ = staffed(agency)
    shared = rule_input("pooled", agency_kind="test_pool", place_fact="", procedure=procedure(MARITAL_STATUS))
    published({"action": "replace", "target": rule_of(MARITAL_STATUS), "rule": shared})
    by_rule, by_person = (routed(filed(at=NOON).dossier, NOON) for _each in range(2))
    first, named = by_rule.agency, by_person.agency
    assert first is not None
    assert named is not None
    record = person_record(named, "", "")
    RouteDecision.objects.create(dossier=by_person, outcome="person", agency=named, record=record, at=NOON)

    by_rule = returned(by_rule, officers[first.pk], Return("field", REASON), hours=LATER)
    by_person = returned(by_person, officers[named.pk], Return("field", REASON), hours=LATER)

    (other,) = (each for each in pool if each.pk != first.pk)
    assert (by_rule.routing, by_rule.agency_id) == ("routed", other.pk)
    assert by_person.routing == "several"


def test_a_successor_answers_from_the_day_on_which_it_took_over_and_no_time_is_charged_twice() -> None:
    first, second = committee("00025"), committee()
    (officer, _), _second = staffed(first), staffed(second)
    dossier = routed(filed(answers=marital_answers(address("00025"))).dossier)
    dossier = returned(dossier, officer, Return("place", REASON, place=commune()), hours=2)
    assert dossier.agency == second
    merger(DAY)
    midnight = datetime(2027, 1, 1, tzinfo=LOCAL)
    with working():
        hand_on_due(at=midnight)
    dossier.refresh_from_db()
    successor, _ = staffed(Agency.objects.on(DAY).get(kind="commune_committee", unit__code="90001"))

    dossier = returned(dossier, successor, Return("level", REASON), hours=24 * 70)

    assert [(each.agency.name, each.arrived_at) for each in dossier.detours.order_by("number")] == [
        (first.name, dossier.accepted_at),
        ("UBND phường Ba Đình Mới, thành phố Hà Nội", midnight),
    ]


def test_a_replaced_counter_is_no_arrival_and_an_earlier_detour_is_not_counted_again() -> None:
    officer, _ = staffed(committee())
    dossier = routed(filed().dossier)
    came = arrived_at(dossier)
    with transaction.atomic():
        held = locked(dossier.pk)
        transition(held, Verb.INHERIT, By(None, MONDAY + timedelta(hours=5), agency=committee()))
    assert arrived_at(dossier) == came

    ended = MONDAY + timedelta(hours=6)
    Detour.objects.create(
        dossier=dossier, number=1, agency=committee("00008"), next_agency=committee(), reason_code="place", reason=REASON,
        arrived_at=came, returned_at=came, returned_by=officer, ended_at=ended, charged_minutes=360,
    )  # fmt: skip

    assert arrived_at(dossier) == ended
