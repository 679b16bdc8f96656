"""Any agency of a kind may decide: work is shared by load, what lies there stays, and a detour is not repeated."""

from collections import Counter
from datetime import datetime, time, timedelta

import pytest

from dossiers.actions.not_competent import Return, return_not_competent
from dossiers.actions.recheck import recheck
from dossiers.actions.reroute import start_rerouting
from dossiers.actions.route_many import route_many
from dossiers.actions.transition import By
from dossiers.models import Detour, Dossier
from dossiers.rerouting import MOVED, UNCHANGED, outlooks, selected
from dossiers.work import route_batch
from portal.accounts.models import Membership
from portal.agencies.models import Agency
from portal.core.clock import LOCAL, technical_now
from portal.core.db import acting_as
from portal.outbox.actions import claim
from procedures.competence_check import Outcome
from procedures.queries.completeness import Scope, check_completeness
from tests.dossiers.routing.test_rerouting import LATER, REASON, finished, outcomes, supervisor, wanted
from tests.factories import MARITAL_STATUS, committee, commune, filed, routed, staffed, who, working
from tests.procedures.registry import SOON, procedure, published, rule_input, rule_of

pytestmark = pytest.mark.django_db
POOL = "test_pool"
NOON = datetime.combine(SOON, time(10), LOCAL)


@pytest.fixture
def pool() -> list[Agency]:
    """Three agencies of a kind of their own, one of which can work on twice as much; from SOON on any of them decides."""
    agencies = [committee("00008"), committee("00025"), committee("26740")]
    for number, agency in enumerate(agencies):
        Agency.objects.filter(pk=agency.pk).update(kind=POOL, capacity=2 if number == 0 else 1)
        staffed(agency)
    new = rule_input("pooled", agency_kind=POOL, place_fact="", procedure=procedure(MARITAL_STATUS))
    published({"action": "replace", "target": rule_of(MARITAL_STATUS), "rule": new})
    return list(Agency.objects.filter(kind=POOL).order_by("pk"))


def moved(count: int) -> list[Dossier]:
    staffed(committee())
    return [routed(filed().dossier) for _number in range(count)]


def test_many_again_are_shared_by_load_and_capacity(pool: list[Agency]) -> None:
    dossiers = moved(8)

    looked = outlooks(list(selected(wanted()).select_related("agency", "version")), SOON)
    run = finished(start_rerouting(wanted(), reason=REASON, by=supervisor(), on=SOON))

    assert Counter(each.to_id for each in looked) == {pool[0].pk: 4, pool[1].pk: 2, pool[2].pk: 2}
    assert set(outcomes(run).values()) == {(MOVED, "")}
    for dossier in dossiers:
        dossier.refresh_from_db()
    assert Counter(dossier.agency_id for dossier in dossiers) == {pool[0].pk: 4, pool[1].pk: 2, pool[2].pk: 2}
    again = finished(start_rerouting(wanted(), reason=REASON, by=supervisor(), on=SOON))
    assert set(outcomes(again).values()) == {(UNCHANGED, "")}  # all lie with the pool, whoever has the most now


def test_a_batch_leaves_pools_to_one_by_one_which_shares_them(pool: list[Agency]) -> None:
    keys = [filed(at=NOON).dossier.pk for _number in range(4)]
    with working():
        assert route_many(keys, at=NOON) == set()
        assert len(route_batch(claim("route", now=technical_now()))) == 4

    assert Counter(Dossier.objects.filter(pk__in=keys).values_list("agency", flat=True)) == {
        pool[0].pk: 2, pool[1].pk: 1, pool[2].pk: 1,
    }  # fmt: skip


def test_on_the_day_of_acceptance_a_member_of_the_pool_keeps_it(pool: list[Agency]) -> None:
    dossier = routed(filed(at=NOON, channel="online").dossier, NOON)
    first = dossier.agency
    assert (dossier.state, first in pool) == ("awaiting_reception", True)
    assert first is not None
    Agency.objects.filter(pk=first.pk).update(capacity=1)
    Agency.objects.filter(kind=POOL).exclude(pk=first.pk).update(capacity=1000)  # the others are freer now

    dossier.refresh_from_db()
    with working():
        assert recheck(dossier, by=By(None, NOON + timedelta(days=1))) is None
    assert dossier.agency == first


def test_completeness_looks_for_people_at_every_member_of_a_pool(pool: list[Agency]) -> None:
    before = check_completeness(SOON, Scope(MARITAL_STATUS))
    Membership.objects.filter(agency=pool[2]).update(valid_to=SOON - timedelta(days=1))

    found = check_completeness(SOON, Scope(MARITAL_STATUS))

    assert (before.outcomes[Outcome.AGENCY], before.unstaffed_agencies) == (3321, 0)
    assert [(row.kind, [each.name for each in row.agencies]) for row in found.unstaffed] == [(POOL, [pool[2].name])]


def test_nothing_goes_back_to_an_agency_that_returned_it() -> None:
    (officer, _leader), right = staffed(committee()), committee("00008")
    staffed(right)
    dossier = routed(filed().dossier)
    with acting_as(who(officer).scope):
        said = Return("place", "Người yêu cầu đã chuyển nơi cư trú.", place=commune("00008"))
        return_not_competent(dossier, said, by=By(officer, LATER, agency=committee()), expected_version=dossier.state_version)
    dossier.refresh_from_db()
    assert (dossier.agency, Detour.objects.get().agency) == (right, committee())
    fixed = rule_input("fixed_agency", agency_kind="", place_fact="", agency=committee(), procedure=procedure(MARITAL_STATUS))
    published({"action": "replace", "target": rule_of(MARITAL_STATUS), "rule": fixed})

    run = finished(start_rerouting(wanted(), reason=REASON, by=supervisor(), on=SOON))

    assert outcomes(run) == {dossier.code: ("refused", "nobody")}
    dossier.refresh_from_db()
    assert dossier.agency == right
