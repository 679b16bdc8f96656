"""Which component of the published version a national component is, so that it keeps its key and its place in the form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from portal.core.text import fold

ALIKE = 82
"""Of 100. Condensed names ("Giấy chứng sinh") are found inside the national ones; different papers score below 75."""


@dataclass(frozen=True, slots=True)
class Known:
    """A component that is published."""

    key: str
    name: str
    name_en: str
    show: Any
    is_declaration: bool


def matched(names: Sequence[str], known: Sequence[Known]) -> list[Known | None]:
    """For each name the published component it is, each used once, the most alike first."""
    folded = [fold(name) for name in names]
    pairs = sorted(
        ((_alike(fold(each.name), name), index, position) for position, each in enumerate(known) for index, name in enumerate(folded)),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    found: list[Known | None] = [None] * len(names)
    used: set[int] = set()
    for score, index, position in pairs:
        if score >= ALIKE and found[index] is None and position not in used:
            found[index] = known[position]
            used.add(position)
    return found


def _alike(published: str, national: str) -> float:
    if len(published) < 12:
        return fuzz.ratio(published, national)
    return max(fuzz.ratio(published, national), 0.95 * fuzz.partial_ratio(published, national[: len(published) * 3]))
