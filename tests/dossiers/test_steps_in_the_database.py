"""The database knows the whole table of steps and refuses, to everybody, what the table does not have."""

from collections import Counter
from itertools import product

import pytest
from django.db import IntegrityError, connection

from dossiers.actions.transition import By, Step, born, transition
from dossiers.deadlines import EntryKind
from dossiers.lifecycle import ALLOWED_STEPS, ClockEffect, State, Verb, find
from dossiers.models import Dossier
from dossiers.steptable import StepRow, step_rows
from portal.accounts.models import Role
from procedures.models import ProcedureVersion
from tests.dossiers.forging import ACCEPTED, Forged, agreed, dossiers_of_every_state, forge, run_and_agree, unborn
from tests.factories import MONDAY, centre, committee, filed, routed, staff, staffed

pytestmark = pytest.mark.django_db


def came_from(dossier: Dossier) -> State | None:
    return State(dossier.came_from) if dossier.came_from else None


def refused_by(error: BaseException) -> str:
    return str(error.__cause__.diag.constraint_name)  # type: ignore[union-attr]


def test_the_rows_of_the_database_are_the_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT verb, from_state, came_from, to_state, clock, entries FROM dossiers_step")
        rows = [StepRow(verb, source, origin, to, clock, tuple(kinds)) for verb, source, origin, to, clock, kinds in cursor.fetchall()]

    assert sorted(rows) == step_rows(), "a migration calls `dossiers.steptable.refill`"
    assert {(row.from_state or None, row.verb, row.to_state) for row in rows} == ALLOWED_STEPS


def test_nobody_of_the_portal_writes_the_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r, p FROM unnest(ARRAY['portal_web', 'portal_worker']) r, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p"
            " WHERE has_table_privilege(r, 'dossiers_step', p)"
        )
        assert cursor.fetchall() == []


def test_every_step_that_the_table_does_not_have_is_refused() -> None:
    """Each state, every verb and every state to go to: written whole, and still refused."""
    dossiers = list(dossiers_of_every_state())
    assert {dossier.state for dossier in dossiers} == set(State)
    forged = [
        Forged(dossier.pk, verb, dossier.state, to)
        for dossier in dossiers
        for verb, to in product(Verb, State)
        if not any(
            (row.verb, row.from_state, row.to_state) == (verb, dossier.state, to) and row.came_from in ("", dossier.came_from)
            for row in step_rows()
        )
    ]
    births = [Forged(dossiers[0].pk, verb, "", to) for verb, to in product(Verb, State) if (None, verb, to) not in ALLOWED_STEPS]
    assert len(forged) > 9000

    outcomes = Counter(forge([*forged, *births]))

    assert set(outcomes) == {"dossier_step_allowed", "event_step_allowed"}, outcomes


def test_each_step_writes_to_the_clock_what_the_table_says_and_nothing_else() -> None:
    forged, expected = [], []
    for dossier in dossiers_of_every_state():
        runs = dossier.clock.exists()
        for verb, to, entry in product(Verb, State, ["", *EntryKind]):
            row = find(State(dossier.state), verb, came_from(dossier))
            if row is None or (row.target or (came_from(dossier) if row.came_from else State(dossier.state))) is not to:
                continue
            wanted = "" if row.clock in (ClockEffect.NONE, ClockEffect.RECEIVE) else row.clock.value
            if row.clock is not ClockEffect.START and not runs:
                wanted = ""
            forged.append(Forged(dossier.pk, verb, dossier.state, to, entry))
            expected.append(entry == wanted)

    outcomes = forge(forged)

    assert sum(expected) > 80
    for step, outcome, is_right in zip(forged, outcomes, expected, strict=True):
        assert (outcome == ACCEPTED) is is_right, (step, outcome)
        assert outcome in (ACCEPTED, "clock_follows_step", "clock_entry_has_step"), (step, outcome)


