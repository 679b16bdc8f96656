"""The page of the lifecycle, drawn from its table, so that what is documented is what runs. Pure."""

from dossiers.lifecycle import ALLOWED_STEPS, TRANSITIONS, ClockEffect, State, Transition
from dossiers.states import NATIONAL_STATUS

_HEAD = """# Lifecycle of a dossier

Made by `manage.py lifecycle --write` from the table in `dossiers/lifecycle.py`; a test compares them. The same rows stand in the
database (`dossiers_step`), which refuses, whoever writes: a step that they do not have, a change of state without the event that tells
it, an event without its step, and an entry in the clock's ledger that the step does not write, or its absence.

Five things are kept apart: the **stage** (below), the **clock** (a ledger, `dossiers/legalclock.py`), **payment** (fee lines),
**delivery** (where the result is) and **synchronisation** (the outbox). Only the stage is in this table; `dossiers/axes.py` reads
the others. The national code of a stage is derived, never stored.
"""
_NOTES = """## Asking for papers and corrections

One request before acceptance and one after it, each for everything at once; the guard `first_or_permitted` (action, page, trigger
`second_request_permitted`) lets a further one through only with a supervisor's permit: a reason, another person than the one who asks,
used once, named in the event. An item names a paper, a field of the declaration, or neither. Only what is named opens to whoever
answers: the applicant, the holder of the slip, a clerk of any counter, the national portal (`ToKhai`). The last three do not see what
stood there. A question that only the new answer opens is asked too. The old answer stays in `AnswerChange`, under the same row-level
wall; the event names the field with fingerprints of both values, never the values; the declaration is issued anew. Outside an open
request the database refuses to change answers (`answers_kept`). A changed place that decides competence moves a dossier that nobody
has accepted (step `recheck`); after acceptance it is refused with the agency that would be competent.

## The two return dates

The first return date is kept for ever beside the last. Both are shown, each with the lateness towards it, to the officer, the
applicant, the counter and the supervisor. The page and `manage.py deadline --dossier CODE` list each day, whether it counted and why;
under a rule in hours, how much of it.

## Withdrawing and correcting

The applicant withdraws, or a clerk for the person at the counter, until the result is signed; nobody else. A signed result is revoked
by an approver of the deciding agency, by name (`result_revoked_by_name`); the next version names the one before it
(`result_follows_the_former`), and the public page leads from each document to every later one.
"""
_SYSTEM = "the system"


def lifecycle_page() -> str:
    """The Markdown of docs/lifecycle.md: the diagram, the stages with their national codes, every step, and what the table cannot say."""
    return f"{_HEAD}\n## Diagram\n\n{_diagram()}\n\n## Stages\n\n{_stages()}\n\n## Steps\n\n{_steps()}\n\n{_NOTES}"


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
