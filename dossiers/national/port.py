"""What the product wants of a national portal, whatever its generation. Plain values; the adapters translate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol


class Result(StrEnum):
    """What became of one step. UNKNOWN covers every answer that is not clear: the step is sent again with the same key."""

    DONE = "done"
    GAP = "gap"
    CONFLICT = "conflict"
    INVALID = "invalid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that the portal keeps, with the fingerprint that it computed."""

    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a dossier as the outbox keeps it. `content` is our own snapshot, in our own words.

    `code` is the portal's code of the dossier and `before` counts the steps that it had there before our first one: both differ
    from ours only for a dossier that the portal had before us. `files` are the files that the content names, by their source.
    """

    code: str
    seq: int
    kind: str
    key: str
    content: Mapping[str, Any]
    before: int = 0
    files: Mapping[str, Uploaded] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The portal's answer to one step. `expected` is the step that it lacks."""

    result: Result
    reason: str = ""
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A dossier as the portal shows it. `seq` is 0 where the generation does not count steps.

    `status` may be one that does not exist: that is a difference like any other, and stops no comparison.
    """

    code: str
    seq: int
    status: int


def status_told(value: object) -> int:
    """The state by the number that the portal told; 0 for what is no number or absurdly large."""
    words = str(value)
    return int(words) if words.isascii() and words.isdigit() and len(words) < 5 else 0


@dataclass(frozen=True, slots=True)
class MirroredPage:
    """Dossiers by code; `following` is the code after which the next page begins."""

    dossiers: Sequence[Mirrored]
    following: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Count, and SHA-256 over the lines `code seq status` in the order of the codes."""

    count: int
    digest: str


@dataclass(frozen=True, slots=True)
class Group:
    """Count and digest of the dossiers filed on one day in one province, as both sides name them; each may be missing."""

    day: date | None
    province: str
    count: int
    digest: str


class NationalPort(Protocol):
    """Each call raises Unreachable, Refused or Malformed, and NotOffered where the generation has no such service."""

    name: str
    takes_files: bool
    """Whether papers and results are uploaded before the steps that name them."""

    def deliver(self, steps: Sequence[Step]) -> list[Answer]:
        """Creations and progress: one answer for each step, in the same order."""

    def status(self, code: str) -> Mirrored | None:
        """The dossier as the portal shows it; None if it does not have it."""

    def statuses(self, codes: Sequence[str]) -> dict[str, Mirrored]:
        """Those of the dossiers that the portal has, as it shows them."""

    def upload(self, name: str, content: bytes) -> Uploaded:
        """The portal keeps the file."""

    def reply(self, question_id: str, text: str) -> None:
        """The portal has the answer to a question that was asked there."""

    def next_code(self, unit: str, day: date) -> str:
        """A dossier code that was never given before."""

    def page(self, *, day: date | None = None, province: str = "", after: str = "") -> MirroredPage:
        """Dossiers for comparison."""

    def summary(self, *, day: date | None = None, province: str = "") -> Summary:
        """The fingerprint of those dossiers."""

    def check(self) -> None:
        """Returns if the portal admits us. Changes nothing there."""

    def groups(self, *, since: date | None, until: date | None) -> list[Group]:
        """Every day and province between the days."""

    def hours(self, group: Group) -> dict[str, str]:
        """The digest of each filing hour ("00" to "23") of the group."""

    def members(self, group: Group, hour: str) -> list[Mirrored]:
        """The dossiers of one hour of the group."""

    def record(self, code: str) -> dict[str, Any] | None:
        """The dossier with everything that the portal shows of it, in the portal's words; None if it does not have it."""

    def procedures(self, *, since: datetime | None, after: str, limit: int) -> tuple[list[dict[str, Any]], str]:
        """Procedures of the catalogue that changed since then, in its words, oldest change first; and where the next page begins."""

    def handed_over(self, after: int) -> tuple[list[tuple[int, dict[str, Any]]], bool]:
        """What people ever did there, by its running number, beginning after that one; and whether there is more."""
