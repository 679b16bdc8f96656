"""The page of the lifecycle, drawn from its table, so that what is documented is what runs. Pure."""

from dossiers.lifecycle import ALLOWED_STEPS, TRANSITIONS, ClockEffect, State, Transition
from dossiers.states import NATIONAL_STATUS

_HEAD = """# Lifecycle of a dossier

Made by `manage.py lifecycle --write` from the table in `dossiers/lifecycle.py`; a test compares them. The same pairs stand in the
database, where a trigger refuses every other step, whoever writes.

Five things are kept apart: the **stage** (below), the **clock** (a ledger, `dossiers/legalclock.py`), **payment** (fee lines),
**delivery** (where the result is) and **synchronisation** (the outbox). Only the stage is in this table; `dossiers/axes.py` reads
the others. The national code of a stage is derived, never stored.
"""
_SYSTEM = "the system"


def lifecycle_page() -> str:
    """The Markdown of docs/lifecycle.md: the diagram, the stages with their national codes, and every step."""
    return f"{_HEAD}\n## Diagram\n\n{_diagram()}\n\n## Stages\n\n{_stages()}\n\n## Steps\n\n{_steps()}\n"


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    by_pair: dict[tuple[str, str], list[str]] = {}
    for source, verb, arrives in sorted(ALLOWED_STEPS, key=lambda step: (step[0] or "", step[2], step[1])):
        by_pair.setdefault((source or "[*]", arrives), []).append(verb.value)
    lines += [f"  {source} --> {arrives}: {', '.join(verbs)}" for (source, arrives), verbs in by_pair.items()]
    return "\n".join([*lines, "```"])


def _stages() -> str:
    rows = ["| stage | national code |", "|---|---|"]
    return "\n".join([*rows, *(f"| {state.value} | {NATIONAL_STATUS[state]} |" for state in State)])


def _steps() -> str:
    rows = ["| step | from | to | who | guards | document | clock | national code |", "|---|---|---|---|---|---|---|---|"]
    return "\n".join([*rows, *(_row(row) for row in TRANSITIONS)])


def _row(row: Transition) -> str:
    source = ", ".join(row.sources) or "filing"
    if row.came_from:
        source += f" (waiting since {', '.join(row.came_from)})"
    arrives = row.target or ("where it came from" if row.came_from else "stays")
    clock = "" if row.clock is ClockEffect.NONE else f"{row.clock}{f' ({row.policy})' if row.policy else ''}"
    code = str(row.national_status or "as before")
    who = ", ".join(_SYSTEM if actor == "system" else actor for actor in row.actors)
    return f"| {row.verb} | {source} | {arrives} | {who} | {', '.join(row.guards)} | {row.document or ''} | {clock} | {code} |"
