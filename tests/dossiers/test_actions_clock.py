"""What each step does to the legal clock, through the actions. Vectors H of the working calendar of November 2026."""

from datetime import datetime

import pytest

from dossiers.actions.decide import SamePerson, claim, sign
from dossiers.actions.delay import DateNotLater, ExtendedBefore, TooLateToExtend, extend, withdraw
from dossiers.actions.reasons import ReasonMissing
from dossiers.actions.stop import Ground, stop
from dossiers.actions.supplement import Asked, AskedBefore, NotAllAnswered, NothingAsked, answer_supplement, ask_supplement
from dossiers.actions.transition import By, StaleVersion, StepNotPossible
from dossiers.models import Dossier, SupplementItem
from portal.accounts.models import Role, User
from portal.core.clock import LOCAL
from portal.core.db import acting_as
from procedures.models import ProcedureVersion
from tests.factories import MONDAY, committee, decided, filed, routed, staff, staffed, who

pytestmark = pytest.mark.django_db
WEDNESDAY, NEXT_TUESDAY = datetime(2026, 11, 4, 10, tzinfo=LOCAL), datetime(2026, 11, 10, 10, tzinfo=LOCAL)
REASON = "Bản chụp mờ, không đọc được nội dung."
GROUND = Ground("dispute", REASON, is_pause=False)


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


def ask(dossier: Dossier, officer: User, at: datetime = WEDNESDAY, items: list[Asked] | None = None) -> None:
    wanted = [Asked("Giấy xác nhận", REASON)] if items is None else items
    by = By(officer, at, agency=dossier.agency)
    ask_supplement(dossier, by=by, items=wanted, answer_by=due(12, 4).date(), expected_version=dossier.state_version)
    dossier.refresh_from_db()


def answer(dossier: Dossier, at: datetime = NEXT_TUESDAY) -> None:
    items = SupplementItem.objects.filter(request__dossier=dossier)
    answer_supplement(dossier, by=By(dossier.filed_by, at, office=dossier.receiving_office), answers={i.pk: "Đã bổ sung" for i in items})
    dossier.refresh_from_db()


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("pause_resume", due(11, 12)), ("restart", due(11, 13)), ("add_fixed:5", due(11, 19))],
)
def test_a_supplement_moves_the_date_as_the_version_says(
    team: tuple[User, User], policy: str, expected: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProcedureVersion, "supplement_policy", property(lambda _self: policy, lambda _self, _value: None))
    dossier = assigned(team[0])
    first = dossier.due_at
    ask(dossier, team[0])
    assert dossier.state == "supplement_requested"

    answer(dossier)

    assert (dossier.state, dossier.first_due_at) == ("assigned", first)
    assert dossier.due_at == expected
    assert list(dossier.clock.order_by("seq").values_list("kind", flat=True)) == ["start", "suspend", "resume"]


def test_everything_is_asked_at_once_and_only_once(team: tuple[User, User]) -> None:
    dossier = assigned(team[0])
    with pytest.raises(NothingAsked):
        ask(dossier, team[0], items=[])
    with pytest.raises(NothingAsked):
        ask(dossier, team[0], items=[Asked("Giấy xác nhận", " ")])
    ask(dossier, team[0])
    answer(dossier)

    with pytest.raises(AskedBefore):
        ask(dossier, team[0], at=NEXT_TUESDAY)


def test_an_item_without_answer_or_paper_keeps_the_dossier_waiting(team: tuple[User, User]) -> None:
    dossier = assigned(team[0])
    ask(dossier, team[0], items=[Asked("Một", REASON), Asked("Hai", REASON)])
    first, _second = SupplementItem.objects.filter(request__dossier=dossier).order_by("seq")

    with pytest.raises(NotAllAnswered, match="Hai"):
        answer_supplement(dossier, by=By(dossier.filed_by, NEXT_TUESDAY), answers={first.pk: "Đây"})

    dossier.refresh_from_db()
    assert dossier.state == "supplement_requested"


