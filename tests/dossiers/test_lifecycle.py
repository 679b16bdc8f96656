from itertools import product

import pytest

from dossiers.lifecycle import (
    ALLOWED_PAIRS,
    ALLOWED_STEPS,
    INITIAL,
    NATIONAL_STATUS,
    TERMINAL,
    TRANSITIONS,
    WAITING_FOR_APPLICANT,
    Actor,
    ClockEffect,
    DocumentKind,
    State,
    StepRefused,
    Verb,
    allowed,
    find,
    target,
    verbs_for,
)
from dossiers.lifecyclepage import lifecycle_page
from portal.core import paths

S, V = State, Verb
OPEN = {
    S.SUBMITTED, S.AWAITING_RECEPTION, S.ACCEPTED, S.IN_TRANSFER_TO_AGENCY, S.ASSIGNED, S.AWAITING_SIGNATURE, S.SUPPLEMENT_REQUESTED,
    S.PAYMENT_REQUIRED,
}  # fmt: skip

# Written out by hand, so that a change of the table is a change of this list too.
EXPECTED: dict[tuple[State | None, Verb], set[State]] = {
    (None, V.FILE_ONLINE): {S.SUBMITTED},
    (None, V.FILE_ONLINE_UNPAID): {S.PAYMENT_REQUIRED},
    (None, V.REGISTER_AT_COUNTER): {S.SUBMITTED},
    (None, V.ACCEPT_AT_COUNTER): {S.ACCEPTED},
    (S.SUBMITTED, V.REQUIRE_PAYMENT): {S.PAYMENT_REQUIRED},
    (S.ACCEPTED, V.REQUIRE_PAYMENT): {S.PAYMENT_REQUIRED},
    (S.ASSIGNED, V.REQUIRE_PAYMENT): {S.PAYMENT_REQUIRED},
    (S.PAYMENT_REQUIRED, V.SETTLE_PAYMENT): {S.SUBMITTED, S.ACCEPTED, S.ASSIGNED},
    (S.PAYMENT_REQUIRED, V.PAYMENT_EXPIRED): {S.REFUSED, S.STOPPED},
    (S.SUBMITTED, V.ROUTE_TO_RECEPTION): {S.AWAITING_RECEPTION},
    (S.AWAITING_RECEPTION, V.ACCEPT): {S.ACCEPTED},
    (S.AWAITING_RECEPTION, V.ASK_SUPPLEMENT_BEFORE_ACCEPTANCE): {S.SUPPLEMENT_REQUESTED},
    (S.ASSIGNED, V.ASK_SUPPLEMENT): {S.SUPPLEMENT_REQUESTED},
    (S.SUPPLEMENT_REQUESTED, V.ANSWER_SUPPLEMENT): {S.AWAITING_RECEPTION, S.ASSIGNED},
    (S.SUPPLEMENT_REQUESTED, V.SUPPLEMENT_EXPIRED): {S.REFUSED, S.STOPPED},
    (S.SUBMITTED, V.REFUSE): {S.REFUSED},
    (S.AWAITING_RECEPTION, V.REFUSE): {S.REFUSED},
    (S.SUPPLEMENT_REQUESTED, V.REFUSE): {S.REFUSED},
    (S.ACCEPTED, V.HAND_OVER): {S.IN_TRANSFER_TO_AGENCY},
    (S.IN_TRANSFER_TO_AGENCY, V.CLAIM): {S.ASSIGNED},
    (S.ASSIGNED, V.RELEASE): {S.IN_TRANSFER_TO_AGENCY},
    (S.IN_TRANSFER_TO_AGENCY, V.REASSIGN): {S.ASSIGNED},
    **{(state, V.REASSIGN): {state} for state in (S.ASSIGNED, S.AWAITING_SIGNATURE, S.SUPPLEMENT_REQUESTED, S.PAYMENT_REQUIRED)},
    (S.IN_TRANSFER_TO_AGENCY, V.RETURN_NOT_COMPETENT): {S.ACCEPTED},
    (S.ASSIGNED, V.RETURN_NOT_COMPETENT): {S.ACCEPTED},
    (S.AWAITING_RECEPTION, V.RETURN_NOT_COMPETENT): {S.SUBMITTED},
    (S.IN_TRANSFER_TO_AGENCY, V.REROUTE): {S.IN_TRANSFER_TO_AGENCY},
    (S.ASSIGNED, V.REROUTE): {S.IN_TRANSFER_TO_AGENCY},
    (S.AWAITING_RECEPTION, V.REROUTE): {S.AWAITING_RECEPTION},
    (S.AWAITING_RECEPTION, V.RECHECK): {S.SUBMITTED},
    **{(state, V.SET_FEE): {state} for state in (*OPEN, S.ISSUED, S.IN_TRANSFER_TO_COUNTER, S.READY_FOR_COLLECTION)},
    **{(state, V.INHERIT): {state} for state in (*OPEN, S.ISSUED, S.IN_TRANSFER_TO_COUNTER, S.READY_FOR_COLLECTION)},
    (S.ASSIGNED, V.PROPOSE): {S.AWAITING_SIGNATURE},
    (S.AWAITING_SIGNATURE, V.SEND_BACK): {S.ASSIGNED},
    (S.AWAITING_SIGNATURE, V.SIGN): {S.ISSUED},
    (S.ASSIGNED, V.EXTEND): {S.ASSIGNED},
    (S.AWAITING_SIGNATURE, V.EXTEND): {S.AWAITING_SIGNATURE},
    (S.ASSIGNED, V.STOP): {S.STOPPED},
    (S.AWAITING_SIGNATURE, V.STOP): {S.STOPPED},
    (S.STOPPED, V.RESUME_STOPPED): {S.ASSIGNED},
    **{
        (state, V.RECOUNT): {state} for state in (S.ACCEPTED, S.IN_TRANSFER_TO_AGENCY, S.ASSIGNED, S.AWAITING_SIGNATURE, S.PAYMENT_REQUIRED)
    },
    **{(state, V.REOPEN): {S.ASSIGNED} for state in (S.ISSUED, S.IN_TRANSFER_TO_COUNTER, S.READY_FOR_COLLECTION, S.CLOSED)},
    **{(state, V.WITHDRAW): {S.WITHDRAWN} for state in OPEN},
    (S.ISSUED, V.SEND_RESULT): {S.IN_TRANSFER_TO_COUNTER},
    (S.READY_FOR_COLLECTION, V.SEND_RESULT): {S.IN_TRANSFER_TO_COUNTER},
    (S.IN_TRANSFER_TO_COUNTER, V.ARRIVE): {S.READY_FOR_COLLECTION},
    (S.ISSUED, V.PRINT_AT_COUNTER): {S.READY_FOR_COLLECTION},
    (S.READY_FOR_COLLECTION, V.PRINT_AT_COUNTER): {S.READY_FOR_COLLECTION},
    (S.READY_FOR_COLLECTION, V.HAND_BACK): {S.CLOSED},
    (S.ISSUED, V.HAND_BACK): {S.CLOSED},
}


