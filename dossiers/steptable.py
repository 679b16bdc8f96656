"""The table of steps as the database has it: one row for each way that a step can go. Pure.

The trigger of `dossiers_step` asks these rows and nothing else. A migration that follows a change of `lifecycle.TRANSITIONS`
(or of a clock effect) is one line: `migrations.RunPython(refill, refill)`. A test compares the rows with the table.
"""

from typing import Any, NamedTuple

from dossiers.legalclock import EntryKind
from dossiers.lifecycle import TRANSITIONS, ClockEffect, Transition, Verb, target


class StepRow(NamedTuple):
    """From nothing is birth. `came_from` only where the step depends on what was before the wait.

    `entries` are the kinds of clock entries that the step may leave: none, or one of these.
    """

    verb: str
    from_state: str
    came_from: str
    to_state: str
    clock: str
    entries: tuple[str, ...]


def step_rows() -> list[StepRow]:
    """Every row, in a fixed order."""
    return sorted(
        StepRow(row.verb, source or "", origin or "", target(source, row.verb, origin), row.clock, _entries(row))
        for row in TRANSITIONS
        for source in (row.sources or (None,))
        for origin in (row.came_from or (None,))
    )


def _entries(row: Transition) -> tuple[str, ...]:
    if row.clock is ClockEffect.NONE:
        return ()
    if row.clock is ClockEffect.RECEIVE:
        return (EntryKind.START,)
    if row.verb is Verb.ACCEPT_AT_COUNTER:
        return (EntryKind.START, EntryKind.TRANSFER)
    return (EntryKind(row.clock),)


def refill(apps: object, schema_editor: Any) -> None:
    """The database has the rows of the table as it is now, and no other. For `migrations.RunPython`."""
    rows = ", ".join(
        f"('{row.verb}', '{row.from_state}', '{row.came_from}', '{row.to_state}', '{row.clock}', '{{{','.join(row.entries)}}}')"
        for row in step_rows()
    )
    schema_editor.execute("DELETE FROM dossiers_step")
    schema_editor.execute(f"INSERT INTO dossiers_step (verb, from_state, came_from, to_state, clock, entries) VALUES {rows}")  # noqa: S608 -- words of our own table