@pytest.mark.parametrize("entry", ["", *EntryKind])
def test_where_the_way_does_not_count_the_receipt_starts_the_clock(entry: str) -> None:
    version = ProcedureVersion.objects.filter(transfer_excluded=True, state="published").order_by("pk").first()
    assert version is not None
    by = By(staff(Role.CLERK, centre()), MONDAY, office=centre())
    dossier = unborn("H29-261102-0001", version, by)
    dossier.accepted_at = MONDAY
    born(dossier, Verb.ACCEPT_AT_COUNTER, by)
    assert dossier.clock.get().kind == EntryKind.TRANSFER

    [outcome] = forge([Forged(dossier.pk, Verb.HAND_OVER, "accepted", "in_transfer_to_agency", entry)])

    assert outcome == (ACCEPTED if entry == EntryKind.START else "clock_follows_step")


ALONE = {
    "state": ("UPDATE dossiers_dossier SET state = 'in_transfer_to_agency', state_version = 2, event_seq = 2", "dossier_step_has_event"),
    "number": ("UPDATE dossiers_dossier SET event_seq = event_seq + 1", "dossier_step_has_event"),
    "head": ("UPDATE dossiers_dossier SET chain_head = repeat('0', 64)", "dossier_step_has_event"),
    "way_back": ("UPDATE dossiers_dossier SET came_from = 'assigned'", "dossier_step_has_event"),
    "event": (
        (
            "INSERT INTO dossiers_event (dossier_id, seq, verb, from_state, to_state, note, at, content, previous_hash, hash)"
            " SELECT id, 2, 'hand_over', 'accepted', 'in_transfer_to_agency', '', now(), '{}', chain_head,"
            " encode(sha256(convert_to(chain_head || E'\\n{}', 'UTF8')), 'hex') FROM dossiers_dossier"
        ),
        "event_tells_a_step",
    ),
    "entry": (
        (
            "INSERT INTO dossiers_clockrecord (dossier_id, seq, event_seq, kind, at, policy, legal_basis)"
            " SELECT dossier_id, 2, 2, 'suspend', at, '', '' FROM dossiers_clockrecord"
        ),
        "clock_entry_has_step",
    ),
    "entry_of_no_step": (
        (
            "INSERT INTO dossiers_clockrecord (dossier_id, seq, kind, at, policy, legal_basis)"
            " SELECT dossier_id, 2, 'suspend', at, '', '' FROM dossiers_clockrecord"
        ),
        "clock_entry_has_step",
    ),
    "second_entry_of_a_step": (
        (
            "INSERT INTO dossiers_clockrecord (dossier_id, seq, event_seq, kind, at, policy, legal_basis)"
            " SELECT dossier_id, 2, event_seq, kind, at, '', '' FROM dossiers_clockrecord"
        ),
        "clock_entry_once_a_step",
    ),
}


@pytest.mark.parametrize(("statement", "constraint"), ALONE.values(), ids=ALONE)
def test_state_event_and_clock_change_together_or_not_at_all(statement: str, constraint: str) -> None:
    filed()

    with pytest.raises(IntegrityError) as refusal:
        run_and_agree(statement)

    assert refused_by(refusal.value) == constraint


def test_an_entry_is_not_added_to_a_step_of_long_ago() -> None:
    """A withdrawal before acceptance stops no clock; nobody makes it one afterwards."""
    dossier = next(each for each in dossiers_of_every_state() if each.state == State.SUBMITTED)
    event = transition(dossier, Verb.WITHDRAW, By(None, MONDAY))
    agreed()

    with pytest.raises(IntegrityError) as refusal:
        run_and_agree(
            "INSERT INTO dossiers_clockrecord (dossier_id, seq, event_seq, kind, at, policy, legal_basis)"
            f" SELECT dossier_id, 1, seq, 'stop', at, '', '' FROM dossiers_event WHERE id = {event.pk}"
        )

    assert refused_by(refusal.value) == "clock_entry_has_step"


def test_several_steps_of_one_transaction_are_each_looked_at() -> None:
    staffed(committee())
    dossier = routed(filed().dossier)
    officer = By(staff(Role.OFFICER, dossier.agency), MONDAY, agency=dossier.agency)

    transition(dossier, Verb.CLAIM, officer, Step(fields={"assigned_to": officer.user}))
    transition(dossier, Verb.ASK_SUPPLEMENT, officer)
    transition(dossier, Verb.ANSWER_SUPPLEMENT, officer)

    agreed()
    assert list(dossier.clock.values_list("kind", "event_seq")) == [("start", 1), ("suspend", 4), ("resume", 5)]
