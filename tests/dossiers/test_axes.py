"""What stands beside the stage: each axis in each of its values, by what really happens to a dossier."""

from datetime import datetime, timedelta

import pytest

from dossiers.actions.stop import Ground, stop
from dossiers.actions.transition import By, locked, transition
from dossiers.axes import axes, clock_of, clock_state, payment_state, sync_state
from dossiers.clockdays import DueFacts, due_words
from dossiers.deadlines import ClockEntry, EntryKind
from dossiers.lifecycle import State, Verb
from dossiers.models import Dossier, HandlingStop
from payments.actions.orders import open_order, refund, take_cash
from payments.models import Order
from portal.agencies.queries import working_calendar
from portal.core.clock import technical_now
from portal.outbox.models import OutboxMessage
from procedures.models import Channel
from tests.dossiers.acts import REASON, Acts
from tests.dossiers.model.invariants import dossier_of
from tests.factories import MONDAY, fee, filed

pytestmark = pytest.mark.django_db


def words(dossier: Dossier, at: datetime = MONDAY) -> str:
    calendar = working_calendar(range(2025, 2028))
    return str(due_words(DueFacts(dossier.state, dossier.came_from, dossier.due_at, None, None, dossier.case.time_rule), at, calendar).text)


@pytest.mark.parametrize(("is_pause", "clock"), [(True, "paused_other"), (False, "stopped")])
def test_a_stop_that_is_a_pause_is_told_from_one_that_is_final(is_pause: bool, clock: str) -> None:
    acts = Acts()
    dossier = filed().dossier
    for verb in (Verb.HAND_OVER, Verb.CLAIM):
        acts.do(verb, dossier_of(dossier.pk), MONDAY)
    dossier = dossier_of(dossier.pk)
    ground = Ground(HandlingStop.Ground.DISPUTE, REASON, is_pause=is_pause)
    stop(dossier, by=By(acts.leaders[0], MONDAY, agency=dossier.agency), ground=ground, expected_version=dossier.state_version)

    assert clock_state(dossier_of(dossier.pk)) == clock


def test_an_ordinary_fee_after_acceptance_does_not_hold_the_clock() -> None:
    dossier = filed(fees=[fee()]).dossier
    transition(locked(dossier.pk), Verb.REQUIRE_PAYMENT, By(None, MONDAY))
    dossier = dossier_of(dossier.pk)

    assert (dossier.state, clock_state(dossier), payment_state(dossier)) == ("payment_required", "running", "due")
    assert words(dossier) == "Còn 3 ngày làm việc"
    assert words(dossier, MONDAY + timedelta(days=9)).startswith("Quá hạn")


@pytest.mark.parametrize(
    ("state", "came_from", "found"),
    [("payment_required", "submitted", "Tính từ ngày tiếp nhận"), ("supplement_requested", "assigned", "Không quy định thời hạn")],
)
def test_what_has_no_date_yet_says_why(state: str, came_from: str, found: str) -> None:
    rule = "3 working_day" if came_from == "submitted" else ""

    words_now = due_words(DueFacts(state, came_from, None, None, None, rule), MONDAY, working_calendar(range(2025, 2028)))

    assert str(words_now.text) == found


def test_a_clock_that_waits_for_neither_papers_nor_money_stands_still_all_the_same() -> None:
    ledger = [ClockEntry(EntryKind.START, MONDAY), ClockEntry(EntryKind.SUSPEND, MONDAY), ClockEntry(EntryKind.RECOUNT, MONDAY)]

    assert {state: clock_of(ledger, state) for state in (State.SUPPLEMENT_REQUESTED, State.PAYMENT_REQUIRED, State.ASSIGNED)} == {
        State.SUPPLEMENT_REQUESTED: "paused_supplement",
        State.PAYMENT_REQUIRED: "paused_payment",
        State.ASSIGNED: "paused_other",
    }


def test_the_money_of_a_dossier_from_the_order_to_the_refund() -> None:
    acts = Acts()
    filing = filed(channel=Channel.ONLINE, fees=[fee()])
    dossier, by = filing.dossier, By(acts.clerk, MONDAY, office=acts.here)
    assert payment_state(dossier) == "due"

    order = open_order(dossier, instrument=Order.Instrument.ONLINE, at=MONDAY)
    assert payment_state(dossier) == "pending"
    Order.objects.filter(pk=order.pk).update(state=Order.State.FAILED)
    take_cash(dossier, by=by)
    assert payment_state(dossier) == "held"
    acts.do(Verb.WITHDRAW, dossier_of(dossier.pk), MONDAY)
    assert payment_state(dossier) == "refund_due"
    refund(dossier_of(dossier.pk), by=by)
    assert payment_state(dossier) == "refunded"
    assert payment_state(filed(fees=[fee(0)]).dossier) == "exempt"
    assert payment_state(filed().dossier) == "none"


def test_paid_twice_is_to_be_refunded_though_the_fee_is_paid() -> None:
    acts = Acts()
    dossier = filed(fees=[fee()]).dossier
    take_cash(dossier, by=By(acts.clerk, MONDAY, office=acts.here))
    assert payment_state(dossier) == "paid"
    Order.objects.create(dossier=dossier, reference="twice", instrument="online", amount_vnd=8000, state="refund_due", created_at=MONDAY)

    assert payment_state(dossier) == "refund_due"


def test_the_way_of_a_step_to_the_national_portal() -> None:
    dossier = filed().dossier
    messages = OutboxMessage.objects.filter(stream="national", subject_id=dossier.pk)
    assert sync_state(dossier) == "never"

    messages.update(lease_until=technical_now() + timedelta(minutes=1))
    assert sync_state(dossier) == "in_flight"
    messages.update(lease_until=None, done_at=technical_now())
    assert sync_state(dossier) == "synced"
    transition(locked(dossier.pk), Verb.HAND_OVER, By(None, MONDAY))
    assert sync_state(dossier) == "queued"
    messages.filter(done_at=None).update(parked_at=technical_now())
    assert sync_state(dossier) == "rejected"
    assert [axis.key for axis in axes(dossier_of(dossier.pk))] == ["running", "none", "none", "rejected"]
