"""The single writer of a dossier's state."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dossiers.actions.followers import ENDS, leave_followers
from dossiers.actions.ledger import CalendarOf, dates_after
from dossiers.actions.stagetargets import set_stage_target
from dossiers.deadlines import TRANSFER_BASIS, EntryKind
from dossiers.lifecycle import ClockEffect, State, StepRefused, Transition, Verb, find, target
from dossiers.models import ClockRecord, Dossier, Event
from dossiers.snapshot import kind_of, snapshot
from portal.accounts.models import User
from portal.agencies.models import Agency, Office
from portal.agencies.queries import working_calendar
from portal.core.canonical import canonical
from portal.core.clock import technical_now
from portal.core.db import require_transaction
from portal.core.db.bulk import fresh
from portal.core.errors import Conflict, DomainError
from portal.outbox.actions import message
from portal.outbox.models import OutboxMessage
from procedures.models import ProcedureVersion


class StepNotPossible(DomainError):
    """The table of the lifecycle has no such step from here."""

    status = 409


class StaleVersion(Conflict):
    """The page was made before somebody else changed the dossier."""


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, in which capacity, when. `user` None is the system."""

    user: User | None
    at: datetime
    office: Office | None = None
    agency: Agency | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one step changes besides the state."""

    note: str = ""
    legal_basis: str = ""
    new_due_at: datetime | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    """What only the step knows and the national portal is told."""


NOTHING_ELSE = Step()
STEP_FIELDS = ("state", "state_version", "event_seq", "came_from", "chain_head", "due_at", "due_soon_at", "first_due_at", "stage_due_at")
"""What every step may change; a step's own fields come on top."""


def locked(dossier_id: int, *, expected_version: int | None = None) -> Dossier:
    """The dossier, locked for the rest of the transaction. Raises StaleVersion."""
    require_transaction()
    dossier = (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("version", "procedure", "case", "agency", "receiving_office__province")
        .get(pk=dossier_id)
    )
    if expected_version is not None and dossier.state_version != expected_version:
        raise StaleVersion(_("Somebody else has changed this dossier meanwhile. Look at it again before you decide."))
    return dossier


def transition(dossier: Dossier, verb: Verb, by: By, step: Step = NOTHING_ELSE) -> Event:
    """The dossier is in its new state, with one event, its clock entry, due date and message to the national portal.

    `dossier` is locked or new in this transaction. Raises StepNotPossible.
    """
    require_transaction()
    before = dossier.state
    row = enter(dossier, verb, step)
    set_stage_target(dossier, before, by.at, working_calendar)
    _move_clock(dossier, row, by, step)
    event = next_event(dossier, verb, before, by, step)
    dossier.save(update_fields=[*STEP_FIELDS, *step.fields])
    event.save(force_insert=True)
    tell_national_portal(dossier, event, told=step.told)
    if State(dossier.state) in ENDS and not step.facts.get("pause"):
        leave_followers(dossier, ENDS[State(dossier.state)], at=by.at)
    return event


def enter(dossier: Dossier, verb: Verb, step: Step) -> Transition:
    """The dossier in memory stands where the table sends it, one version and one event on. Raises StepNotPossible."""
    before = State(dossier.state)
    row, after = _row(dossier, before, verb)
    dossier.state = after.value
    dossier.state_version += 1
    dossier.event_seq += 1
    if row.target in (State.SUPPLEMENT_REQUESTED, State.PAYMENT_REQUIRED):
        dossier.came_from = before.value
    for name, value in step.fields.items():
        setattr(dossier, name, value)
    return row


def require_step(dossier: Dossier, verb: Verb) -> None:
    """The table has this step from here: for an action that writes before it. Raises StepNotPossible."""
    _row(dossier, State(dossier.state), verb)


def born(dossier: Dossier, verb: Verb, by: By, *, told: Mapping[str, Any] | None = None, note: str = "") -> Event:
    """The first event of a dossier that is not yet inserted: sets its state, clock and chain, inserts it and the event.

    `told` is what only the filing knows and the national portal is told: owner, papers, fees. `note` says why the system filed it.
    """
    require_transaction()
    row, after = _row(dossier, None, verb)
    dossier.state = after.value
    dossier.state_version = dossier.event_seq = 1
    event = next_event(dossier, verb, "", by, Step(note=note))
    dossier.save(force_insert=True)
    event.dossier = dossier
    if row.clock is ClockEffect.START:
        _move_clock(dossier, row, by, NOTHING_ELSE)
        dossier.save(update_fields=["due_at", "due_soon_at", "first_due_at"])
    event.save(force_insert=True)
    tell_national_portal(dossier, event, told=told)
    return event


def _row(dossier: Dossier, before: State | None, verb: Verb) -> tuple[Transition, State]:
    came_from = State(dossier.came_from) if dossier.came_from else None
    try:
        after = target(before, verb, came_from)
    except StepRefused as refused:
        raise StepNotPossible(_("This step is not possible in the present state of the dossier.")) from refused
    row = find(before, verb, came_from)
    assert row is not None  # noqa: S101 -- target() found it
    return row, after