def test_an_extension_moves_the_date_once_and_keeps_the_first(team: tuple[User, User]) -> None:
    dossier = assigned(team[0])
    by = By(team[0], MONDAY, agency=dossier.agency)

    letter = extend(dossier, by=by, new_due_at=due(11, 14), reason=REASON, expected_version=dossier.state_version)

    dossier.refresh_from_db()
    assert (letter.kind, dossier.first_due_at, dossier.due_at) == ("apology_letter", due(11, 5), due(11, 16))
    with pytest.raises(ExtendedBefore):
        extend(dossier, by=by, new_due_at=due(11, 20), reason=REASON, expected_version=dossier.state_version)


@pytest.mark.parametrize(
    ("at", "new", "reason", "refusal"),
    [
        (due(11, 5, 9), due(11, 12), REASON, TooLateToExtend),
        (MONDAY, due(11, 5), REASON, DateNotLater),
        (MONDAY, due(11, 12), "bận", ReasonMissing),
    ],
)
def test_an_extension_that_the_law_does_not_allow(
    team: tuple[User, User], at: datetime, new: datetime, reason: str, refusal: type[Exception]
) -> None:
    dossier = assigned(team[0])

    with pytest.raises(refusal):
        extend(dossier, by=By(team[0], at, agency=dossier.agency), new_due_at=new, reason=reason, expected_version=dossier.state_version)

    dossier.refresh_from_db()
    assert (dossier.extensions, dossier.due_at) == (0, due(11, 5))


def test_a_day_before_is_not_too_late(team: tuple[User, User]) -> None:
    dossier = assigned(team[0])
    by = By(team[0], WEDNESDAY, agency=dossier.agency)

    extend(dossier, by=by, new_due_at=due(11, 12), reason=REASON, expected_version=dossier.state_version)

    assert Dossier.objects.get(pk=dossier.pk).due_at == due(11, 12)


def test_withdrawing_and_stopping_end_the_clock_with_their_papers(team: tuple[User, User]) -> None:
    withdrawn, stopped = assigned(team[0]), assigned(team[0])

    note = withdraw(withdrawn, by=By(withdrawn.filed_by, WEDNESDAY, office=withdrawn.receiving_office), reason="Công dân xin rút hồ sơ.")
    notice = stop(stopped, by=By(team[1], WEDNESDAY, agency=stopped.agency), ground=GROUND, expected_version=stopped.state_version)

    for dossier, state, document, kind in ((withdrawn, "withdrawn", note, "return_note"), (stopped, "stopped", notice, "stop_notice")):
        dossier.refresh_from_db()
        assert (dossier.state, document.kind) == (state, kind)
        assert list(dossier.clock.order_by("seq").values_list("kind", flat=True)) == ["start", "stop"]


def test_a_signed_dossier_cannot_be_withdrawn(team: tuple[User, User]) -> None:
    dossier = routed(filed().dossier)
    decided(dossier, *team)

    with pytest.raises(StepNotPossible):
        withdraw(dossier, by=By(dossier.filed_by, WEDNESDAY, office=dossier.receiving_office), reason="Công dân xin rút hồ sơ.")


def test_a_stale_page_overwrites_nobody(team: tuple[User, User]) -> None:
    dossier = assigned(team[0])
    old = dossier.state_version - 1

    with pytest.raises(StaleVersion):
        stop(dossier, by=By(team[1], WEDNESDAY, agency=dossier.agency), ground=GROUND, expected_version=old)


def test_who_proposed_does_not_sign_and_who_took_it_in_does_not_decide(team: tuple[User, User]) -> None:
    dossier = routed(filed().dossier)
    decided(dossier, *team)
    clerk_officer = staff(Role.OFFICER, committee())
    other = routed(filed(clerk_officer).dossier)

    with pytest.raises(SamePerson):
        claim(other, by=By(clerk_officer, MONDAY, agency=other.agency))
    with pytest.raises(Exception, match=r".+"):
        sign(dossier, by=By(team[0], MONDAY, agency=dossier.agency), expected_version=dossier.state_version)
