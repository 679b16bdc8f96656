from itertools import product

import pytest

from payments.lifecycle import ALLOWED_PAIRS, INITIAL, SETTLED, TERMINAL, OrderMoveRefused, OrderState, OrderVerb, allowed, target

S, V = OrderState, OrderVerb

EXPECTED = {
    (S.DUE, V.START_ONLINE): S.PENDING,
    (S.FAILED, V.RETRY): S.PENDING,
    (S.DUE, V.CONFIRM): S.PAID,
    (S.PENDING, V.CONFIRM): S.PAID,
    (S.FAILED, V.CONFIRM): S.PAID,
    (S.DUE, V.TAKE_CASH): S.PAID,
    (S.FAILED, V.TAKE_CASH): S.PAID,
    (S.DUE, V.HOLD): S.HELD,
    (S.PENDING, V.HOLD): S.HELD,
    (S.FAILED, V.HOLD): S.HELD,
    (S.HELD, V.RELEASE_HELD): S.PAID,
    (S.PENDING, V.FAIL): S.FAILED,
    (S.DUE, V.CANCEL): S.CANCELLED,
    (S.PENDING, V.CANCEL): S.CANCELLED,
    (S.FAILED, V.CANCEL): S.CANCELLED,
    (S.PAID, V.REQUIRE_REFUND): S.REFUND_DUE,
    (S.HELD, V.REQUIRE_REFUND): S.REFUND_DUE,
    (S.CANCELLED, V.REQUIRE_REFUND): S.REFUND_DUE,
    (S.REFUND_DUE, V.REFUND): S.REFUNDED,
}


@pytest.mark.parametrize(("state", "verb"), list(product(OrderState, OrderVerb)), ids=str)
def test_every_pair_is_allowed_or_refused_as_written(state: OrderState, verb: OrderVerb) -> None:
    assert allowed(state, verb) is ((state, verb) in EXPECTED)
    if (state, verb) in EXPECTED:
        assert target(state, verb) is EXPECTED[state, verb]
    else:
        with pytest.raises(OrderMoveRefused):
            target(state, verb)


def test_every_state_is_reached_and_only_refunded_money_has_no_way_on() -> None:
    assert {to for _, to in ALLOWED_PAIRS} | INITIAL == set(OrderState)
    assert set(OrderState) - {source for source, _ in ALLOWED_PAIRS} == TERMINAL


def test_money_once_received_is_settled_or_on_its_way_back() -> None:
    received = SETTLED | {S.REFUND_DUE, S.REFUNDED}

    assert all(to in received for source, to in ALLOWED_PAIRS if source in received)