@pytest.mark.parametrize(("state", "verb"), list(product([None, *State], Verb)), ids=str)
def test_every_pair_of_state_and_verb_is_allowed_or_refused_as_written(state: State | None, verb: Verb) -> None:
    expected = EXPECTED.get((state, verb), set())

    assert allowed(state, verb) is bool(expected)
    assert {arrives for source, by, arrives in ALLOWED_STEPS if (source, by) == (state, verb)} == expected
    if not expected:
        with pytest.raises(StepRefused):
            target(state, verb)


def test_the_pairs_for_the_database_are_those_of_the_steps() -> None:
    assert frozenset((source, to) for (source, _), targets in EXPECTED.items() for to in targets) == ALLOWED_PAIRS
    assert {to for source, to in ALLOWED_PAIRS if source is None} == INITIAL


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (S.SUBMITTED, 1), (S.AWAITING_RECEPTION, 1), (S.ACCEPTED, 2), (S.IN_TRANSFER_TO_AGENCY, 2), (S.REFUSED, 3), (S.ASSIGNED, 4),
        (S.AWAITING_SIGNATURE, 4), (S.SUPPLEMENT_REQUESTED, 5), (S.PAYMENT_REQUIRED, 6), (S.WITHDRAWN, 7), (S.STOPPED, 8), (S.ISSUED, 9),
        (S.IN_TRANSFER_TO_COUNTER, 9), (S.READY_FOR_COLLECTION, 9), (S.CLOSED, 10),
    ],
)  # fmt: skip
def test_each_state_has_its_national_code(state: State, code: int) -> None:
    assert NATIONAL_STATUS[state] == code


