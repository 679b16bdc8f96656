"""Many dossiers after a rule change: preview, batches with a result each, and the way back."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from counters.rerouting import Flow, preview_of
from dossiers.actions.decide import claim
from dossiers.actions.inherit import hand_on_due
from dossiers.actions.reroute import advance, start_rerouting, start_undo
from dossiers.actions.transition import By
from dossiers.models import Dossier, ReroutingItem, ReroutingRun
from dossiers.rerouting import Selection, facts_again, outlooks, selected, touched_by
from portal.accounts.models import Membership, Role
from portal.agencies.models import Agency
from portal.core.clock import LOCAL
from portal.core.errors import DomainError
from portal.outbox.models import OutboxMessage
from procedures.queries.held import held
from tests.factories import (
    MARITAL_STATUS,
    MONDAY,
    address,
    centre,
    committee,
    commune,
    decided,
    filed,
    marital_answers,
    routed,
    staff,
    staffed,
    working,
)
from tests.factories.reorganisations import DAY, approved, merger
from tests.procedures.registry import SOON, in_review, procedure, published, rule_input, rule_of

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=30)
REASON = "Quyết định 12/QĐ-UBND đổi thẩm quyền."


def police() -> Agency:
    return Agency.objects.get(kind="commune_police", unit=commune())


@pytest.fixture
def world() -> dict[str, Dossier]:
    officer, leader = staffed(committee())
    staffed(police())
    dossiers = {name: routed(filed().dossier) for name in ("queued", "claimed", "signed", "touched")}
    claim(dossiers["claimed"], by=By(officer, MONDAY, agency=committee()))
    decided(dossiers["signed"], officer, leader)
    new = rule_input(procedure=procedure(MARITAL_STATUS), agency_kind="commune_police")
    published({"action": "replace", "target": rule_of(MARITAL_STATUS), "rule": new})
    return dossiers


def wanted(**more: object) -> Selection:
    return Selection(procedure=procedure(MARITAL_STATUS).pk, provinces=(centre().province_id or 0,), **more)  # type: ignore[arg-type]


def supervisor() -> By:
    return By(staff(Role.SUPERVISOR, centre()), LATER, office=centre())


def outcomes(run: ReroutingRun) -> dict[str, tuple[str, str]]:
    return {item.dossier.code: (item.outcome, item.code) for item in run.items.select_related("dossier")}


def finished(run: ReroutingRun) -> ReroutingRun:
    while advance(run.pk, at=LATER):
        pass
    run.refresh_from_db()
    return run


def test_moved_with_a_result_each_and_taken_back_where_nobody_worked(world: dict[str, Dossier]) -> None:
    promised = {name: dossier.due_at for name, dossier in world.items()}
    run = finished(start_rerouting(wanted(), reason=REASON, by=supervisor(), on=SOON))

    assert (run.state, run.total, run.done) == ("done", 3, 3)
    assert set(outcomes(run).values()) == {("moved", "")}
    assert world["signed"].code not in outcomes(run)  # decided: nothing to move
    for name in ("queued", "claimed", "touched"):
        world[name].refresh_from_db()
        moved = world[name]
        assert (moved.agency, moved.state, moved.assigned_to, moved.due_at) == (police(), "in_transfer_to_agency", None, promised[name])
        last = moved.route_decisions.order_by("-pk")[:1].get()
        assert (last.outcome, last.note, last.record["agency"]["name"]) == ("rerouted", REASON, police().name)
    again = finished(start_rerouting(wanted(), reason=REASON, by=supervisor(), on=SOON))
    assert set(outcomes(again).values()) == {("unchanged", "")}

    officer, _ = staffed(police())
    claim(world["touched"], by=By(officer, LATER, agency=police()))
    undo = finished(start_undo(run, reason=REASON, by=supervisor(), on=SOON))

    assert outcomes(undo) == {
        world["queued"].code: ("moved", ""),
        world["claimed"].code: ("moved", ""),
        world["touched"].code: ("refused", "touched"),
    }
    world["queued"].refresh_from_db()
    assert (world["queued"].agency, world["queued"].due_at) == (committee(), promised["queued"])
    with pytest.raises(DomainError):
        start_undo(run, reason=REASON, by=supervisor(), on=SOON)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReroutingItem.objects.update(why="x")


def test_the_place_of_filing_is_followed_through_a_merger_too() -> None:
    merger(DAY)
    recorded = {"on": MONDAY.date().isoformat(), "places": {}, "filed_in": {"province": "01", "commune": "00004"}}

    facts = facts_again(recorded, held(), DAY)

    assert (facts.filing_province_code, facts.filing_commune_code) == ("01", "90001")


def test_a_set_touches_what_a_rule_was_for_and_what_it_is_for_now() -> None:
    other = procedure("2.000815")
    new = rule_input(procedure=other, agency_kind="commune_police", rank=1)
    made = in_review({"action": "replace", "target": rule_of(MARITAL_STATUS), "rule": new})

    assert {other.pk, procedure(MARITAL_STATUS).pk} <= set(touched_by(made.pk))


def test_a_selection_is_limited_and_must_say_something() -> None:
    with pytest.raises(DomainError):
        start_rerouting(Selection(), reason=REASON, by=supervisor(), on=SOON)
    staffed(committee())
    routed(filed().dossier)
    assert selected(wanted()).count() == 1
    assert selected(Selection(procedure=procedure(MARITAL_STATUS).pk, provinces=(centre("92").province_id or 0,))).count() == 0
    assert selected(wanted(state="work")).count() == 0


def test_refused_with_its_reason(world: dict[str, Dossier]) -> None:
    Agency.objects.filter(pk=police().pk).update(reception_office=police().reception_office)
    Membership.objects.filter(agency=police()).update(valid_to=MONDAY.date())
    run = finished(start_rerouting(wanted(), reason=REASON, by=supervisor(), on=SOON))
    assert set(outcomes(run).values()) == {("refused", "unstaffed")}


def test_only_a_finished_run_is_taken_back_and_only_to_an_agency_that_can_work(world: dict[str, Dossier]) -> None:
    run = start_rerouting(wanted(), reason=REASON, by=supervisor(), on=SOON)
    with pytest.raises(DomainError):
        start_undo(run, reason=REASON, by=supervisor(), on=SOON)  # still waiting
    finished(run)
    with pytest.raises(DomainError):
        start_undo(run, reason="x", by=supervisor(), on=SOON)
    Membership.objects.filter(agency=committee()).update(valid_to=MONDAY.date())

    undo = finished(start_undo(run, reason=REASON, by=supervisor(), on=SOON))

    assert set(outcomes(undo).values()) == {("refused", "unstaffed")}
    with pytest.raises(DomainError):
        start_undo(undo, reason=REASON, by=supervisor(), on=SOON)  # a way back has no way back
    for dossier in world.values():
        dossier.refresh_from_db()
    assert world["queued"].agency == police()


def test_what_no_agency_had_before_has_no_home_to_go_back_to() -> None:
    staffed(police())
    dossier = routed(filed(answers=marital_answers(address("99999"))).dossier)
    assert (dossier.agency, dossier.routing) == (None, "none")
    fixed = rule_input("fixed_agency", agency_kind="", place_fact="", agency=police(), procedure=procedure(MARITAL_STATUS))
    published({"action": "replace", "target": rule_of(MARITAL_STATUS), "rule": fixed})
    run = finished(start_rerouting(wanted(), reason=REASON, by=supervisor(), on=SOON))
    assert outcomes(run) == {dossier.code: ("moved", "")}

    undo = finished(start_undo(run, reason=REASON, by=supervisor(), on=SOON))

    assert outcomes(undo) == {dossier.code: ("refused", "homeless")}
    dossier.refresh_from_db()
    assert dossier.agency == police()


def fixed_at(agency: Agency) -> None:
    """From SOON on one far-away agency decides."""
    fixed = rule_input("fixed_agency", agency_kind="", place_fact="", agency=agency, procedure=procedure(MARITAL_STATUS))
    published({"action": "replace", "target": rule_of(MARITAL_STATUS), "rule": fixed})


def taken_back_after(dossier: Dossier) -> tuple[tuple[str, str], Agency | None]:
    """The result of moving the dossier on SOON and taking the run back on DAY, and where the dossier is then."""
    run = finished(start_rerouting(wanted(), reason=REASON, by=supervisor(), on=SOON))
    assert outcomes(run) == {dossier.code: ("moved", "")}
    undo = finished(start_undo(run, reason=REASON, by=supervisor(), on=DAY))
    dossier.refresh_from_db()
    return outcomes(undo)[dossier.code], dossier.agency


def test_a_home_that_was_merged_since_has_one_successor_which_takes_it_back() -> None:
    staffed(committee())
    staffed(committee("26740"))
    dossier = routed(filed().dossier)
    fixed_at(committee("26740"))
    merger(DAY)

    assert taken_back_after(dossier) == (("moved", ""), Agency.objects.on(DAY).get(kind="commune_committee", unit__code="90001"))


def test_a_home_that_was_divided_since_has_no_single_successor_and_the_result_says_so() -> None:
    staffed(committee())
    staffed(committee("26740"))
    dossier = routed(filed().dossier)
    fixed_at(committee("26740"))
    approved("split", ("00004", "90002", "Phường Ba Đình Đông", "phường"), ("00004", "90003", "Phường Ba Đình Tây", "phường"))

    assert taken_back_after(dossier) == (("refused", "gone"), committee("26740"))
    assert "không còn" in ReroutingItem.objects.get(run__undo_of__isnull=False).why


def test_taken_back_the_dossier_has_the_place_that_decided_before_and_waits_for_an_officer() -> None:
    officer, _ = staffed(committee())
    staffed(police())
    dossier = routed(filed().dossier)
    claim(dossier, by=By(officer, MONDAY, agency=committee()))
    merger(DAY)
    with working():
        hand_on_due(at=datetime(2027, 1, 1, tzinfo=LOCAL))
    day = DAY + timedelta(days=9)
    new = rule_input(procedure=procedure(MARITAL_STATUS), agency_kind="commune_police")
    published({"action": "replace", "target": rule_of(MARITAL_STATUS), "rule": new}, effective_from=day)
    for _again in range(2):
        run = finished(start_rerouting(wanted(), reason=REASON, by=supervisor(), on=day))
        dossier.refresh_from_db()
        assert (dossier.agency.kind, dossier.place.code) == ("commune_police", "90001")  # type: ignore[union-attr]

        undo = finished(start_undo(run, reason=REASON, by=supervisor(), on=day))

        assert outcomes(undo) == {dossier.code: ("moved", "")}
        dossier.refresh_from_db()
        assert dossier.agency == Agency.objects.on(day).get(kind="commune_committee", unit__code="90001")
        assert (dossier.place, dossier.assigned_to) == (commune(), None)


def test_as_many_queries_for_many_as_for_one(world: dict[str, Dossier]) -> None:
    dossiers = list(selected(wanted()).select_related("agency", "version"))
    outlooks(dossiers, SOON)
    with CaptureQueriesContext(connection) as one:
        outlooks(dossiers[:1], SOON)
    with CaptureQueriesContext(connection) as all_of_them:
        outlooks(dossiers * 10, SOON)
    assert len(one) == len(all_of_them) <= 5


def test_the_preview_counts_the_whole_selection_part_by_part(world: dict[str, Dossier], monkeypatch: pytest.MonkeyPatch) -> None:
    unstaffed = [routed(filed(answers=marital_answers(address("26740"))).dossier) for _ in range(2)]
    country = Selection(procedure=procedure(MARITAL_STATUS).pk)
    preview_of(country, SOON)  # the registry is in memory
    with CaptureQueriesContext(connection) as in_one_part:
        whole = preview_of(country, SOON)
    monkeypatch.setattr("counters.rerouting.PART", 2)
    monkeypatch.setattr("counters.rerouting.SHOWN", 2)

    with CaptureQueriesContext(connection) as in_three_parts:
        seen = preview_of(country, SOON)

    assert (seen.total, dict(seen.counts)) == (5, {"moved": 3, "refused": 2, "unchanged": 0})
    assert seen.counts == whole.counts
    assert seen.flows == whole.flows == (Flow(committee().name, police().name, 3),)
    assert [row.outcome for row in seen.rows] == ["moved", "moved"]
    assert {row.code for row in whole.rows} == {world[name].code for name in ("queued", "claimed", "touched")} | {
        each.code for each in unstaffed
    }
    assert (len(in_one_part), len(in_three_parts)) == (3 + 5, 3 + 3 * 5)


def test_the_page_shows_the_totals_of_the_whole_selection_by_agencies(world: dict[str, Dossier], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counters.views.rerouting.business_today", lambda: SOON)
    client = Client()
    client.force_login(supervisor().user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]

    page = client.get("/giam-sat/dinh-tuyen-lai/", {"procedure": MARITAL_STATUS, "state": ""}).content.decode()

    assert "<strong>3 sẽ chuyển</strong>, 0 giữ nguyên, 0 không chuyển được" in page
    assert (
        f'<tr><td data-th="Hiện ở">{committee().name}</td><td data-th="Sẽ là"><strong>{police().name}</strong></td>'
        '<td data-th="Số hồ sơ">3</td></tr>'
    ) in page


def test_a_run_takes_no_more_than_its_preview_can_look_at(world: dict[str, Dossier], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dossiers.rerouting.MOST_AT_ONCE", 2)

    assert "2" in preview_of(wanted(), SOON).refused
    with pytest.raises(DomainError, match="2"):
        start_rerouting(wanted(), reason=REASON, by=supervisor(), on=SOON)
    client = Client()
    client.force_login(supervisor().user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    page = client.get("/giam-sat/dinh-tuyen-lai/", {"procedure": MARITAL_STATUS, "state": ""}).content.decode()
    assert "tối đa 2 hồ sơ" in page
    assert 'name="reason"' not in page


def test_the_pages_preview_execute_follow_and_take_back(world: dict[str, Dossier]) -> None:
    client = Client()
    client.force_login(supervisor().user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    page = "/giam-sat/dinh-tuyen-lai/"
    assert client.get(page).status_code == 200
    preview = client.get(page, {"procedure": MARITAL_STATUS, "state": ""}).content.decode()
    assert world["queued"].code in preview
    assert client.get(page, {"procedure": "9.999999", "state": ""}).status_code == 200
    assert not ReroutingRun.objects.exists()
    assert client.post(page, {"procedure": MARITAL_STATUS, "state": "", "reason": ""}).status_code == 422
    done = client.post(page, {"procedure": MARITAL_STATUS, "state": "", "reason": REASON})
    run = ReroutingRun.objects.get()
    assert done.headers["Location"] == f"{page}{run.pk}/"
    assert OutboxMessage.objects.filter(kind="rerouting", subject_id=run.pk).count() == 1
    finished(run)
    assert world["queued"].code in client.get(f"{page}{run.pk}/").content.decode()
    assert client.get(f"{page}{run.pk}/?loc=da-chuyen").status_code == 200
    assert client.post(f"{page}{run.pk}/hoan-tac/", {"reason": "x"}).status_code == 422
    assert client.post(f"{page}{run.pk}/hoan-tac/", {"reason": REASON}).status_code == 302
