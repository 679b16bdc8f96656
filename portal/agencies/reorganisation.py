"""What the lines of a reorganisation do to the units: which end, which begin, what becomes of each. Pure.

A unit that keeps code, name, type and province goes on, and what is merged into it joins it. Every other unit named as
new begins as a row of its own, even where it takes over an old code: codes name a place only together with a date.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

PROVINCE, COMMUNE = "province", "commune"
CODE_LENGTH = {PROVINCE: 2, COMMUNE: 5}


@dataclass(frozen=True, slots=True)
class Place:
    """A unit in force on the day before. `province` is the code of its province (its own for a province)."""

    id: int
    code: str
    name: str
    type: str
    level: str
    province: str
    province_name: str = ""
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The old unit, or a part of it, becomes the new one. An empty province keeps that of the old unit."""

    old: Place
    code: str
    name: str
    type: str
    province: str = ""
    identifier: str = ""

    @property
    def target_province(self) -> str:
        """The code of the province in which the new unit lies."""
        return self.code if self.old.level == PROVINCE else self.province or self.old.province

    @property
    def changes_nothing(self) -> bool:
        """Whether the new unit is the old one."""
        old = self.old
        return (self.code, self.name, self.type, self.target_province) == (old.code, old.name, old.type, old.province)


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A unit to begin, with the old ones that it comes from; the one that shared its code first."""

    code: str
    name: str
    type: str
    level: str
    province: str
    identifier: str
    old: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Became:
    """One row of succession. `existing` is the id of a unit that goes on; without it the new unit of that code is meant."""

    old: Place
    code: str
    existing: int | None
    is_split: bool


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """Everything that happens to units."""

    ends: tuple[Place, ...]
    begins: tuple[NewPlace, ...]
    became: tuple[Became, ...]

    def successors_of(self, place_id: int) -> list[Became]:
        """What becomes of the unit."""
        return [row for row in self.became if row.old.id == place_id]


class Flaw(StrEnum):
    """Why lines cannot be used."""

    NO_LINES = "no_lines"
    CODE_SHAPE = "code_shape"
    CONTRADICTION = "contradiction"
    CODE_TAKEN = "code_taken"
    PROVINCE_UNKNOWN = "province_unknown"
    ENDS_ALREADY = "ends_already"
    LEVELS_MIXED = "levels_mixed"
    NOTHING_CHANGES = "nothing_changes"
    NOT_A_MERGER = "not_a_merger"
    NOT_A_SPLIT = "not_a_split"
    NOT_A_RENAMING = "not_a_renaming"
    NOT_A_DISSOLUTION = "not_a_dissolution"


FLAWS: Mapping[Flaw, str] = {
    Flaw.NO_LINES: "Enter at least one unit.",
    Flaw.CODE_SHAPE: "The code of a province has two digits, that of a commune five: %(code)s",
    Flaw.CONTRADICTION: "The new unit %(code)s has different names, types or provinces in different lines.",
    Flaw.CODE_TAKEN: "The code %(code)s belongs to %(name)s. To merge into that unit write its name, else take another code.",
    Flaw.PROVINCE_UNKNOWN: "No province with the code %(code)s exists on that day.",
    Flaw.ENDS_ALREADY: "%(name)s already ends by another decision.",
    Flaw.LEVELS_MIXED: "%(name)s is not a unit of the level that you chose.",
    Flaw.NOTHING_CHANGES: "These lines leave every unit as it is.",
    Flaw.NOT_A_MERGER: "In a merger at least two units become one.",
    Flaw.NOT_A_SPLIT: "In a division one unit becomes at least two.",
    Flaw.NOT_A_RENAMING: "In a renaming each unit becomes exactly one new unit.",
    Flaw.NOT_A_DISSOLUTION: "In a dissolution the area goes to units that exist already and go on.",
}
"""English msgids with their named parameters."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A flaw, with what it is about."""

    flaw: Flaw
    code: str = ""
    name: str = ""


def problems(kind: str, level: str, lines: Sequence[Line], in_force: Mapping[str, Place]) -> list[Problem]:
    """Everything that keeps the lines from being used; empty if they can be."""
    if not lines:
        return [Problem(Flaw.NO_LINES)]
    found = [problem for line in lines for problem in _of_line(line, level, kind, lines, in_force)]
    if all(line.changes_nothing for line in lines):
        found.append(Problem(Flaw.NOTHING_CHANGES))
    elif flaw := _of_kind(kind, [line for line in lines if line.old.level == level], in_force):
        found.append(Problem(flaw))
    return list(dict.fromkeys(found))


