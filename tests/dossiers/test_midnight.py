"""Both sides of the midnight of a merger: filing, accepting, deciding, drafts, lists and posts."""

from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db.models import Count
from django.test import Client

from dossiers import queries
from dossiers.actions.decide import Proposal, claim, propose, sign
from dossiers.actions.inherit import hand_on_due
from dossiers.actions.recheck import Moved
from dossiers.actions.review import accept
from dossiers.actions.route import decide_route, preview
from dossiers.actions.transition import By
from dossiers.chains import verify
from dossiers.models import Dossier, PlaceFinding
from dossiers.placefacts import facts_for
from dossiers.views.applicant.outlook import office_for
from portal.accounts.identity import identity_of
from portal.accounts.models import Role, User
from portal.agencies.models import AdministrativeUnit, Agency, Office
from portal.core.clock import LOCAL
from portal.core.db import acting_as
from procedures.competence import Competent, Place
from procedures.models import Channel, CompetenceRule
from procedures.queries import current_version
from procedures.queries.trial import try_place
from tests.factories import (
    MARITAL_STATUS,
    MONDAY,
    address,
    centre,
    committee,
    decided,
    filed,
    marital_answers,
    routed,
    staff,
    staffed,
    working,
)
from tests.factories.reorganisations import DAY, approved, merger
from tests.procedures.registry import procedure, published, rule_input

pytestmark = pytest.mark.django_db
LAST_SECOND = datetime(2026, 12, 31, 23, 59, 59, tzinfo=LOCAL)
MIDNIGHT = datetime(2027, 1, 1, 0, 0, 0, tzinfo=LOCAL)
MORNING_AFTER = datetime(2027, 1, 4, 9, 0, tzinfo=LOCAL)
NEW = "UBND phường Ba Đình Mới, thành phố Hà Nội"


def handed_on(at: datetime = MIDNIGHT) -> int:
    with working():
        return hand_on_due(at=at).moved


def new_committee(name: str = NEW) -> Agency:
    return Agency.objects.select_related("reception_office").on(DAY).get(name=name)


def clerk_of(agency: Agency) -> By:
    assert agency.reception_office is not None
    return By(staff(Role.CLERK, agency.reception_office, since=date(2025, 7, 1)), MORNING_AFTER, office=agency.reception_office)


def accepted(dossier: Dossier, by: By, at: datetime) -> object:
    assert by.user is not None
    dossier.refresh_from_db()
    with acting_as(identity_of(by.user, at.astimezone(LOCAL).date()).scope):
        return accept(dossier, by=By(by.user, at, office=by.office), expected_version=dossier.state_version)


def test_the_same_filing_a_second_before_and_at_midnight() -> None:
    staffed(committee())
    merger()
    before = routed(filed(at=LAST_SECOND).dossier, at=LAST_SECOND)
    after = routed(filed(at=MIDNIGHT).dossier, at=MIDNIGHT)

    assert before.agency == committee()
    assert after.agency == new_committee()
    assert (before.state, after.state) == ("in_transfer_to_agency", "in_transfer_to_agency")
    assert [place["name"] for place in after.route_decisions.get().inputs["places"].values()] == ["Phường Ba Đình Mới, Thành phố Hà Nội"]


def test_what_was_accepted_before_midnight_and_routed_after_it_is_not_without_people() -> None:
    staffed(committee())
    merger()
    dossier = routed(filed(at=LAST_SECOND).dossier, at=MIDNIGHT)
    assert (dossier.routing, dossier.agency) == ("routed", committee())

    assert handed_on() == 1
    dossier.refresh_from_db()
    assert (dossier.routing, dossier.agency) == ("routed", new_committee())


