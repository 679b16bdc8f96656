"""What was measured, as a table for people and as JSON."""

import os
import platform
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tests.benchmarks.intake import Intake
from tests.benchmarks.pages import GOAL, Compared
from tests.benchmarks.profiling import Profile
from tests.benchmarks.reconcile import GOAL_SECONDS, Reconciled
from tests.benchmarks.routing import GOAL_PGBENCH, GOAL_SINGLE, WORKERS, Routing
from tests.benchmarks.slices import Ratio
from tests.benchmarks.sync import GOAL_DATABASE, Sync
from tests.benchmarks.sync import GOAL_SINGLE as STEP_SINGLE
from tests.benchmarks.sync_line import LATENCY


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures were taken on, and how busy it was with other things before."""

    processors: int
    kind: str
    python: str
    load_before: float


@dataclass(frozen=True, slots=True)
class Report:
    """One run."""

    at: datetime
    commit: str
    is_quick: bool
    machine: Machine
    sizes: tuple[int, int]
    intake: Intake | None
    profile: Profile | None
    pages: list[Compared]
    routing: Routing | None = None
    sync: Sync | None = None
    reconciled: Reconciled | None = None

    @property
    def held(self) -> bool:
        """Whether no goal was missed for certain."""
        return not any(page.misses for page in self.pages) and not any(
            part and part.misses for part in (self.routing, self.sync, self.reconciled)
        )


def machine() -> Machine:
    """This machine now."""
    return Machine(os.cpu_count() or 1, platform.machine(), platform.python_version(), round(os.getloadavg()[0], 1))


def as_json(report: Report) -> dict[str, Any]:
    """Everything but the long statement, with the verdict."""
    content = asdict(report) | {"at": report.at.isoformat(), "goal_pages": GOAL, "held": report.held}
    if content["intake"]:
        content["intake"]["filed"].pop("statement")
    return content


def as_text(report: Report) -> str:
    """The tables in Markdown, which also read well on a terminal."""
    return "\n".join(
        [
            *_intake_lines(report),
            *_routing_lines(report),
            *_sync_lines(report),
            *_reconcile_lines(report),
            *_page_lines(report),
            *_profile_lines(report),
        ]
    )


def _intake_lines(report: Report) -> list[str]:
    if report.intake is None:
        return []
    found, ratio = report.intake, report.intake.ratio
    quartiles = f"{ratio.low:.2%} – {ratio.high:.2%}"
    rows = ", ".join(f"{name.split('_', 1)[1]} {count}" for name, count in found.filed.inserted.items())
    changed = ", ".join(f"{name.split('_', 1)[1]} {count}" for name, count in found.filed.changed.items())
    return [
        "## Intake",
        "",
        "| filed over HTTP | pgbench, same rows | ratio (median) | quartiles | slices | goal |",
        "|---:|---:|---:|---:|---:|---|",
        f"| {ratio.first:.1f}/s | {ratio.second:.0f}/s | {ratio.median:.2%} | {quartiles} | {ratio.slices} | none yet |",
        "",
        f"{found.clients} clerks at {found.clients} offices, one kept connection each; {found.filings} dossiers filed in the slices.",
        f"A filing inserts {sum(found.filed.inserted.values())} rows ({rows}).",
        f"It also changes {sum(found.filed.changed.values())} rows ({changed}), which the statement does not repeat.",
        "",
    ]


def _routing_lines(report: Report) -> list[str]:
    if report.routing is None:
        return []
    found = report.routing
    rows = (
        ("pgbench, same statements and rows", found.to_pgbench, GOAL_PGBENCH, "{:.1%}"),
        ("one task per dossier", found.to_singles, GOAL_SINGLE, "{:.0f} ×"),
    )
    lines = [
        "## Routing",
        "",
        "| batch worker | against | its rate | ratio (median) | quartiles | slices | goal |",
        "|---:|---|---:|---:|---:|---:|---|",
    ]
    for other, ratio, goal, style in rows:
        middle, low, high, wanted = (style.format(value) for value in (ratio.median, ratio.low, ratio.high, goal))
        cells = (f"{ratio.first:.0f}/s", other, f"{ratio.second:.1f}/s", middle, f"{low} – {high}", str(ratio.slices))
        lines.append(f"| {' | '.join(cells)} | ≥ {wanted}: {_at_least(ratio, goal)} |")
    return [
        *lines,
        "",
        f"Batches of 100, {WORKERS} worker processes, {WORKERS} clients of pgbench; {found.routed} dossiers of all communes in turn,",
        "each with its decision, record, event, messages and control sheet.",
        f"In one process without a queue a dossier takes {found.in_process_ms:.2f} ms.",
        f"Decisions in memory: {found.decisions:,.0f}/s; with reading the form's answers: {found.decisions_with_facts:,.0f}/s.",
        "",
    ]


def _sync_lines(report: Report) -> list[str]:
    if report.sync is None:
        return []
    found = report.sync
    far = f"over a line of {LATENCY * 1000:.0f} ms"
    rows = (
        ("delivered, receiver that only acknowledges", "the database part alone", found.to_database, GOAL_DATABASE, "{:.0%}"),
        (f"delivered {far}", f"each item by a request and transaction of its own, {far}", found.to_items, STEP_SINGLE, "{:.0f} ×"),
        (
            f"delivered {far}, woken by the broker",
            f"one Celery task, request and transaction each, {far}",
            found.to_tasks,
            None,
            "{:.0f} ×",
        ),
        (
            "delivered, receiver that only acknowledges",
            "each item by a request and transaction of its own",
            found.to_singles,
            None,
            "{:.0f} ×",
        ),
        ("the database part alone", "each item by a request and transaction of its own", found.database_to_singles, None, "{:.0f} ×"),
        ("delivered, the complete simulator", "the database part alone", found.simulator_to_database, None, "{:.0%}"),
    )
    lines = [
        "## Steps told to the national portal",
        "",
        "| way | its rate | against | its rate | ratio (median) | quartiles | slices | goal |",
        "|---|---:|---|---:|---:|---:|---:|---|",
    ]
    for way, other, ratio, goal, style in rows:
        middle, low, high = (style.format(value) for value in (ratio.median, ratio.low, ratio.high))
        verdict = f"≥ {style.format(goal)}: {_at_least(ratio, goal)}" if goal else "none"
        cells = (way, f"{ratio.first:.0f}/s", other, f"{ratio.second:.0f}/s", middle, f"{low} – {high}", str(ratio.slices), verdict)
        lines.append(f"| {' | '.join(cells)} |")
    return [
        *lines,
        "",
        f"Batches of 100, two worker processes; {found.steps} steps of each way in batches, {found.singles} one by one.",
        "Posting each item is: claimed, posted and settled for itself, by the same processes over the same kept connections. The goal is",
        "set over a line, as to a portal in another city. Without one only our own processor time counts; there the database part alone,",
        "which sends nothing, is the most that could be reached (fifth row).",
        "The last row is without a goal because the other side's work is in it.",
        "",
    ]


def _reconcile_lines(report: Report) -> list[str]:
    found = report.reconciled
    if found is None:
        return []
    rounds = ", ".join(f"{seconds:.1f}" for seconds in found.seconds)
    verdict = "missed" if found.misses else "held"
    return [
        "## Comparison with the national portal",
        "",
        "| dossiers | differences planted in each round | all found within, by round | longest | goal |",
        "|---:|---:|---:|---:|---|",
        f"| {found.dossiers:,} | {found.planted} | {rounds} s | {found.longest:.1f} s | ≤ {GOAL_SECONDS:.0f} s: {verdict} |",
        "",
        f"{found.groups} groups of a day and a province; without a difference it took {found.clean_seconds:.1f} s. Every round",
        "found what was planted (missing, altered, behind, unknown here: a quarter each) and nothing else, recorded it, sent our steps",
        "again and fetched what is unknown here.",
        "",
    ]


def _at_least(ratio: Ratio, goal: float) -> str:
    if ratio.median >= goal:
        return "held"
    return "missed" if ratio.high < goal else "open: the quartiles hold the goal"


def _page_lines(report: Report) -> list[str]:
    if not report.pages:
        return []
    small, large = (f"{size:,}" for size in report.sizes)
    lines = [
        f"## Pages at {large} and at {small} dossiers",
        "",
        f"| page | p50 at {small} | p50 at {large} | ratio (median) | quartiles | goal ≤ {GOAL} × |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for page in report.pages:
        if page.ratio is None:
            lines.append(f"| {page.name} | – | – | – | – | not measured: {page.problem} |")
            continue
        ratio = page.ratio
        verdict = "missed" if page.misses else "held" if ratio.median <= GOAL else "open: the quartiles hold the goal"
        cells = (f"{ratio.second:.1f} ms", f"{ratio.first:.1f} ms", f"{ratio.median:.2f} ×", f"{ratio.low:.2f} – {ratio.high:.2f}")
        lines.append(f"| {page.name} | {' | '.join(cells)} | {verdict} |")
    return [*lines, ""]


def _profile_lines(report: Report) -> list[str]:
    if report.profile is None:
        return []
    found = report.profile
    lines = [
        "## One filing in process",
        "",
        f"{found.ms:.0f} ms, {found.cpu_ms:.0f} ms of it on this process's processor; {found.queries} statements, {found.sql_ms:.0f} ms.",
        "",
        "| statement | times |",
        "|---|---:|",
    ]
    lines += [f"| {shape} | {times} |" for shape, times in found.statements.items()]
    lines += ["", "| function, with what it calls, under the profiler | ms |", "|---|---:|"]
    lines += [f"| `{cost.function}` | {cost.ms:.1f} |" for cost in found.costs]
    return [*lines, ""]
