"""What the owner owes, as the money side reports it."""

from collections.abc import Sequence

from dossiers.actions.route import wake_router
from dossiers.actions.say import say
from dossiers.actions.stop import resume_paid
from dossiers.actions.transition import By, transition
from dossiers.lifecycle import State, Verb
from dossiers.models import Dossier, FeeLine
from portal.core.db import require_transaction


def settle_fees(dossier: Dossier, lines: Sequence[FeeLine], *, by: By) -> None:
    """The lines are paid, or held while the dossier is not yet accepted; a dossier that waited for them, or was stopped
    because they were not paid in time, goes on.

    Money for an ended dossier is to be refunded. `dossier` is locked by the caller.
    """
    require_transaction()
    if not dossier.is_open and dossier.accepted_at is None:
        state = FeeLine.State.REFUND_DUE
    else:
        state = FeeLine.State.PAID if dossier.accepted_at else FeeLine.State.HELD
    for line in lines:
        line.state, line.settled_at = state, by.at
        line.save(update_fields=["state", "settled_at"])
    is_waiting = State(dossier.state) == State.PAYMENT_REQUIRED
    if is_waiting and not dossier.fee_lines.filter(state=FeeLine.State.DUE).exists():
        event = transition(dossier, Verb.SETTLE_PAYMENT, by)
        if State(dossier.state) in (State.SUBMITTED, State.ACCEPTED):
            wake_router(dossier, event.seq)
        say(dossier, "paid", event)
    elif State(dossier.state) == State.STOPPED:
        resume_paid(dossier, by=by)


def refund_fees(lines: Sequence[FeeLine], *, by: By) -> None:
    """The lines were given back."""
    require_transaction()
    for line in lines:
        line.state, line.settled_at = FeeLine.State.REFUNDED, by.at
        line.save(update_fields=["state", "settled_at"])