def test_the_successor_has_the_queue_with_codes_and_dates_as_they_were() -> None:
    officer, leader = staffed(committee())
    waiting, assigned = (routed(filed().dossier) for _ in range(2))
    with acting_as(identity_of(officer, MONDAY.date()).scope):
        claim(assigned, by=By(officer, MONDAY, agency=committee()))
    merger()
    kept = [(each.code, each.due_at, each.first_due_at, each.state) for each in Dossier.objects.order_by("pk")]
    clock = [list(each.clock.values_list("seq", "kind", "at")) for each in (waiting, assigned)]

    # Nobody is locked out between midnight and the worker.
    who = identity_of(officer, DAY)
    assert set(queries.queue(who)) == set(queries.of_agency(who)) == {waiting, assigned}
    assert handed_on(LAST_SECOND) == 0
    assert handed_on() == 2
    assert handed_on() == handed_on(MORNING_AFTER) == 0

    assert [(each.code, each.due_at, each.first_due_at, each.state) for each in Dossier.objects.order_by("pk")] == kept
    assert [list(each.clock.values_list("seq", "kind", "at")) for each in (waiting, assigned)] == clock
    for dossier in (waiting, assigned):
        dossier.refresh_from_db()
        assert dossier.agency == new_committee()
        event = dossier.events.order_by("-seq")[:1].get()
        assert (event.verb, event.actor, event.from_state == event.to_state) == ("inherit", None, True)
        assert NEW in event.note
        assert dossier.events.filter(verb="inherit").count() == 1
        assert dossier.route_decisions.order_by("-pk")[:1].get().outcome == "inherited"
        assert not verify(dossier.code).broken
    assert set(queries.queue(identity_of(officer, DAY))) == {waiting, assigned}
    assert assigned.assigned_to == officer
    assert "Ba Đình Mới" in decided_after(waiting, officer, leader)


def decided_after(dossier: Dossier, officer: User, leader: User) -> str:
    """The officer and the leader of the predecessor finish it in the successor's name; returns the result."""
    agency = new_committee()
    with acting_as(identity_of(officer, MORNING_AFTER.date()).scope):
        claim(dossier, by=By(officer, MORNING_AFTER, agency=agency))
        dossier.refresh_from_db()
        kind = dossier.version.results.filter(outcome="grant").order_by("pk")[:1].get()
        proposal = Proposal(type=kind, summary="Cấp giấy xác nhận tình trạng hôn nhân cho bà Nguyễn Thị Ước.", serial="BA 123456")
        propose(dossier, by=By(officer, MORNING_AFTER, agency=agency), proposal=proposal, expected_version=dossier.state_version)
    dossier.refresh_from_db()
    with acting_as(identity_of(leader, MORNING_AFTER.date()).scope):
        signed = sign(dossier, by=By(leader, MORNING_AFTER, agency=agency), expected_version=dossier.state_version)
    assert signed.document is not None
    return signed.document.html


