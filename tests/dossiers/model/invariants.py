"""What must hold of a dossier after every step, read from the database and not from what the step returned."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from dossiers.actions.ledger import dates_after
from dossiers.axes import clock_of, delivery_state, payment_state, sync_state
from dossiers.deadlines import ClockEntry, EntryKind
from dossiers.lifecycle import ALLOWED_STEPS, State
from dossiers.models import ClockRecord, Dossier

KEPT = (
    *("event", "clockrecord", "party", "paper", "issueddocument", "result", "routedecision", "supplementrequest"),
    *("feeline", "handlingstop", "handover", "detour", "reassignment", "answers"),
)
"""Tables whose rows are never deleted."""

_COUNTS = ", ".join(f"(SELECT count(*) FROM dossiers_{table} t WHERE t.dossier_id = d.id)" for table in KEPT)
_READ = f"""
    SELECT d.state, d.came_from, d.event_seq, d.chain_head, d.state_version,
        (SELECT array_agg(ROW(e.seq, e.verb, e.from_state, e.to_state, e.hash, e.previous_hash)::text ORDER BY e.seq)
            FROM dossiers_event e WHERE e.dossier_id = d.id),
        (SELECT array_agg(m.sequence ORDER BY m.sequence) FROM outbox_outboxmessage m WHERE m.stream = 'national' AND m.subject_id = d.id),
        {_COUNTS}
    FROM dossiers_dossier d WHERE d.id = %s::bigint"""
STANDS = {
    **dict.fromkeys((State.SUBMITTED, State.AWAITING_RECEPTION, State.REFUSED), ("not_started",)),
    **dict.fromkeys((State.ACCEPTED, State.IN_TRANSFER_TO_AGENCY, State.ASSIGNED, State.AWAITING_SIGNATURE), ("running",)),
    **dict.fromkeys((State.ISSUED, State.IN_TRANSFER_TO_COUNTER, State.READY_FOR_COLLECTION, State.CLOSED, State.STOPPED), ("stopped",)),
    State.WITHDRAWN: ("stopped", "not_started"),
}
WAITS = {
    (State.SUPPLEMENT_REQUESTED, State.AWAITING_RECEPTION): "not_started",
    (State.SUPPLEMENT_REQUESTED, State.ASSIGNED): "paused_supplement",
    (State.PAYMENT_REQUIRED, State.SUBMITTED): "not_started",
    (State.PAYMENT_REQUIRED, State.ACCEPTED): "running",
    (State.PAYMENT_REQUIRED, State.ASSIGNED): "paused_payment",
}
_DELIVERED = {
    State.ISSUED: {"at_agency", "e_only"},
    State.IN_TRANSFER_TO_COUNTER: {"in_transit"},
    State.READY_FOR_COLLECTION: {"at_counter"},
    State.CLOSED: {"handed_over"},
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A dossier as it was found: enough to see that something has changed, or gone."""

    state: str
    came_from: str
    event_seq: int
    counts: tuple[int, ...]
    events: tuple[tuple[str, ...], ...]


def read(pk: int) -> Seen:
    """The dossier with the proof that its history is whole. Raises AssertionError."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [pk])
        state, came_from, event_seq, head, version, lines, told, *counts = cursor.fetchone()
    events = tuple(tuple(line.strip("()").replace('"', "").split(",")) for line in lines)
    assert [int(event[0]) for event in events] == list(range(1, event_seq + 1)), "events are numbered without a gap"
    assert told == list(range(1, event_seq + 1)), "the national portal is told each step, without a gap"
    assert version == event_seq, "one version for each step"
    assert (events[-1][3], events[-1][4]) == (state, head), "the state is that of the last event"
    for (_seq, verb, before, after, _hash, previous), (*_, former_state, former_hash, _) in zip(
        events, (("", "", "", "", "", ""), *events), strict=False
    ):
        assert (before, previous) == (former_state, former_hash), "each event follows the one before"
        assert (before or None, verb, after) in ALLOWED_STEPS, "each event is a step of the table"
    return Seen(state, came_from, event_seq, tuple(counts), events)


def check_clock(dossier: Dossier, ledger: list[ClockRecord]) -> str:
    """The ledger comes to the stored due date, and the clock stands where the stage says. Returns what the clock does."""
    entries = [ClockEntry(EntryKind(each.kind), each.at) for each in ledger]
    found, state = clock_of(entries, State(dossier.state)), State(dossier.state)
    wanted = (WAITS[state, State(dossier.came_from)],) if state not in STANDS else STANDS[state]
    assert found in wanted, f"the clock is {found} while the dossier is {state}"
    assert [each.seq for each in ledger] == list(range(1, len(ledger) + 1)), "entries are numbered without a gap"
    if found == "running" and dossier.case.time_rule:
        due = dates_after(dossier, ledger).due_at
        assert due == dossier.due_at, f"the ledger comes to {due}, stored is {dossier.due_at}, {dossier.state} from {dossier.came_from}"
    if dossier.due_at is not None and dossier.first_due_at is None:
        raise AssertionError("the first due date is kept")
    return found


def check_axes(dossier: Dossier) -> None:
    """What stands beside the stage agrees with it."""
    state = State(dossier.state)
    assert delivery_state(dossier) in _DELIVERED.get(state, {"none"})
    assert sync_state(dossier) == "never", "no worker told the portal anything in this model"
    if state is State.PAYMENT_REQUIRED:
        assert payment_state(dossier) in ("due", "pending"), "it waits for money that is owed"


def check_kept(before: Seen | None, after: Seen) -> None:
    """Nothing of the dossier has gone, and no event was rewritten."""
    if before is None:
        return
    for name, was, now in zip(KEPT, before.counts, after.counts, strict=True):
        assert now >= was, f"a row of {name} has gone"
    assert after.events[: len(before.events)] == before.events, "events stay as they were"


def ledger_of(pk: int) -> list[ClockRecord]:
    """The entries of the clock, in their order."""
    return list(ClockRecord.objects.filter(dossier=pk).order_by("seq"))


def dossier_of(pk: int) -> Dossier:
    """The dossier with what the actions read."""
    return Dossier.objects.select_related(
        "version", "procedure", "case", "agency__reception_office", "receiving_office", "returning_office", "assigned_to"
    ).get(pk=pk)


def everything(pk: int) -> dict[str, Any]:
    """For the message of a failure."""
    seen = read(pk)
    return {"state": seen.state, "events": [event[1] for event in seen.events]}
