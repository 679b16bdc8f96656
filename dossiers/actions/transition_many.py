"""The batch door of the single writer of state: many dossiers, each by the same table and rules as one, in one statement."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from django.db import connection
from django.utils.translation import gettext as _

from dossiers.actions.ledger import CalendarOf
from dossiers.actions.stagetargets import set_stage_target
from dossiers.actions.transition import (
    NOTHING_ELSE,
    STEP_FIELDS,
    By,
    StaleVersion,
    Step,
    enter,
    national_message,
    next_event,
    next_tick,
)
from dossiers.lifecycle import TRANSITIONS, ClockEffect, Verb
from dossiers.models import ClockRecord, Dossier, Event
from portal.agencies.queries import working_calendar
from portal.core.db import require_transaction
from portal.core.db.bulk import Column, Source, columns, insertion, source
from portal.core.errors import DomainError
from portal.core.workcalendar import WorkCalendar
from portal.outbox.models import OutboxMessage

CLOCK_VERBS = frozenset(row.verb for row in TRANSITIONS if row.clock is not ClockEffect.NONE)
KEY = Column("id", "pk", "bigint", "bigint", is_json=False)


@dataclass(frozen=True, slots=True)
class Move:
    """One step of one dossier, which the caller has locked. `expected_version` is what the person saw, if a person did."""

    dossier: Dossier
    verb: Verb
    by: By
    step: Step = NOTHING_ELSE
    expected_version: int | None = None


@dataclass(slots=True)
class _Batch:
    """What goes into the statement, dossier by dossier in the same order."""

    dossiers: list[Dossier]
    events: list[Event]
    ticks: list[ClockRecord]
    messages: list[OutboxMessage]


def locked_many(dossier_ids: Collection[int]) -> dict[int, Dossier]:
    """These dossiers by id, locked until the transaction ends; in the order of ids, so that two batches never wait for each other."""
    require_transaction()
    rows = (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("version", "procedure", "case", "agency", "receiving_office__province")
        .filter(pk__in=dossier_ids)
        .order_by("pk")
    )
    return {dossier.pk: dossier for dossier in rows}


def transition_many(moves: Sequence[Move]) -> list[Event | DomainError]:
    """Each dossier is in its new state like after `transition`, or unchanged with the error that says why; in the order of `moves`.

    A dossier moves once in a batch: a second step of it is refused as stale.
    """
    require_transaction()
    ledgers, calendar_of = _ledgers(moves), cache(_calendar)
    batch = _Batch([], [], [], [])
    outcomes: list[Event | DomainError] = []
    seen: set[int] = set()
    for move in moves:
        before = _Memory(move.dossier) if _may_tick(move) else None
        try:
            if move.dossier.pk in seen or move.expected_version not in (None, move.dossier.state_version):
                raise _stale()
            event = _prepare(move, batch, ledgers[move.dossier.pk], lambda years: calendar_of(min(years), max(years)))
        except DomainError as error:
            if before:
                before.restore()
            outcomes.append(error)
        else:
            seen.add(move.dossier.pk)
            outcomes.append(event)
    written = _write(batch, extra={name for move in moves for name in move.step.fields})
    return [each if isinstance(each, DomainError) or each.dossier_id in written else _stale() for each in outcomes]


class _Memory:
    """An instance as it was, for a step that turns out to be impossible half-way: at the calendar, after the table allowed it."""

    def __init__(self, dossier: Dossier) -> None:
        self._dossier, self._values, self._relations = dossier, dict(vars(dossier)), dict(dossier._state.fields_cache)

    def restore(self) -> None:
        vars(self._dossier).update(self._values)
        self._dossier._state.fields_cache = self._relations


def _prepare(move: Move, batch: _Batch, ledger: Sequence[ClockRecord], calendar_of: CalendarOf) -> Event:
    """The step is done in memory and stands in the batch. Raises what `transition` raises; then nothing was added."""
    dossier, before = move.dossier, move.dossier.state
    row = enter(dossier, move.verb, move.step)
    set_stage_target(dossier, before, move.by.at, calendar_of)
    tick = None
    if row.clock is not ClockEffect.NONE:
        tick = next_tick(dossier, row, move.by, move.step, ledger, calendar_of)
    event = next_event(dossier, move.verb, before, move.by, move.step)
    batch.messages.append(national_message(dossier, event, told=move.step.told))
    batch.dossiers.append(dossier)
    batch.events.append(event)
    if tick:
        batch.ticks.append(tick)
    return event


def _write(batch: _Batch, extra: Collection[str]) -> set[int]:
    """The one statement; returns the ids of the dossiers that it moved."""
    if not batch.dossiers:
        return set()
    changed = columns(Dossier, (*STEP_FIELDS, *sorted(set(extra) - set(STEP_FIELDS))))
    step = source((KEY, *changed), batch.dossiers)
    assigned = ", ".join(f"{each.name} = s.{each.name}" for each in changed)
    # One version up from what was read under the lock, or not at all; everything else hangs on the row that was moved.
    update = (
        f"UPDATE dossiers_dossier d SET {assigned} FROM ({step.text}) s"  # noqa: S608 -- names of our own models
        " WHERE d.id = s.id AND d.state_version = s.state_version - 1 RETURNING d.id"
    )
    parts = {
        "moved": Source(update, step.parameters),
        "noted": insertion(Event, batch.events, only="s.dossier_id IN (SELECT id FROM moved)"),
        "told": insertion(OutboxMessage, batch.messages, only="s.subject_id IN (SELECT id FROM moved)"),
    }
    if batch.ticks:
        parts["ticked"] = insertion(ClockRecord, batch.ticks, only="s.dossier_id IN (SELECT id FROM moved)")
    return _run(parts)


def _run(parts: dict[str, Source]) -> set[int]:
    text = ", ".join(f"{name} AS ({part.text})" for name, part in parts.items())
    with connection.cursor() as cursor:
        statement = f"WITH {text} SELECT id FROM moved"  # noqa: S608 -- names of our own models
        cursor.execute(statement, [each for part in parts.values() for each in part.parameters])
        return {int(row[0]) for row in cursor.fetchall()}


def _stale() -> StaleVersion:
    return StaleVersion(_("Somebody else has changed this dossier meanwhile. Look at it again before you decide."))


def _calendar(first: int, last: int) -> WorkCalendar:
    return working_calendar(range(first, last + 1))


def _may_tick(move: Move) -> bool:
    """Whether the step may write to the clock; a hand-over only where the way to the agency does not count."""
    return move.verb in CLOCK_VERBS and (move.verb is not Verb.HAND_OVER or move.dossier.version.transfer_excluded)


def _ledgers(moves: Sequence[Move]) -> dict[int, list[ClockRecord]]:
    """The clocks of the dossiers whose step may touch one, in one query."""
    wanted = [move.dossier.pk for move in moves if _may_tick(move)]
    found: dict[int, list[ClockRecord]] = defaultdict(list)
    if wanted:
        for record in ClockRecord.objects.filter(dossier__in=wanted).order_by("dossier_id", "seq"):
            found[record.dossier_id].append(record)
    return found