def test_filed_online_before_and_accepted_after() -> None:
    staffed(committee())
    merger()
    dossier = routed(filed(channel=Channel.ONLINE, at=LAST_SECOND).dossier, at=LAST_SECOND)
    assert (dossier.state, dossier.agency) == ("awaiting_reception", committee())
    # The worker has not come yet; the clerk sits at the successor's counter.
    by = clerk_of(new_committee())
    assert dossier in queries.to_receive(identity_of(by.user, DAY)) if by.user else False
    slip = accepted(dossier, by, MORNING_AFTER)

    assert not isinstance(slip, Moved)
    dossier = routed(dossier, at=MORNING_AFTER)
    assert (dossier.state, dossier.agency, dossier.code[:3]) == ("in_transfer_to_agency", new_committee(), "H29")
    verbs = list(dossier.events.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["file_online", "route_to_reception", "inherit", "accept", "hand_over"]


def test_a_draft_begun_before_is_filed_at_what_followed_the_counter() -> None:
    merger()
    old = committee().reception_office
    assert old is not None
    clerk = staff(Role.CLERK, old)

    before = filed(clerk, old, at=LAST_SECOND).dossier
    after = filed(clerk, old, at=MIDNIGHT).dossier

    office = new_committee().reception_office
    assert (before.receiving_office, after.receiving_office) == (old, office)
    assert office is not None
    assert before.code == f"{old.code}-261231-0001"
    assert after.code == f"{office.code}-270101-0001"
    assert set(queries.received_at(who := identity_of(clerk_of(new_committee()).user, DAY))) == {before, after}  # type: ignore[arg-type]
    assert who.offices[Role.CLERK][0] == office.pk


def test_the_centre_of_an_online_filing_is_that_of_the_day() -> None:
    approved("merger", ("01", "02", "Tỉnh Thăng Long", "tỉnh"), ("04", "02", "Tỉnh Thăng Long", "tỉnh"), level="province")
    version = filed().dossier.version
    case = version.cases.get(is_default=True)
    names = []
    for at in (LAST_SECOND, MIDNIGHT):
        on = at.astimezone(LOCAL).date()
        office = office_for(*preview(version, case, marital_answers(), office=None, on=on), on)
        assert office is not None
        names.append(office.name)
    assert names == ["Trung tâm Phục vụ hành chính công thành phố Hà Nội", "Trung tâm Phục vụ hành chính công tỉnh Thăng Long"]


def test_a_place_written_with_its_old_name_after_two_reforms() -> None:
    """Phường Phúc Xá of before July 2025, whose one successor was merged in 2027 and renamed in 2029."""
    former = AdministrativeUnit.objects.filter(level="commune", valid_to=date(2025, 6, 30), successions__successor__code="00004")
    old = former.annotate(heirs=Count("successions")).filter(heirs=1).order_by("code")[:1].get()
    merger()
    approved("rename", ("90001", "90002", "Phường Thăng Long", "phường"), day=date(2029, 1, 1), number="99/NQ")
    case = filed().dossier.case
    answers = marital_answers(address(old.code, since="1900-01-01"))

    names = []
    for day in (MONDAY.date(), DAY, date(2029, 1, 1)):
        place = facts_for(case, answers, office=None, on=day).places["residence"]
        assert isinstance(place, Place)
        names.append(place.name)

    assert names == [f"Phường {name}, Thành phố Hà Nội" for name in ("Ba Đình", "Ba Đình Mới", "Thăng Long")]


def test_a_division_goes_by_the_places_of_each_dossier_and_the_rest_to_a_person() -> None:
    officer, _leader = staffed(committee())
    undecided = routed(filed().dossier)
    with acting_as(identity_of(officer, MONDAY.date()).scope):
        claim(undecided, by=By(officer, MONDAY, agency=committee()))
    approved("split", ("00004", "90001", "Phường Trúc Bạch", "phường"), ("00004", "90002", "Phường Quán Thánh", "phường"))

    with working():
        result = hand_on_due(at=MIDNIGHT)

    assert (result.moved, result.to_person) == (0, 1)
    undecided.refresh_from_db()
    assert (undecided.routing, undecided.state) == ("several", "assigned")
    decision = undecided.route_decisions.order_by("-pk")[:1].get()
    first = new_committee("UBND phường Trúc Bạch, thành phố Hà Nội")
    assert first.pk in decision.candidates
    assert len(decision.candidates) == 2
    supervisor = By(staff(Role.SUPERVISOR, centre()), MORNING_AFTER, office=centre())
    decide_route(undecided, agency=first, by=supervisor, note="Thửa đất thuộc phường Trúc Bạch.")
    undecided.refresh_from_db()
    assert (undecided.routing, undecided.state, undecided.agency) == ("routed", "assigned", first)


def test_a_division_decided_by_the_place_of_each_dossier() -> None:
    """Who gave an old ward that lies wholly in one part is with that part's agency; the answer needs no person."""
    staffed(committee())
    former = AdministrativeUnit.objects.filter(level="commune", valid_to=date(2025, 6, 30), successions__successor__code="00004")
    old = former.annotate(heirs=Count("successions")).filter(heirs=1).order_by("code")[:1].get()
    dossier = routed(filed(answers=marital_answers(address(old.code, since="1900-01-01", successor="00004"))).dossier)
    approved("split", ("00004", "90001", "Phường Trúc Bạch", "phường"), ("00004", "90002", "Phường Quán Thánh", "phường"))
    first = new_committee("UBND phường Trúc Bạch, thành phố Hà Nội")
    assert first.unit is not None
    with working():
        clerk, source = staff(Role.CLERK, centre()), PlaceFinding.Source.CORRECTED
        PlaceFinding.objects.create(dossier=dossier, fact="residence", unit=first.unit, source=source, told_by="UBND", by=clerk, at=MONDAY)

    assert handed_on() == 1
    dossier.refresh_from_db()
    assert (dossier.agency, dossier.routing) == (first, "routed")


def test_departments_of_a_merged_province_decide_from_midnight_with_no_rule_edited() -> None:
    approved("merger", ("01", "02", "Tỉnh Thăng Long", "tỉnh"), ("04", "02", "Tỉnh Thăng Long", "tỉnh"), level="province")
    rule = CompetenceRule.objects.filter(kind="department_of_province", procedure__isnull=False).order_by("pk")[:1].get()
    assert rule.procedure is not None
    version = current_version(rule.procedure.code, DAY)
    assert version is not None
    names = []
    for day in (DAY - timedelta(days=1), DAY):
        decision = try_place(version, "00004", day).decision
        assert isinstance(decision, Competent)
        assert decision.rule.id == rule.pk
        names.append(decision.agency.name)
    assert names[0].endswith("thành phố Hà Nội")
    assert names[1].endswith("tỉnh Thăng Long")


def test_a_rule_that_names_an_agency_goes_on_at_its_successor() -> None:
    old = committee("00008")
    named = rule_input("fixed_agency", agency_kind="", place_fact="", agency=old, procedure=procedure(MARITAL_STATUS), rank=1)
    published({"action": "add", "rule": named})
    merger()
    for day, name in ((DAY - timedelta(days=1), old.name), (DAY, NEW)):
        version = current_version(MARITAL_STATUS, day)
        assert version is not None
        decision = try_place(version, "01", day).decision
        assert isinstance(decision, Competent)
        assert decision.agency.name == name


def test_results_lists_and_custody_follow_the_counter() -> None:
    officer, leader = staffed(committee())
    old = committee("00008").reception_office
    assert old is not None
    clerk = staff(Role.CLERK, old)
    dossier = routed(filed(clerk, old, originals_kept=True).dossier)
    decided(dossier, officer, leader)
    dossier.refresh_from_db()
    Dossier.objects.filter(pk=dossier.pk).update(returning_office=old)
    merger()
    office = new_committee().reception_office
    assert office is not None
    who = identity_of(clerk, DAY)
    assert dossier in queries.received_at(who)
    assert dossier in queries.to_hand_back(who)

    handed_on()

    dossier.refresh_from_db()
    assert (dossier.receiving_office, dossier.returning_office, dossier.custody_office) == (old, office, office)
    assert dossier in queries.to_hand_back(who)
    assert dossier in queries.received_at(who)
    assert who.offices[Role.CLERK][0] == office.pk
    assert Office.objects.get(pk=old.pk).valid_to == DAY - timedelta(days=1)


def test_the_citizen_reads_one_sentence() -> None:
    staffed(committee())
    dossier = routed(filed().dossier)
    merger()
    handed_on()
    browser = Client()
    session = browser.session
    session["followed"] = {dossier.code: dossier.secret_issue}
    session.save()

    page = browser.get(f"/tra-cuu/{dossier.code}/").content.decode()

    assert page.count("cơ quan kế thừa") >= 1
    assert NEW in page


def test_the_shell_shows_both_sides_before_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    merger()
    shown = []
    for arguments in (
        ("resolve_unit", "00008", "--from", "2026-12-31", "--to", "2026-12-31"),
        ("resolve_unit", "00008", "--from", "2026-12-31", "--to", "2027-01-01"),
        ("route", MARITAL_STATUS, "--place", "00008", "--on", "2026-12-31"),
        ("route", MARITAL_STATUS, "--place", "00008", "--place-valid-on", "2026-12-31", "--on", "2027-01-01"),
    ):
        call_command(*arguments)
        shown.append(capsys.readouterr().out)

    assert ["Ba Đình Mới" in each for each in shown] == [False, True, False, True]
    assert "UBND phường Ngọc Hà" in shown[2]
    assert NEW in shown[3]


def test_an_old_identifier_names_the_successor_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    old = committee("00008")
    merger()
    call_command(
        "route", "1.001193", "--place", "00004", "--place-valid-on", "2026-12-31", "--on", "2027-01-01", "--agency", old.identifier
    )
    assert "ba đình mới" in capsys.readouterr().out.lower()
