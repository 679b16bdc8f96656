"""What the national portal believes, against what we told it. Reads only; a difference is for a person to look at."""

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import connection

from dossiers.national.adapters import national_port
from dossiers.national.faults import NotOffered
from dossiers.national.port import NationalPort

PAGE = 500
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Told:
    """Of one dossier: its code there, the status of every step, the last one that was acknowledged, and the portal's steps before ours."""

    code: str
    steps: tuple[int, ...]
    acknowledged: int
    before: int = 0

    @property
    def expected(self) -> tuple[int, int]:
        """Step and status that the portal acknowledged, in its count; zeros for none."""
        return (self.acknowledged + self.before, self.steps[self.acknowledged - 1]) if self.acknowledged else (0, 0)


@dataclass(frozen=True, slots=True)
class Difference:
    """One dossier on which the two sides disagree. Sequence and status 0: unknown to that side."""

    code: str
    what: str
    ours: tuple[int, int]
    theirs: tuple[int, int]


@dataclass(slots=True)
class Comparison:
    """The whole comparison. `waiting` counts dossiers with steps that the portal has not acknowledged yet: no difference."""

    ours: int = 0
    theirs: int = 0
    equal: int = 0
    waiting: int = 0
    missing: list[Difference] = field(default_factory=list)
    extra: list[Difference] = field(default_factory=list)
    differing: list[Difference] = field(default_factory=list)
    is_two_sided: bool = True
    """False where the portal lists nothing: then dossiers that only the portal has cannot be found."""

    @property
    def is_equal(self) -> bool:
        return not (self.missing or self.extra or self.differing)


def compare() -> Comparison:
    """Every dossier of both sides, compared; of ours alone where the generation lists nothing. Raises Unreachable, Refused."""
    port = national_port()
    try:
        return _both_sides(port)
    except NotOffered:
        return _one_by_one(port)


def _both_sides(port: NationalPort) -> Comparison:
    comparison = Comparison()
    theirs = _theirs_if_needed(port, comparison)
    if theirs is None:
        return comparison
    comparison.ours = comparison.waiting = comparison.equal = 0
    for told in told_dossiers():
        _compare_one(told, theirs.pop(told.code, None), comparison)
    comparison.extra = [Difference(code, "extra", (0, 0), found) for code, found in sorted(theirs.items())]
    return comparison


def _one_by_one(port: NationalPort) -> Comparison:
    comparison = Comparison(is_two_sided=False)
    for some in _batches(told_dossiers()):
        found = port.statuses([told.code for told in some])
        comparison.theirs += len(found)
        for told in some:
            there = found.get(told.code)
            _compare_one(told, (there.seq, there.status) if there else None, comparison)
    return comparison


def _batches(rows: Iterable[Told]) -> Iterator[list[Told]]:
    iterator = iter(rows)
    while some := list(itertools.islice(iterator, PAGE)):
        yield some


def _theirs_if_needed(port: NationalPort, comparison: Comparison) -> dict[str, tuple[int, int]] | None:
    """Their dossiers, or None when one digest already shows that both sides are the same."""
    summary = port.summary()
    comparison.theirs = summary.count
    digest = hashlib.sha256()
    for told in told_dossiers():
        comparison.ours += 1
        comparison.waiting += told.acknowledged < len(told.steps)
        if told.acknowledged:
            digest.update("{} {} {}\n".format(told.code, *told.expected).encode())
    if digest.hexdigest() == summary.digest:
        comparison.equal = comparison.theirs
        return None
    return dict(_pages(port))


def _pages(port: NationalPort) -> Iterator[tuple[str, tuple[int, int]]]:
    after: str | None = ""
    while after is not None:
        page = port.page(after=after)
        for each in page.dossiers:
            yield each.code, (each.seq, each.status)
        after = page.following


def told_dossiers() -> Iterator[Told]:
    """Every dossier with its steps in the outbox, by code. An acknowledged step has no earlier one open (head of line)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(nullif(d.remote_code, ''), d.code),
                      array_agg(coalesce(m.payload ->> 'portal_state', m.payload ->> 'TrangThaiHoSo')::int
                                     ORDER BY m.sequence),
                      coalesce(max(m.sequence) FILTER (WHERE m.done_at IS NOT NULL), 0), d.remote_steps
               FROM outbox_outboxmessage m JOIN dossiers_dossier d ON d.id = m.subject_id
               WHERE m.stream = 'national' GROUP BY d.id ORDER BY 1"""
        )
        while rows := cursor.fetchmany(2000):
            yield from (Told(code, tuple(steps), acknowledged, before) for code, steps, acknowledged, before in rows)


def _compare_one(told: Told, found: tuple[int, int] | None, comparison: Comparison) -> None:
    """What they have must be one of our steps, and no earlier than the last they acknowledged."""
    comparison.ours += 1
    comparison.waiting += told.acknowledged < len(told.steps)
    expected = told.expected
    if found is None:
        if told.acknowledged:
            comparison.missing.append(Difference(told.code, "missing", expected, (0, 0)))
        return
    seq, status = found[0] - told.before, found[1]
    if not told.acknowledged and told.before and seq == 0:
        return  # the portal had it before us, and has none of our steps yet
    if 1 <= seq <= len(told.steps) and told.acknowledged <= seq and status == told.steps[seq - 1]:
        comparison.equal += 1
        return
    comparison.differing.append(Difference(told.code, "differing", expected, found))
