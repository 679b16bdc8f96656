"""Which unit is this now? One, several (ask the person), or none (a person decides).

Pure. A code names a place only together with a date: codes were given to other places on
1 July 2025. `valid_to` is the last day on which a row holds; None is open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class Level(StrEnum):
    """Levels of administrative units."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


@dataclass(frozen=True, slots=True)
class Unit:
    """An administrative unit during one period of validity."""

    code: str
    name: str
    level: Level
    valid_from: date | None
    valid_to: date | None
    parent_code: str = ""
    province: str = ""
    id: int | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the unit existed on the day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Succession:
    """From valid_from on, (part of) the old unit is the new unit."""

    level: Level
    old_code: str
    new_code: str
    valid_from: date


class Lookup(Protocol):
    """Rows of the two tables."""

    def units(self, code: str) -> Iterable[Unit]:
        """Every unit that ever had the code."""

    def successions(self, old_code: str) -> Iterable[Succession]:
        """Every succession that starts at the code."""


class NoneReason(StrEnum):
    """Why no unit can be named."""

    UNKNOWN_CODE = "unknown_code"
    NOT_VALID_ON_DATE = "not_valid_on_date"
    NO_SUCCESSOR = "no_successor"
    SUCCESSOR_NOT_LISTED = "successor_not_listed"
    BACKWARDS = "backwards"
    SEVERAL_LEVELS = "several_levels"


NONE_REASONS = {
    NoneReason.UNKNOWN_CODE: "No administrative unit has this code.",
    NoneReason.NOT_VALID_ON_DATE: "This code was not in use on that date.",
    NoneReason.NO_SUCCESSOR: "No successor of this unit is recorded; a person decides.",
    NoneReason.SUCCESSOR_NOT_LISTED: "The recorded successor is not in the list of units; a person decides.",
    NoneReason.BACKWARDS: "Units can only be followed forwards in time.",
    NoneReason.SEVERAL_LEVELS: "This code is used at several levels; say which one is meant.",
}
"""English msgids."""


@dataclass(frozen=True, slots=True)
class One:
    """Exactly this unit. `chain` leads from the unit that was asked about to it."""

    unit: Unit
    chain: tuple[Unit, ...]

    @property
    def units(self) -> tuple[Unit, ...]:
        """The unit, as a sequence like that of the other outcomes."""
        return (self.unit,)


@dataclass(frozen=True, slots=True)
class Several:
    """The place was split: ask the person. One chain per unit, in the same order."""

    units: tuple[Unit, ...]
    chains: tuple[tuple[Unit, ...], ...]


@dataclass(frozen=True, slots=True)
class NoneFound:
    """No unit can be named without guessing. `chain` is how far it got."""

    reason: NoneReason
    chain: tuple[Unit, ...] = ()

    @property
    def units(self) -> tuple[Unit, ...]:
        """No unit."""
        return ()


Resolution = One | Several | NoneFound


def resolve(code: str, *, from_on: date, to_on: date, lookup: Lookup, level: Level | None = None) -> Resolution:
    """The unit(s) that on `to_on` cover what the code named on `from_on`."""
    if to_on < from_on:
        return NoneFound(NoneReason.BACKWARDS)
    known = [unit for unit in lookup.units(code) if level in (None, unit.level)]
    starts = [unit for unit in known if unit.holds_on(from_on)]
    if len(starts) > 1:
        return NoneFound(NoneReason.SEVERAL_LEVELS)
    if starts:
        return _outcome(_follow(starts[0], (starts[0],), to_on, lookup))
    return _resolve_unlisted(code, from_on, to_on, level, lookup, is_known=bool(known))


def _resolve_unlisted(code: str, from_on: date, to_on: date, level: Level | None, lookup: Lookup, *, is_known: bool) -> Resolution:
    """Some old codes stand only in the succession table; what it says of them still holds."""
    rows = [row for row in lookup.successions(code) if level in (None, row.level) and from_on < row.valid_from <= to_on]
    if not rows:
        return NoneFound(NoneReason.NOT_VALID_ON_DATE if is_known else NoneReason.UNKNOWN_CODE)
    return _outcome(_successors(_earliest(rows), (), to_on, lookup))


_Path = tuple[tuple[Unit, ...], NoneReason | None]
"""A chain, and why it ends before the wanted date if it does."""


def _follow(unit: Unit, chain: tuple[Unit, ...], to_on: date, lookup: Lookup) -> list[_Path]:
    if unit.holds_on(to_on):
        return [(chain, None)]
    rows = [
        row
        for row in lookup.successions(unit.code)
        if row.level == unit.level and row.valid_from <= to_on and (unit.valid_to is None or row.valid_from > unit.valid_to)
    ]
    if not rows:
        return [(chain, NoneReason.NO_SUCCESSOR)]
    return _successors(_earliest(rows), chain, to_on, lookup)


def _successors(rows: Sequence[Succession], chain: tuple[Unit, ...], to_on: date, lookup: Lookup) -> list[_Path]:
    paths: list[_Path] = []
    for row in rows:
        units = [unit for unit in lookup.units(row.new_code) if unit.level == row.level and unit.holds_on(row.valid_from)]
        # A unit already passed would loop for ever on contradictory rows.
        if not units or units[0] in chain:
            paths.append((chain, NoneReason.SUCCESSOR_NOT_LISTED))
            continue
        paths += _follow(units[0], (*chain, units[0]), to_on, lookup)
    return paths


def _earliest(rows: Sequence[Succession]) -> list[Succession]:
    first = min(row.valid_from for row in rows)
    return [row for row in rows if row.valid_from == first]


def _outcome(paths: Sequence[_Path]) -> Resolution:
    broken = [(chain, reason) for chain, reason in paths if reason]
    if broken:
        # With one branch unknown, naming the others as the answer would be a guess.
        chain, reason = broken[0]
        return NoneFound(reason, chain)
    ends = {chain[-1]: chain for chain, _ in paths}
    if len(ends) == 1:
        ((unit, chain),) = ends.items()
        return One(unit, chain)
    ordered = sorted(ends, key=lambda unit: unit.code)
    return Several(tuple(ordered), tuple(ends[unit] for unit in ordered))


def unfounded_province_rows(successions: Iterable[Succession], province_of: "ProvinceOf") -> list[Succession]:
    """Province rows between which no commune moved: errors of the table, not to be imported."""
    rows = list(successions)
    moved = {
        (province_of(row.old_code, is_new=False), province_of(row.new_code, is_new=True)) for row in rows if row.level is Level.COMMUNE
    }
    return [row for row in rows if row.level is Level.PROVINCE and (row.old_code, row.new_code) not in moved]


class ProvinceOf(Protocol):
    """The province code of a commune before or after the change; None when unlisted."""

    def __call__(self, commune_code: str, /, *, is_new: bool) -> str | None:
        """Look it up."""