def _of_line(line: Line, level: str, kind: str, lines: Sequence[Line], in_force: Mapping[str, Place]) -> Iterable[Problem]:
    old = line.old
    is_allotted = kind == "split" and level == PROVINCE and old.level == COMMUNE
    if old.level != level and not is_allotted:
        yield Problem(Flaw.LEVELS_MIXED, name=old.name)
    if old.ends is not None:
        yield Problem(Flaw.ENDS_ALREADY, name=old.name)
    if not (line.code.isascii() and line.code.isdigit() and len(line.code) == CODE_LENGTH.get(old.level)):
        yield Problem(Flaw.CODE_SHAPE, code=line.code)
    others = {(each.name, each.type, each.target_province) for each in lines if each.code == line.code and each.old.level == old.level}
    if len(others) > 1:
        yield Problem(Flaw.CONTRADICTION, code=line.code)
    present = in_force.get(line.code)
    is_old = any(each.old.code == line.code for each in lines)
    if present is not None and not is_old and (line.name, line.target_province) != (present.name, present.province):
        yield Problem(Flaw.CODE_TAKEN, code=line.code, name=present.name)
    begun = {each.code for each in lines if each.old.level == PROVINCE}
    ended = {each.old.code for each in lines if each.old.level == PROVINCE}
    province = line.target_province
    if old.level == COMMUNE and province not in begun and (province not in in_force or province in ended):
        yield Problem(Flaw.PROVINCE_UNKNOWN, code=province)


def _of_kind(kind: str, lines: Sequence[Line], in_force: Mapping[str, Place]) -> Flaw | None:
    old_codes = {line.old.code for line in lines}
    parts = {code: {line.code for line in lines if line.old.code == code} for code in old_codes}
    sources: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        sources[line.code].add(line.old.code)
        if line.code in in_force and line.code not in old_codes:
            sources[line.code].add(line.code)
    if kind == "merger":
        return None if any(len(codes) > 1 for codes in sources.values()) else Flaw.NOT_A_MERGER
    if kind == "split":
        return None if any(len(codes) > 1 for codes in parts.values()) else Flaw.NOT_A_SPLIT
    if kind == "rename":
        is_one = all(len(codes) == 1 for codes in (*parts.values(), *sources.values()))
        return None if is_one else Flaw.NOT_A_RENAMING
    is_absorbed = all(code in in_force and code not in old_codes for code in sources)
    return None if is_absorbed else Flaw.NOT_A_DISSOLUTION


def unit_plan(lines: Sequence[Line], communes: Mapping[str, Sequence[Place]], in_force: Mapping[str, Place]) -> UnitPlan:
    """The units that end and begin. `communes` of each province follow it, under their own codes, unless a line says otherwise."""
    every = [*lines, *_following(lines, communes)]
    parts = Counter(line.old.id for line in every)
    # A unit of which a part goes elsewhere begins anew, so that an address there asks which part is meant.
    moving = [line for line in every if not (line.changes_nothing and parts[line.old.id] == 1)]
    ends = {line.old.id: line.old for line in moving}
    replaced = {place.code for place in ends.values()}
    became, new = [], defaultdict(list)
    for line in moving:
        present = in_force.get(line.code)
        existing = present.id if present is not None and line.code not in replaced else None
        became.append(Became(line.old, line.code, existing, parts[line.old.id] > 1))
        if existing is None:
            new[line.code].append(line)
    return UnitPlan(tuple(ends.values()), tuple(_new_place(group) for group in new.values()), tuple(became))


def _following(lines: Sequence[Line], communes: Mapping[str, Sequence[Place]]) -> list[Line]:
    named = {line.old.id for line in lines}
    targets: dict[str, Line] = {}
    for line in lines:
        if line.old.level == PROVINCE and not line.changes_nothing:
            targets.setdefault(line.old.code, line)
    return [
        Line(commune, commune.code, commune.name, commune.type, target.code)
        for code, target in targets.items()
        for commune in communes.get(code, ())
        if commune.id not in named
    ]


def _new_place(group: Sequence[Line]) -> NewPlace:
    first = group[0]
    old = sorted((line.old for line in group), key=lambda place: (place.code != first.code, place.code))
    identifier = next((line.identifier for line in group if line.identifier), "")
    return NewPlace(first.code, first.name, first.type, first.old.level, first.target_province, identifier, tuple(old))
