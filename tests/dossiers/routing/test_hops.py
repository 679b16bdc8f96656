"""Not our competence: the register names the next agency, two hops end at a supervisor, the time is the administration's."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from dossiers.actions.not_competent import OwnArea, Return, return_not_competent
from dossiers.actions.route import decide_route
from dossiers.actions.transition import By, StepNotPossible
from dossiers.detours import detours_of
from dossiers.history import timeline
from dossiers.models import Detour, Dossier
from portal.accounts.models import Role, User
from portal.core.db import acting_as
from tests.factories import MONDAY, centre, committee, commune, filed, routed, staff, staffed, who

pytestmark = pytest.mark.django_db
REASON = "Người yêu cầu đã chuyển nơi cư trú."


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
