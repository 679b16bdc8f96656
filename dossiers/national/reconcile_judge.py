"""Whether what the national portal shows of a dossier can be what we told it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dossiers.national.port import Mirrored


class Verdict(StrEnum):
    """EQUAL: nothing is under way and both show the same. WAITING: what differs is on its way."""

    EQUAL = "equal"
    WAITING = "waiting"
    MISSING = "missing"
    STALE = "stale"
    ALTERED = "altered"
    EXTRA = "extra"

    @property
    def is_difference(self) -> bool:
        return self not in {Verdict.EQUAL, Verdict.WAITING}


@dataclass(frozen=True, slots=True)
class Told:
    """What we told about one dossier: the status of each step in order, and the last step that was acknowledged (0: none)."""

    code: str
    dossier_id: int
    day: date
    province: str
    statuses: Sequence[int]
    acknowledged: int
    before: int = 0
    """Steps that the portal had before ours, under a code of its own: `code` is that one then."""

    @property
    def last(self) -> tuple[int, int]:
        """Step and status that the portal acknowledged."""
        return (self.acknowledged, self.statuses[self.acknowledged - 1]) if self.acknowledged else (0, 0)


def judge(acknowledged_before: int, theirs: Mirrored | None, ours: Told | None) -> Verdict:
    """The verdict on one dossier while both sides go on working.

    `acknowledged_before` was read before the portal was asked, `ours` afterwards: whatever the portal may rightly show lies between
    the step acknowledged then and the last step that we know now. The steps of `theirs` are in our count.
    """
    if theirs is None:
        return _of_absence(acknowledged_before, ours)
    if ours is None:
        return Verdict.EXTRA
    if ours.before and theirs.seq == 0:  # the portal has its own steps and none of ours
        return Verdict.STALE if acknowledged_before else Verdict.WAITING
    if not 1 <= theirs.seq <= len(ours.statuses) or theirs.status != ours.statuses[theirs.seq - 1]:
        return Verdict.ALTERED
    if theirs.seq < acknowledged_before:
        return Verdict.STALE
    return Verdict.EQUAL if ours.acknowledged == len(ours.statuses) == theirs.seq else Verdict.WAITING


def _of_absence(acknowledged_before: int, ours: Told | None) -> Verdict:
    if ours is None:
        return Verdict.EQUAL
    return Verdict.MISSING if acknowledged_before else Verdict.WAITING


def steps_to_repeat(verdict: Verdict, theirs_seq: int, ours: Told) -> tuple[int, int] | None:
    """First and last step that may repair the difference when they are sent again; None where our steps cannot."""
    match verdict:
        case Verdict.MISSING if ours.before:
            return None  # what the portal had before our steps is gone, and is not ours to repeat
        case Verdict.MISSING:
            return 1, ours.acknowledged
        case Verdict.STALE:
            return theirs_seq + 1, ours.acknowledged
        case Verdict.ALTERED if ours.acknowledged and theirs_seq <= len(ours.statuses):
            return ours.acknowledged, ours.acknowledged
        case _:
            return None
