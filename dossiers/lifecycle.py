"""The life of a dossier: states, verbs and the table of what may follow what. Pure.

The ten codes of the National Public Service Portal are derived here and stored nowhere as truth.
Each row of TRANSITIONS has one clock effect; a verb whose effect depends on where the dossier
stood has several rows, told apart by `came_from`.
"""

from dataclasses import dataclass
from functools import cache

from dossiers.states import (
    INITIAL,
    NATIONAL_STATUS,
    TERMINAL,
    WAITING_FOR_APPLICANT,
    Actor,
    ClockEffect,
    DocumentKind,
    State,
    Verb,
)
from dossiers.timerules import PAUSE_RESUME, RESTART, Policy

__all__ = [
    "ALLOWED_PAIRS", "ALLOWED_STEPS", "INITIAL", "NATIONAL_STATUS", "TERMINAL", "TRANSITIONS", "WAITING_FOR_APPLICANT", "Actor",
    "ClockEffect", "DocumentKind", "State", "StepRefused", "Transition", "Verb", "allowed", "find", "target", "verbs_for",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    No sources: the dossier is born. No target: it goes back to where it came from, or, when no
    `came_from` is named, stays where it is. `came_from` limits the row to dossiers that were in
    one of these states before they began to wait. Guards are names that the action checks. `policy`
    is what the wait does to the clock where the law says so itself, whatever the procedure says of supplements.
    """

    verb: Verb
    sources: tuple[State, ...]
    target: State | None
    actors: tuple[Actor, ...]
    clock: ClockEffect = ClockEffect.NONE
    document: DocumentKind | None = None
    guards: tuple[str, ...] = ()
    came_from: tuple[State, ...] = ()
    policy: Policy | None = None

    @property
    def national_status(self) -> int | None:
        """The national portal's code after the step; None where the dossier stays, or goes back to, where it was."""
        return NATIONAL_STATUS[self.target] if self.target else None


class StepRefused(ValueError):
    """The table has no such step. A defect or a stale page, never something to store."""

    def __init__(self, state: State | None, verb: Verb) -> None:
        self.state, self.verb = state, verb
        super().__init__(f"{verb} is not possible from {state or 'nothing'}")


_S, _V, _A, _C, _D = State, Verb, Actor, ClockEffect, DocumentKind
_BEFORE = (_S.SUBMITTED, _S.AWAITING_RECEPTION)
_STAFF = (_A.OFFICER, _A.LEADER)
_OPEN = (
    *_BEFORE,
    _S.ACCEPTED,
    _S.IN_TRANSFER_TO_AGENCY,
    _S.ASSIGNED,
    _S.AWAITING_SIGNATURE,
    _S.SUPPLEMENT_REQUESTED,
    _S.PAYMENT_REQUIRED,
)
_DONE = (_S.ISSUED, _S.IN_TRANSFER_TO_COUNTER, _S.READY_FOR_COLLECTION)

# Sources: Nghị định 118/2025/NĐ-CP, Art. 15, 17, 22 (reception); one extension only, a working day before due.
TRANSITIONS = (
    Transition(_V.FILE_ONLINE, (), _S.SUBMITTED, (_A.APPLICANT,), document=_D.ACKNOWLEDGEMENT),
    Transition(_V.FILE_ONLINE_UNPAID, (), _S.PAYMENT_REQUIRED, (_A.APPLICANT,), document=_D.ACKNOWLEDGEMENT, guards=("fee_due",)),
    Transition(_V.REGISTER_AT_COUNTER, (), _S.SUBMITTED, (_A.CLERK,), document=_D.ACKNOWLEDGEMENT),
    Transition(_V.ACCEPT_AT_COUNTER, (), _S.ACCEPTED, (_A.CLERK,), _C.START, _D.RECEIPT_SLIP, ("may_accept_here",)),
    # An ordinary fee at intake does not hold the clock; an outside obligation found while processing does.
    Transition(_V.REQUIRE_PAYMENT, (_S.SUBMITTED, _S.ACCEPTED), _S.PAYMENT_REQUIRED, (_A.CLERK, _A.SYSTEM), document=_D.PAYMENT_NOTICE),
    Transition(
        _V.REQUIRE_PAYMENT,
        (_S.ASSIGNED,),
        _S.PAYMENT_REQUIRED,
        (_A.OFFICER,),
        _C.SUSPEND,
        _D.PAYMENT_NOTICE,
        ("obligation_named",),
        policy=PAUSE_RESUME,
    ),
    Transition(
        _V.SETTLE_PAYMENT, (_S.PAYMENT_REQUIRED,), None, (_A.SYSTEM, _A.CLERK), guards=("fee_paid",), came_from=(_S.SUBMITTED, _S.ACCEPTED)
    ),
    Transition(
        _V.SETTLE_PAYMENT, (_S.PAYMENT_REQUIRED,), None, (_A.SYSTEM, _A.CLERK), _C.RESUME, guards=("fee_paid",), came_from=(_S.ASSIGNED,)
    ),
    # An unpaid filing was never received. A case in hand stands still until the money is there.
    Transition(
        _V.PAYMENT_EXPIRED,
        (_S.PAYMENT_REQUIRED,),
        _S.REFUSED,
        (_A.SYSTEM,),
        document=_D.REFUSAL_SLIP,
        guards=("payment_overdue",),
        came_from=(_S.SUBMITTED,),
    ),
    Transition(
        _V.PAYMENT_EXPIRED,
        (_S.PAYMENT_REQUIRED,),
        _S.STOPPED,
        (_A.SYSTEM,),
        _C.STOP,
        _D.STOP_NOTICE,
        ("payment_overdue",),
        (_S.ACCEPTED, _S.ASSIGNED),
    ),
    # What no table here knows, such as an amount that a provincial council sets, a person enters; the dossier goes on meanwhile.
    Transition(_V.SET_FEE, (*_OPEN, *_DONE), None, (_A.CLERK, *_STAFF), document=_D.PAYMENT_NOTICE, guards=("amount_unknown",)),
    Transition(_V.ROUTE_TO_RECEPTION, (_S.SUBMITTED,), _S.AWAITING_RECEPTION, (_A.SYSTEM, _A.SUPERVISOR), guards=("agency_known",)),
    Transition(_V.ACCEPT, (_S.AWAITING_RECEPTION,), _S.ACCEPTED, (_A.CLERK,), _C.START, _D.RECEIPT_SLIP, ("papers_complete",)),
    Transition(
        _V.ASK_SUPPLEMENT_BEFORE_ACCEPTANCE,
        (_S.AWAITING_RECEPTION,),
        _S.SUPPLEMENT_REQUESTED,
        (_A.CLERK,),
        document=_D.SUPPLEMENT_REQUEST,
        guards=("something_asked", "first_or_permitted"),
    ),
    Transition(
        _V.ASK_SUPPLEMENT,
        (_S.ASSIGNED,),
        _S.SUPPLEMENT_REQUESTED,
        (_A.OFFICER,),
        _C.SUSPEND,
        _D.SUPPLEMENT_REQUEST,
        ("something_asked", "first_or_permitted"),
    ),
    Transition(
        _V.ANSWER_SUPPLEMENT,
        (_S.SUPPLEMENT_REQUESTED,),
        None,
        (_A.APPLICANT, _A.CLERK),
        guards=("every_item_answered",),
        came_from=(_S.AWAITING_RECEPTION,),
    ),
    Transition(
        _V.ANSWER_SUPPLEMENT,
        (_S.SUPPLEMENT_REQUESTED,),
        None,
        (_A.APPLICANT, _A.CLERK),
        _C.RESUME,
        _D.RECEIPT_SLIP,
        ("every_item_answered",),
        (_S.ASSIGNED,),
    ),
    Transition(
        _V.SUPPLEMENT_EXPIRED,
        (_S.SUPPLEMENT_REQUESTED,),
        _S.REFUSED,
        (_A.SYSTEM, _A.CLERK),
        document=_D.REFUSAL_SLIP,
        guards=("supplement_overdue",),
        came_from=(_S.AWAITING_RECEPTION,),
    ),
    Transition(
        _V.SUPPLEMENT_EXPIRED,
        (_S.SUPPLEMENT_REQUESTED,),
        _S.STOPPED,
        (_A.SYSTEM, _A.LEADER),
        _C.STOP,
        _D.STOP_NOTICE,
        ("supplement_overdue",),
        (_S.ASSIGNED,),
    ),
    Transition(_V.REFUSE, _BEFORE, _S.REFUSED, (_A.CLERK,), document=_D.REFUSAL_SLIP, guards=("reason_given",)),
    Transition(
        _V.REFUSE,
        (_S.SUPPLEMENT_REQUESTED,),
        _S.REFUSED,
        (_A.CLERK,),
        document=_D.REFUSAL_SLIP,
        guards=("reason_given",),
        came_from=(_S.AWAITING_RECEPTION,),
    ),
    Transition(
        _V.HAND_OVER,
        (_S.ACCEPTED,),
        _S.IN_TRANSFER_TO_AGENCY,
        (_A.SYSTEM, _A.CLERK, _A.SUPERVISOR),
        _C.RECEIVE,
        document=_D.CONTROL_SHEET,
        guards=("agency_known",),
    ),
    Transition(_V.CLAIM, (_S.IN_TRANSFER_TO_AGENCY,), _S.ASSIGNED, (_A.OFFICER,)),
    Transition(_V.RELEASE, (_S.ASSIGNED,), _S.IN_TRANSFER_TO_AGENCY, (_A.OFFICER, _A.LEADER, _A.SUPERVISOR)),
    # The leader gives work out of the queue, or an officer's work to a colleague; what waits for the citizen has a holder too.
    Transition(_V.REASSIGN, (_S.IN_TRANSFER_TO_AGENCY,), _S.ASSIGNED, (_A.LEADER,), guards=("an_officer_who_is_there",)),
    Transition(
        _V.REASSIGN,
        (_S.ASSIGNED, _S.AWAITING_SIGNATURE, _S.SUPPLEMENT_REQUESTED, _S.PAYMENT_REQUIRED),
        None,
        _STAFF,
        guards=("held_by_somebody", "an_officer_who_is_there"),
    ),
    # The promised date stays: finding the right agency is not paid for with the citizen's time.
    Transition(_V.RETURN_NOT_COMPETENT, (_S.IN_TRANSFER_TO_AGENCY, _S.ASSIGNED), _S.ACCEPTED, _STAFF, guards=("reason_given", "hops_left")),
    Transition(_V.RETURN_NOT_COMPETENT, (_S.AWAITING_RECEPTION,), _S.SUBMITTED, (_A.CLERK,), guards=("reason_given", "hops_left")),
    # A rule or a unit changed: another agency decides. Nothing about the dossier or its date is new.
    Transition(_V.REROUTE, (_S.IN_TRANSFER_TO_AGENCY, _S.ASSIGNED), _S.IN_TRANSFER_TO_AGENCY, (_A.SUPERVISOR, _A.SYSTEM)),
    Transition(_V.REROUTE, (_S.AWAITING_RECEPTION,), _S.AWAITING_RECEPTION, (_A.SUPERVISOR, _A.SYSTEM)),
    # On the day of acceptance another agency is competent than on the day of filing.
    Transition(_V.RECHECK, (_S.AWAITING_RECEPTION,), _S.SUBMITTED, (_A.SYSTEM, _A.CLERK), guards=("reason_given",)),
    # The agency has ended by law: its successor has everything as it was. Source: Luật Tổ chức chính quyền địa phương 2025.
    Transition(_V.INHERIT, (*_OPEN, *_DONE), None, (_A.SYSTEM, _A.SUPERVISOR)),
    Transition(_V.PROPOSE, (_S.ASSIGNED,), _S.AWAITING_SIGNATURE, (_A.OFFICER,), guards=("result_drafted",)),
    Transition(_V.SEND_BACK, (_S.AWAITING_SIGNATURE,), _S.ASSIGNED, (_A.LEADER,), guards=("reason_given",)),
    Transition(_V.SIGN, (_S.AWAITING_SIGNATURE,), _S.ISSUED, (_A.LEADER,), _C.STOP, _D.RESULT),
    Transition(
        _V.EXTEND,
        (_S.ASSIGNED, _S.AWAITING_SIGNATURE),
        None,
        _STAFF,
        _C.EXTEND,
        _D.APOLOGY_LETTER,
        ("reason_given", "not_extended_before", "a_working_day_before_due"),
    ),
    Transition(_V.STOP, (_S.ASSIGNED, _S.AWAITING_SIGNATURE), _S.STOPPED, (_A.LEADER,), _C.STOP, _D.STOP_NOTICE, ("ground_given",)),
    Transition(_V.RESUME_STOPPED, (_S.STOPPED,), _S.ASSIGNED, (_A.LEADER, _A.SYSTEM), _C.RESUME, _D.RECEIPT_SLIP, ("recorded_as_pause",)),
    # Days off were announced after the promise: the ledger counts again, and the person is told.
    Transition(
        _V.RECOUNT,
        (_S.ACCEPTED, _S.IN_TRANSFER_TO_AGENCY, _S.ASSIGNED, _S.AWAITING_SIGNATURE, _S.PAYMENT_REQUIRED),
        None,
        (_A.SYSTEM,),
        _C.RECOUNT,
        guards=("clock_runs",),
    ),
    # An issued result was wrong: it is revoked, the full time runs anew, the next version takes its place.
    Transition(
        _V.REOPEN,
        (_S.ISSUED, _S.IN_TRANSFER_TO_COUNTER, _S.READY_FOR_COLLECTION, _S.CLOSED),
        _S.ASSIGNED,
        (_A.LEADER,),
        _C.RESUME,
        guards=("reason_given",),
        policy=RESTART,
    ),
    Transition(_V.WITHDRAW, _OPEN, _S.WITHDRAWN, (_A.APPLICANT, _A.CLERK), _C.STOP, _D.RETURN_NOTE),
    Transition(
        _V.SEND_RESULT, (_S.ISSUED, _S.READY_FOR_COLLECTION), _S.IN_TRANSFER_TO_COUNTER, (_A.OFFICER, _A.LEADER, _A.CLERK, _A.SYSTEM)
    ),
    Transition(_V.ARRIVE, (_S.IN_TRANSFER_TO_COUNTER,), _S.READY_FOR_COLLECTION, (_A.CLERK,)),
    Transition(_V.PRINT_AT_COUNTER, (_S.ISSUED, _S.READY_FOR_COLLECTION), _S.READY_FOR_COLLECTION, (_A.CLERK,), guards=("e_result",)),
    Transition(
        _V.HAND_BACK,
        (_S.READY_FOR_COLLECTION,),
        _S.CLOSED,
        (_A.CLERK,),
        document=_D.HANDOVER_RECEIPT,
        guards=("result_is_here", "collector_checked"),
    ),
    Transition(_V.HAND_BACK, (_S.ISSUED,), _S.CLOSED, (_A.APPLICANT, _A.CLERK, _A.SYSTEM), guards=("e_result",)),
)


@cache
def find(state: State | None, verb: Verb, came_from: State | None = None) -> Transition | None:
    """The row for this step; None if there is none, or if it needs `came_from` to be told."""
    for row in TRANSITIONS:
        is_here = state in row.sources if state else not row.sources
        if row.verb is verb and is_here and (not row.came_from or came_from in row.came_from):
            return row
    return None


def allowed(state: State | None, verb: Verb) -> bool:
    """Whether the verb can happen in this state at all; None is a dossier not yet born."""
    return any(row.verb is verb and (state in row.sources if state else not row.sources) for row in TRANSITIONS)


def verbs_for(state: State, actor: Actor) -> tuple[Verb, ...]:
    """What the role may try in this state, in the order of the table."""
    return tuple(dict.fromkeys(row.verb for row in TRANSITIONS if state in row.sources and actor in row.actors))


def target(state: State | None, verb: Verb, came_from: State | None = None) -> State:
    """The state after the verb. Raises StepRefused."""
    row = find(state, verb, came_from)
    if row is None:
        raise StepRefused(state, verb)
    arrives = row.target or (came_from if row.came_from else state)
    if arrives is None:
        raise StepRefused(state, verb)
    return arrives


def _steps() -> frozenset[tuple[State | None, Verb, State]]:
    return frozenset(
        (source, row.verb, target(source, row.verb, origin))
        for row in TRANSITIONS
        for source in (row.sources or (None,))
        for origin in (row.came_from or (None,))
    )


ALLOWED_STEPS = _steps()
"""Every (from, verb, to); from None is birth."""

ALLOWED_PAIRS = frozenset((source, arrives) for source, _, arrives in ALLOWED_STEPS)
"""Every (from, to), for the table that the database checks states against."""
