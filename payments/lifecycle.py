"""States of a payment order and the ways between them, as data. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class OrderState(StrEnum):
    """Where the money of one order is."""

    DUE = "due"
    PENDING = "pending"
    PAID = "paid"
    HELD = "held"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUND_DUE = "refund_due"
    REFUNDED = "refunded"


class OrderVerb(StrEnum):
    """What can happen to an order."""

    START_ONLINE = "start_online"
    CONFIRM = "confirm"
    HOLD = "hold"
    RELEASE_HELD = "release_held"
    FAIL = "fail"
    RETRY = "retry"
    TAKE_CASH = "take_cash"
    CANCEL = "cancel"
    REQUIRE_REFUND = "require_refund"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class OrderTransition:
    """One verb leads from any of its sources to its target."""

    verb: OrderVerb
    sources: tuple[OrderState, ...]
    target: OrderState


@dataclass(frozen=True, slots=True)
class Reported:
    """What the gateway says about an order."""

    reference: str
    gateway_ref: str
    amount_vnd: int
    status: str


class OrderMoveRefused(ValueError):
    """The order's state does not allow the verb."""


_S, _V = OrderState, OrderVerb

# HELD is money taken before the dossier is legally accepted: received, not yet earned, and
# refundable at any counter. A late confirmation of a failed or cancelled order is still money
# received: it becomes a refund (cancelled) or a payment (failed), never a lost callback.
TRANSITIONS = (
    OrderTransition(_V.START_ONLINE, (_S.DUE,), _S.PENDING),
    OrderTransition(_V.RETRY, (_S.FAILED,), _S.PENDING),
    OrderTransition(_V.CONFIRM, (_S.DUE, _S.PENDING, _S.FAILED), _S.PAID),
    OrderTransition(_V.TAKE_CASH, (_S.DUE, _S.FAILED), _S.PAID),
    OrderTransition(_V.HOLD, (_S.DUE, _S.PENDING, _S.FAILED), _S.HELD),
    OrderTransition(_V.RELEASE_HELD, (_S.HELD,), _S.PAID),
    OrderTransition(_V.FAIL, (_S.PENDING,), _S.FAILED),
    OrderTransition(_V.CANCEL, (_S.DUE, _S.PENDING, _S.FAILED), _S.CANCELLED),
    OrderTransition(_V.REQUIRE_REFUND, (_S.PAID, _S.HELD, _S.CANCELLED), _S.REFUND_DUE),
    OrderTransition(_V.REFUND, (_S.REFUND_DUE,), _S.REFUNDED),
)

INITIAL = frozenset({OrderState.DUE})
SETTLED = frozenset({OrderState.PAID, OrderState.HELD})
"""The payer owes nothing more."""
TERMINAL = frozenset({OrderState.REFUNDED})

_TARGETS = {(source, row.verb): row.target for row in TRANSITIONS for source in row.sources}
ALLOWED_PAIRS = frozenset((source, target) for (source, _), target in _TARGETS.items())


def allowed(state: OrderState, verb: OrderVerb) -> bool:
    """Whether the verb may happen to an order in this state."""
    return (state, verb) in _TARGETS


def target(state: OrderState, verb: OrderVerb) -> OrderState:
    """The state after the verb. Raises OrderMoveRefused."""
    if (state, verb) not in _TARGETS:
        raise OrderMoveRefused(f"{verb} is not possible while the order is {state}.")
    return _TARGETS[state, verb]