def test_every_state_has_a_national_code_and_every_code_a_state() -> None:
    assert set(NATIONAL_STATUS) == set(State)
    assert set(NATIONAL_STATUS.values()) == set(range(1, 11))


def test_every_state_can_be_reached_and_can_end() -> None:
    reached: set[State] = set(INITIAL)
    ending = set(TERMINAL)
    for _ in State:
        reached |= {to for source, to in ALLOWED_PAIRS if source in reached}
        ending |= {source for source, to in ALLOWED_PAIRS if source and to in ending}

    assert reached == set(State)
    assert ending == set(State)


def test_a_terminal_state_has_no_exit() -> None:
    assert not [pair for pair in ALLOWED_PAIRS if pair[0] in TERMINAL]


@pytest.mark.parametrize(
    ("state", "verb", "came_from", "arrives", "clock"),
    [
        (S.PAYMENT_REQUIRED, V.SETTLE_PAYMENT, S.SUBMITTED, S.SUBMITTED, ClockEffect.NONE),
        (S.PAYMENT_REQUIRED, V.SETTLE_PAYMENT, S.ASSIGNED, S.ASSIGNED, ClockEffect.RESUME),
        (S.PAYMENT_REQUIRED, V.PAYMENT_EXPIRED, S.SUBMITTED, S.REFUSED, ClockEffect.NONE),
        (S.PAYMENT_REQUIRED, V.PAYMENT_EXPIRED, S.ASSIGNED, S.STOPPED, ClockEffect.STOP),
        (S.SUPPLEMENT_REQUESTED, V.ANSWER_SUPPLEMENT, S.AWAITING_RECEPTION, S.AWAITING_RECEPTION, ClockEffect.NONE),
        (S.SUPPLEMENT_REQUESTED, V.ANSWER_SUPPLEMENT, S.ASSIGNED, S.ASSIGNED, ClockEffect.RESUME),
        (S.SUPPLEMENT_REQUESTED, V.SUPPLEMENT_EXPIRED, S.AWAITING_RECEPTION, S.REFUSED, ClockEffect.NONE),
        (S.SUPPLEMENT_REQUESTED, V.SUPPLEMENT_EXPIRED, S.ASSIGNED, S.STOPPED, ClockEffect.STOP),
        (S.ACCEPTED, V.REQUIRE_PAYMENT, None, S.PAYMENT_REQUIRED, ClockEffect.NONE),
        (S.ASSIGNED, V.REQUIRE_PAYMENT, None, S.PAYMENT_REQUIRED, ClockEffect.SUSPEND),
        (S.ASSIGNED, V.EXTEND, None, S.ASSIGNED, ClockEffect.EXTEND),
        (S.STOPPED, V.RESUME_STOPPED, None, S.ASSIGNED, ClockEffect.RESUME),
        (S.ASSIGNED, V.RECOUNT, None, S.ASSIGNED, ClockEffect.RECOUNT),
        (S.CLOSED, V.REOPEN, None, S.ASSIGNED, ClockEffect.RESUME),
        (S.AWAITING_RECEPTION, V.ACCEPT, None, S.ACCEPTED, ClockEffect.START),
        (S.AWAITING_SIGNATURE, V.SIGN, None, S.ISSUED, ClockEffect.STOP),
        (S.ASSIGNED, V.RETURN_NOT_COMPETENT, None, S.ACCEPTED, ClockEffect.NONE),
    ],
)
def test_where_a_step_leads_and_what_it_does_to_the_clock(
    state: State, verb: Verb, came_from: State | None, arrives: State, clock: ClockEffect
) -> None:
    row = find(state, verb, came_from)

    assert row is not None
    assert (target(state, verb, came_from), row.clock) == (arrives, clock)


