"""A stop and its end, a request that nobody answered, an obligation, an issued result that was wrong, a calendar that changed late."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dossiers.actions.decide import Proposal, claim, propose, sign
from dossiers.actions.expire import expire_supplement, expire_supplements
from dossiers.actions.fees import settle_fees
from dossiers.actions.obligation import Obligation, ObligationUnclear, require_payment
from dossiers.actions.recount import AlreadySettled, SamePersonApplies, apply_change, discard_change, recount_some, shifts
from dossiers.actions.reopen import reopen
from dossiers.actions.stop import FinalStop, Ground, resume, stop
from dossiers.actions.supplement import Asked, ask_supplement
from dossiers.actions.transition import By, StepNotPossible
from dossiers.axes import axes, clock_state, payment_state
from dossiers.documents.verification import Standing, check_code
from dossiers.models import CalendarChange, Dossier, HandlingStop, IssuedDocument, Result
from portal.accounts.models import Role, User
from portal.agencies.models import Holiday
from portal.core.clock import LOCAL
from portal.core.db import acting_as
from procedures.models import Channel, FeeRule
from tests.factories import MONDAY, centre, committee, decided, filed, routed, staff, staffed, who, working

pytestmark = pytest.mark.django_db
WEDNESDAY, NEXT_TUESDAY = datetime(2026, 11, 4, 10, tzinfo=LOCAL), datetime(2026, 11, 10, 10, tzinfo=LOCAL)
REASON = "Nội dung đề nghị đang có tranh chấp."


def due(month: int, day: int, hour: int = 17) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=LOCAL)


@pytest.fixture
def team() -> tuple[User, User]:
    return staffed(committee())


def assigned(officer: User) -> Dossier:
    dossier = routed(filed().dossier)
    with acting_as(who(officer).scope):
        claim(dossier, by=By(officer, MONDAY, agency=dossier.agency))
    dossier.refresh_from_db()
    return dossier


def stopped(team: tuple[User, User], *, is_pause: bool) -> Dossier:
    dossier = assigned(team[0])
    ground = Ground(HandlingStop.Ground.DISPUTE, REASON, is_pause=is_pause)
    stop(dossier, by=By(team[1], WEDNESDAY, agency=dossier.agency), ground=ground, expected_version=dossier.state_version)
    dossier.refresh_from_db()
    return dossier


def test_a_pause_goes_on_with_what_was_left_of_the_time(team: tuple[User, User]) -> None:
    dossier = stopped(team, is_pause=True)
    assert (dossier.state, clock_state(dossier)) == ("stopped", "paused_other")

    slip = resume(dossier, by=By(team[1], NEXT_TUESDAY, agency=dossier.agency), reason=REASON, expected_version=dossier.state_version)

    dossier.refresh_from_db()
    assert (dossier.state, slip.kind, dossier.first_due_at, dossier.due_at) == ("assigned", "receipt_slip", due(11, 5), due(11, 12))
    assert list(dossier.clock.order_by("seq").values_list("kind", flat=True)) == ["start", "stop", "resume"]
    assert HandlingStop.objects.get(dossier=dossier).resumed_by == team[1]


def test_a_final_stop_is_final_for_the_action_and_for_the_database(team: tuple[User, User]) -> None:
    dossier = stopped(team, is_pause=False)

    with pytest.raises(FinalStop), transaction.atomic():
        resume(dossier, by=By(team[1], NEXT_TUESDAY, agency=dossier.agency), reason=REASON, expected_version=dossier.state_version)
    with pytest.raises(IntegrityError, match="only_a_pause_is_resumed"), transaction.atomic():
        HandlingStop.objects.filter(dossier=dossier).update(resumed_at=NEXT_TUESDAY)
    with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
        HandlingStop.objects.filter(dossier=dossier).update(is_pause=True)
    with pytest.raises(IntegrityError, match="kept for ever"), transaction.atomic():
        HandlingStop.objects.filter(dossier=dossier).delete()


@pytest.mark.parametrize(("is_accepted", "state", "kind"), [(True, "stopped", "stop_notice"), (False, "refused", "refusal_slip")])
def test_a_request_that_nobody_answered_ends_the_case_the_day_after_its_last(
    team: tuple[User, User], is_accepted: bool, state: str, kind: str
) -> None:
    if is_accepted:
        dossier, by = assigned(team[0]), By(team[0], MONDAY, agency=committee())
    else:
        dossier = routed(filed(channel=Channel.ONLINE).dossier)
        counter = committee().reception_office
        by = By(staff(Role.CLERK, counter), MONDAY, office=counter)
    items = [Asked("Giấy xác nhận", "Bản chụp mờ, không đọc được.")]
    ask_supplement(dossier, by=by, items=items, answer_by=date(2026, 11, 4), expected_version=dossier.state_version)

    with working():
        assert not expire_supplement(dossier.pk, at=due(11, 4, 23))
        assert expire_supplements(at=due(11, 5, 1)) == 1
        assert expire_supplements(at=due(11, 5, 2)) == 0

    dossier.refresh_from_db()
    assert dossier.state == state
    assert dossier.documents.filter(kind=kind).count() == 1
    assert dossier.supplement_requests.get().expired_at == due(11, 5, 1)


def test_an_outside_obligation_only_pauses_the_clock_even_where_a_supplement_restarts_it(
    team: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("procedures.models.ProcedureVersion.supplement_policy", property(lambda _s: "restart", lambda _s, _v: None))
    dossier = assigned(team[0])
    owed = Obligation("Lệ phí trước bạ nhà, đất", FeeRule.Kind.LEVY, 1_250_000, due(11, 20), "Thông báo 123/TB-CT")

    notice = require_payment(
        dossier, by=By(team[0], WEDNESDAY, agency=dossier.agency), obligation=owed, expected_version=dossier.state_version
    )

    dossier.refresh_from_db()
    assert (dossier.state, notice.kind, clock_state(dossier), payment_state(dossier)) == (
        "payment_required",
        "payment_notice",
        "paused_payment",
        "due",
    )
    with transaction.atomic():
        settle_fees(Dossier.objects.select_for_update().get(pk=dossier.pk), list(dossier.fee_lines.all()), by=By(None, NEXT_TUESDAY))
    dossier.refresh_from_db()
    assert (dossier.state, dossier.due_at) == ("assigned", due(11, 12))
    assert [str(axis.key) for axis in axes(dossier)][:2] == ["running", "paid"]


@pytest.mark.parametrize("changes", [{"name": " "}, {"amount_vnd": 0}, {"amount_vnd": 10**15}, {"pay_by": MONDAY}])
def test_an_obligation_without_name_amount_or_future_day_is_refused(team: tuple[User, User], changes: dict[str, object]) -> None:
    dossier = assigned(team[0])
    values = {"name": "Lệ phí", "kind": "levy", "amount_vnd": 1000, "pay_by": due(11, 20)} | changes

    with pytest.raises(ObligationUnclear):
        require_payment(
            dossier,
            by=By(team[0], WEDNESDAY, agency=dossier.agency),
            obligation=Obligation(**values),  # type: ignore[arg-type]
            expected_version=dossier.state_version,
        )


def test_a_wrong_result_is_revoked_and_the_next_version_takes_its_place(team: tuple[User, User]) -> None:
    dossier = routed(filed().dossier)
    first = decided(dossier, *team)
    dossier.refresh_from_db()

    reopen(
        dossier,
        by=By(team[1], WEDNESDAY, agency=dossier.agency),
        reason="Sai năm sinh của người yêu cầu.",
        expected_version=dossier.state_version,
    )

    dossier.refresh_from_db()
    assert (dossier.state, dossier.finished_at, clock_state(dossier)) == ("assigned", None, "running")
    old = first.document
    assert old is not None
    checked = check_code(old.verification_code)
    assert checked is not None
    assert (checked.standing, checked.newest) == (Standing.REVOKED, None)
    second = _second(dossier, team)
    assert (second.version, second.replaces) == (2, first)
    checked = check_code(old.verification_code)
    assert checked is not None
    assert second.document is not None
    assert (checked.standing, [each.code for each in checked.later]) == (Standing.REVOKED, [second.document.verification_code])
    with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
        Result.objects.filter(pk=first.pk).update(summary="khác")
    with pytest.raises(IntegrityError, match="kept for ever"), transaction.atomic():
        IssuedDocument.objects.filter(pk=second.document.pk)._raw_delete("default")


def _second(dossier: Dossier, team: tuple[User, User]) -> Result:
    officer, leader = team
    kind = dossier.version.results.filter(outcome="grant").order_by("pk")[:1].get()
    agency = dossier.agency
    with acting_as(who(officer).scope):
        proposal = Proposal(type=kind, summary="Cấp lại giấy xác nhận tình trạng hôn nhân.", serial="BA 1")
        propose(dossier, by=By(officer, WEDNESDAY, agency=agency), proposal=proposal, expected_version=dossier.state_version)
        dossier.refresh_from_db()
    with acting_as(who(leader).scope):
        return sign(dossier, by=By(leader, WEDNESDAY, agency=agency), expected_version=dossier.state_version)


def test_what_is_not_issued_is_not_reopened(team: tuple[User, User]) -> None:
    dossier = assigned(team[0])

    with pytest.raises(StepNotPossible):
        reopen(dossier, by=By(team[1], WEDNESDAY, agency=dossier.agency), reason=REASON, expected_version=dossier.state_version)


def change(on: date, editor: User, kind: str = "day_off") -> CalendarChange:
    return CalendarChange.objects.create(
        on=on, kind=kind, name_vi="Nghỉ bão", name_en="Storm", source="Công điện 01", proposed_by=editor, proposed_at=MONDAY
    )


def test_a_late_day_off_lists_the_dossiers_first_and_moves_them_after_a_second_person(team: tuple[User, User]) -> None:
    dossier, other = assigned(team[0]), stopped(team, is_pause=True)
    editor, approver = staff(Role.CATALOGUE_EDITOR), staff(Role.CATALOGUE_APPROVER)
    late = change(date(2026, 11, 4), editor)

    moved, looked_at, is_all = shifts(late, limit=100)

    assert [(each.dossier, each.old, each.new) for each in moved] == [(dossier, due(11, 5), due(11, 6))]
    assert (looked_at, is_all) == (1, True)
    assert Dossier.objects.get(pk=dossier.pk).due_at == due(11, 5)
    with pytest.raises(SamePersonApplies):
        apply_change(late.pk, user=editor, at=MONDAY)
    apply_change(late.pk, user=approver, at=MONDAY)
    with pytest.raises(AlreadySettled):
        discard_change(late.pk, at=MONDAY)
    assert Holiday.objects.get(on=date(2026, 11, 4)).is_working is False
    with working():
        assert [recount_some(at=WEDNESDAY) for _ in range(3)] == [1, 0, 0]
    dossier.refresh_from_db()
    other.refresh_from_db()
    assert (dossier.due_at, dossier.first_due_at, other.state) == (due(11, 6), due(11, 5), "stopped")
    assert dossier.events.order_by("-seq")[:1].get().verb == "recount"
    late.refresh_from_db()
    assert (late.moved, late.finished_at) == (1, WEDNESDAY)


def test_a_late_change_costs_as_many_queries_for_ten_dossiers_as_for_one(
    team: tuple[User, User], django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    late = change(date(2026, 11, 4), staff(Role.CATALOGUE_EDITOR))
    assigned(team[0])
    with CaptureQueriesContext(connection) as one:
        assert len(shifts(late, limit=100)[0]) == 1
    for _each in range(9):
        assigned(team[0])

    with django_assert_num_queries(len(one)):
        assert len(shifts(late, limit=100)[0]) == 10


def test_a_date_that_runs_while_a_fee_is_owed_is_counted_again(team: tuple[User, User]) -> None:
    """An ordinary fee that is asked for before the way to the agency does not hold the clock."""
    clerk = staff(Role.CLERK, centre())
    dossier = filed(clerk).dossier
    owed = Obligation("Lệ phí", FeeRule.Kind.LEVY, 8_000, due(11, 20), "Nghị quyết 12")
    with acting_as(who(clerk).scope):
        require_payment(dossier, by=By(clerk, MONDAY), obligation=owed, expected_version=dossier.state_version)
    late = change(date(2026, 11, 4), staff(Role.CATALOGUE_EDITOR))

    assert [(each.old, each.new) for each in shifts(late, limit=100)[0]] == [(due(11, 5), due(11, 6))]
    apply_change(late.pk, user=staff(Role.CATALOGUE_APPROVER), at=MONDAY)
    with working():
        assert [recount_some(at=WEDNESDAY) for _ in range(2)] == [1, 0]

    dossier.refresh_from_db()
    assert (dossier.state, dossier.came_from, dossier.due_at) == ("payment_required", "accepted", due(11, 6))


def test_the_database_wants_two_people_for_a_change_of_the_calendar(team: tuple[User, User]) -> None:
    editor = staff(Role.CATALOGUE_EDITOR)
    late = change(date(2026, 11, 4), editor)

    with pytest.raises(IntegrityError, match="calendar_change_needs_two"), transaction.atomic():
        CalendarChange.objects.filter(pk=late.pk).update(applied_by=editor, applied_at=MONDAY)
    with pytest.raises(IntegrityError, match="one_open_change_a_day"), transaction.atomic():
        change(date(2026, 11, 4), editor, kind="worked")


def test_the_pages_of_a_late_change(client, team: tuple[User, User]) -> None:
    dossier = assigned(team[0])
    editor, approver = staff(Role.CATALOGUE_EDITOR), staff(Role.CATALOGUE_APPROVER)
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    day = {"on": "04/11/2026", "name_vi": "Nghỉ bão", "name_en": "Storm", "source": "Công điện 01"}

    asked = client.post("/quan-tri/ngay-nghi/", day)

    assert asked.status_code == 302
    assert "thay-doi" in asked["Location"]
    assert dossier.code in client.get(asked["Location"]).content.decode()
    assert not Holiday.objects.filter(on=date(2026, 11, 4)).exists()
    assert client.post(asked["Location"] + "ap-dung/").status_code == 403
    client.force_login(approver, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(asked["Location"] + "ap-dung/").status_code == 302
    assert Holiday.objects.filter(on=date(2026, 11, 4)).exists()