def next_event(dossier: Dossier, verb: Verb, before: str, by: By, step: Step) -> Event:
    """The unsaved event with the next number and the hash over all before it, which is the dossier's new head."""
    content = canonical(
        {
            "code": dossier.code,
            "seq": dossier.event_seq,
            "verb": verb.value,
            "from": before,
            "to": dossier.state,
            "at": by.at.isoformat(),
            "actor": by.user.pk if by.user else None,
            "office": by.office.pk if by.office else None,
            "agency": by.agency.pk if by.agency else None,
            "note": step.note,
            "facts": dict(step.facts),
        }
    ).decode()
    previous, dossier.chain_head = dossier.chain_head, chain_hash(dossier.chain_head, content)
    return fresh(
        Event,
        {"dossier": dossier if dossier.pk else None, "actor": by.user, "office": by.office, "agency": by.agency},
        dossier_id=dossier.pk,
        seq=dossier.event_seq,
        verb=verb.value,
        from_state=before,
        to_state=dossier.state,
        actor_id=by.user.pk if by.user else None,
        office_id=by.office.pk if by.office else None,
        agency_id=by.agency.pk if by.agency else None,
        note=step.note,
        at=by.at,
        content=content,
        previous_hash=previous,
        hash=dossier.chain_head,
    )


def chain_hash(previous: str, content: str) -> str:
    """SHA-256 over the predecessor's hash, a line feed and the event's exact bytes."""
    return hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest()


def _move_clock(dossier: Dossier, row: Transition, by: By, step: Step) -> None:
    """Write the step's clock entry and fold the ledger into `due_at`; the first due date is kept for ever."""
    if row.clock is ClockEffect.NONE or (row.clock is ClockEffect.RECEIVE and not dossier.version.transfer_excluded):
        return
    if record := next_tick(dossier, row, by, step, list(dossier.clock.order_by("seq"))):
        record.save(force_insert=True)


def next_tick(
    dossier: Dossier, row: Transition, by: By, step: Step, ledger: Sequence[ClockRecord], calendar_of: CalendarOf = working_calendar
) -> ClockRecord | None:
    """The unsaved entry that follows the `ledger`; the dossier in memory has the due date that results. None where no clock runs."""
    kind = _entry_kind(dossier, row, by, ledger)
    if kind is None:
        return None
    is_about_transfer = EntryKind.TRANSFER in (kind, ledger[-1].kind if ledger else "")
    record = ClockRecord(
        dossier=dossier,
        seq=ledger[-1].seq + 1 if ledger else 1,
        event_seq=dossier.event_seq,
        kind=kind.value,
        at=by.at,
        until=step.new_due_at,
        policy=str(row.policy or ""),
        legal_basis=step.legal_basis or (TRANSFER_BASIS if is_about_transfer else ""),
        actor=by.user,
    )
    due_at, soon_at = dates_after(dossier, [*ledger, record], calendar_of)
    dossier.due_at, dossier.due_soon_at = due_at or dossier.due_at, soon_at or dossier.due_soon_at
    dossier.first_due_at = dossier.first_due_at or due_at
    return record


def _entry_kind(dossier: Dossier, row: Transition, by: By, ledger: Sequence[ClockRecord]) -> EntryKind | None:
    """What the step writes to this ledger: where the way to the agency does not count, its receipt starts the clock."""
    if row.clock is ClockEffect.START:
        is_elsewhere = row.verb is Verb.ACCEPT_AT_COUNTER and starts_at_agency(dossier.version, dossier.agency, by.office)
        return EntryKind.TRANSFER if is_elsewhere else EntryKind.START
    if row.clock is ClockEffect.RECEIVE:
        return EntryKind.START if ledger and ledger[-1].kind == EntryKind.TRANSFER else None
    return None if dossier.accepted_at is None or not ledger else EntryKind(row.clock.value)


def starts_at_agency(version: ProcedureVersion, agency: Agency | None, office: Office | None) -> bool:
    """Whether accepting at this office does not start the clock yet: it does at the competent agency's own counter."""
    if not version.transfer_excluded:
        return False
    return agency is None or office is None or agency.reception_office_id != office.pk


def tell_national_portal(dossier: Dossier, event: Event, *, told: Mapping[str, Any] | None = None) -> None:
    """The step is in the outbox of the national portal, numbered like the event."""
    require_transaction()
    national_message(dossier, event, told=told).save(force_insert=True)


def national_message(dossier: Dossier, event: Event, *, told: Mapping[str, Any] | None = None) -> OutboxMessage:
    """The unsaved message of the step, with the body as it is now."""
    return message(
        OutboxMessage.Stream.NATIONAL,
        subject_id=dossier.pk,
        sequence=event.seq,
        kind=kind_of(dossier, event),
        key=f"national:{dossier.code}:{event.seq}",
        at=technical_now(),
        payload=snapshot(dossier, event, told=told),
    )