@pytest.mark.parametrize("came_from", [None, S.SUBMITTED, S.ISSUED])
def test_an_answer_from_nowhere_is_refused(came_from: State | None) -> None:
    with pytest.raises(StepRefused):
        target(S.SUPPLEMENT_REQUESTED, V.ANSWER_SUPPLEMENT, came_from)


def test_after_acceptance_nothing_is_refused_as_not_received() -> None:
    with pytest.raises(StepRefused):
        target(S.SUPPLEMENT_REQUESTED, V.REFUSE, S.ASSIGNED)


@pytest.mark.parametrize(
    ("verb", "document"),
    [
        (V.ACCEPT, DocumentKind.RECEIPT_SLIP),
        (V.ACCEPT_AT_COUNTER, DocumentKind.RECEIPT_SLIP),
        (V.REGISTER_AT_COUNTER, DocumentKind.ACKNOWLEDGEMENT),
        (V.ASK_SUPPLEMENT, DocumentKind.SUPPLEMENT_REQUEST),
        (V.REFUSE, DocumentKind.REFUSAL_SLIP),
        (V.EXTEND, DocumentKind.APOLOGY_LETTER),
        (V.STOP, DocumentKind.STOP_NOTICE),
        (V.SIGN, DocumentKind.RESULT),
    ],
)
def test_each_act_issues_its_paper(verb: Verb, document: DocumentKind) -> None:
    assert {row.document for row in TRANSITIONS if row.verb is verb} == {document}


def test_the_clock_starts_only_at_acceptance() -> None:
    assert {row.verb for row in TRANSITIONS if row.clock is ClockEffect.START} == {V.ACCEPT, V.ACCEPT_AT_COUNTER}
    assert {row.verb for row in TRANSITIONS if row.clock is ClockEffect.RECEIVE} == {V.HAND_OVER}


def test_roles_see_only_their_verbs() -> None:
    assert verbs_for(S.AWAITING_SIGNATURE, Actor.LEADER) == (V.SET_FEE, V.REASSIGN, V.SEND_BACK, V.SIGN, V.EXTEND, V.STOP)
    assert verbs_for(S.AWAITING_SIGNATURE, Actor.APPLICANT) == (V.WITHDRAW,)
    assert verbs_for(S.CLOSED, Actor.CLERK) == ()
    assert verbs_for(S.CLOSED, Actor.LEADER) == (V.REOPEN,)


def test_no_verb_is_without_a_row_and_no_row_without_an_actor() -> None:
    assert {row.verb for row in TRANSITIONS} == set(Verb)
    assert all(row.actors for row in TRANSITIONS)
    assert {S.SUPPLEMENT_REQUESTED, S.PAYMENT_REQUIRED} == WAITING_FOR_APPLICANT


def test_the_page_of_the_lifecycle_is_drawn_from_the_table() -> None:
    assert (paths.ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8") == lifecycle_page(), "run `manage.py lifecycle --write`"


def test_an_outside_obligation_only_pauses_and_a_reopened_case_runs_its_full_time() -> None:
    assert {(row.verb, str(row.policy)) for row in TRANSITIONS if row.policy} == {
        (V.REQUIRE_PAYMENT, "pause_resume"),
        (V.REOPEN, "restart"),
    }


def test_every_row_names_the_national_code_that_follows() -> None:
    assert {row.verb: row.national_status for row in TRANSITIONS if row.verb in (V.SIGN, V.STOP, V.HAND_BACK)} == {
        V.SIGN: 9,
        V.STOP: 8,
        V.HAND_BACK: 10,
    }
    assert all(row.national_status is None for row in TRANSITIONS if row.target is None)
