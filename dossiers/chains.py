"""Are the histories whole? Every event is hashed again from its exact bytes; nothing is taken from a stored result."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection

BATCH = 5000


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where a dossier's history does not hold."""

    code: str
    seq: int
    problem: str


@dataclass(slots=True)
class Verified:
    """How much was read, and what does not hold."""

    dossiers: int = 0
    events: int = 0
    broken: list[Broken] = field(default_factory=list)


@dataclass(slots=True)
class _Chain:
    """One dossier as its row states it, and how far its events were followed."""

    code: str
    head: str
    state: str
    event_seq: int
    seq: int = 0
    hash: str = ""
    arrived: str = ""
    problem: Broken | None = None


_ROWS = """
    SELECT d.id, d.code, d.chain_head, d.state, d.event_seq, e.seq, e.content, e.previous_hash, e.hash, e.from_state, e.to_state, e.verb
    FROM dossiers_dossier d LEFT JOIN dossiers_event e ON e.dossier_id = d.id
    WHERE d.id > %s::bigint AND d.id <= %s::bigint ORDER BY d.id, e.seq"""


def verify(code: str = "") -> Verified:
    """Every dossier (or the one with this code) against its events."""
    result = Verified()
    for chain, count in _chains(code):
        result.dossiers += 1
        result.events += count
        if problem := chain.problem or _end_problem(chain):
            result.broken.append(problem)
    return result


def _chains(code: str) -> Iterator[tuple[_Chain, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM dossiers_dossier WHERE %s::text IN ('', code)", [code])
        lowest, highest = cursor.fetchone()
        for start in range(lowest - 1, highest, BATCH):
            cursor.execute(_ROWS, [start, min(start + BATCH, highest)])
            yield from _of_rows(cursor.fetchall())


def _of_rows(rows: list[tuple[object, ...]]) -> Iterator[tuple[_Chain, int]]:
    chain, of_dossier, count = None, None, 0
    for dossier_id, code, head, state, event_seq, seq, *event in rows:
        if dossier_id != of_dossier:
            if chain is not None:
                yield chain, count
            chain, of_dossier, count = _Chain(str(code), str(head), str(state), int(str(event_seq))), dossier_id, 0
        assert chain is not None  # noqa: S101 -- set by the first row
        if seq is not None:
            count += 1
            _follow(chain, int(str(seq)), *map(str, event))
    if chain is not None:
        yield chain, count


def _follow(chain: _Chain, seq: int, content: str, previous: str, stored: str, from_state: str, to_state: str, verb: str) -> None:
    """The chain has moved on by this event; its first problem is kept."""
    problem = ""
    if seq != chain.seq + 1:
        problem = f"event {chain.seq + 1} is missing"
    elif previous != chain.hash:
        problem = "does not continue its predecessor"
    elif hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest() != stored:
        problem = "content and hash differ"
    elif from_state != chain.arrived:
        problem = f"starts from '{from_state}' after '{chain.arrived}'"
    elif not _columns_match(content, chain.code, seq, verb, to_state):
        problem = "columns and hashed content differ"
    chain.seq, chain.hash, chain.arrived = seq, stored, to_state
    if problem and chain.problem is None:
        chain.problem = Broken(chain.code, seq, problem)


def _columns_match(content: str, code: str, seq: int, verb: str, to_state: str) -> bool:
    try:
        hashed = json.loads(content)
    except ValueError:
        return False
    return bool((hashed.get("code"), hashed.get("seq"), hashed.get("verb"), hashed.get("to")) == (code, seq, verb, to_state))


def _end_problem(chain: _Chain) -> Broken | None:
    """A tail that was cut off shows in the dossier's own row."""
    if chain.seq == 0:
        return Broken(chain.code, 0, "has no event")
    if (chain.hash, chain.seq) != (chain.head, chain.event_seq):
        return Broken(chain.code, chain.seq, f"the dossier's head is event {chain.event_seq}, the last event is {chain.seq}")
    if chain.arrived != chain.state:
        return Broken(chain.code, chain.seq, f"the dossier is '{chain.state}', its last event led to '{chain.arrived}'")
    return None
