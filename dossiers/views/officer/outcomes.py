"""What became of each dossier of several, as a page lists it."""

from collections.abc import Iterable
from dataclasses import dataclass

from dossiers.models import BulkItem


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one ticked dossier."""

    code: str
    text: str
    is_done: bool


def outcomes_of(items: Iterable[BulkItem]) -> list[Outcome]:
    """Those that have one; who was slower than a colleague reads so."""
    return [Outcome(item.code, _words(item), item.outcome == BulkItem.Outcome.DONE) for item in items if item.outcome]


def _words(item: BulkItem) -> str:
    if item.outcome == BulkItem.Outcome.LOST:
        return f"{BulkItem.Outcome.LOST.label}: {item.text}"
    return item.text
