"""Find places as people type them: old or new names, with or without diacritics, abbreviations, codes."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from portal.agencies.models import AdministrativeUnit, UnitSuccession, valid_on
from portal.agencies.placenames import bare, segments, spoken
from portal.agencies.queries.units import holds_on, place_label, unit_label
from portal.core.clock import business_today

COMMUNE_ONLY = (AdministrativeUnit.Level.COMMUNE,)
MAX_TEXT = 200
MAX_WORDS = 16
_CODE = re.compile(r"^\d{2,5}$")
_NUMBERED = ("quan", "phuong")
_MERELY_FOUND = 3
MOST_REFORMS = 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place to choose. `successors` are the units that stand there now: the unit itself when it is in force."""

    unit: AdministrativeUnit
    label: str
    successors: tuple[AdministrativeUnit, ...]

    @property
    def is_old(self) -> bool:
        """Whether the unit itself is no longer in force."""
        return self.successors != (self.unit,)


class Match(StrEnum):
    """How many units in force the text names."""

    ONE = "one"
    SEVERAL = "several"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """What the text names. `units` are in force now; `named` are the units meant, perhaps old ones."""

    units: tuple[AdministrativeUnit, ...]
    named: tuple[AdministrativeUnit, ...]

    @property
    def outcome(self) -> Match:
        return Match.ONE if len(self.units) == 1 else Match.SEVERAL if self.units else Match.NONE


def search_places(
    text: str, limit: int = 12, *, include_old: bool = True, levels: Sequence[str] = COMMUNE_ONLY, on: date | None = None
) -> list[Suggestion]:
    """At most `limit` places for the text, best first: exact names, then beginnings, units in force before old ones.

    In force means on the day `on`, without it today; units that begin later are not known yet.
    """
    day = on or business_today()
    units = _found(text[:MAX_TEXT], limit, day, include_old=include_old, levels=levels)
    successors = _successors(units, day)
    return [Suggestion(unit, unit_label(unit, day), successors[unit.id]) for unit in units]


def match_place(text: str, *, levels: Sequence[str] = COMMUNE_ONLY, on: date | None = None) -> PlaceMatch:
    """The unit(s) in force that the whole text names: a label that we showed, a code, or a name that leaves no choice."""
    suggestions = search_places(text, limit=60, levels=levels, on=on)
    wanted, typed = spoken(text), _Typed.read(text)
    tests: tuple[Callable[[Suggestion], bool], ...] = (
        lambda one: spoken(one.label) == wanted,
        lambda one: spoken(place_label(one.unit)) == wanted,
        lambda one: one.unit.code == text.strip(),
        lambda one: one.unit.search_key in typed.heads,
        # "sai gon quan 1": the longest name that the text begins with.
        lambda one: one.unit.search_key in typed.beginnings and one.unit.search_key == suggestions[0].unit.search_key,
    )
    for is_named in tests:
        named = [suggestion for suggestion in suggestions if is_named(suggestion)]
        if named:
            units = {unit.id: unit for suggestion in named for unit in suggestion.successors}
            return PlaceMatch(tuple(units.values()), tuple(suggestion.unit for suggestion in named))
    return PlaceMatch((), ())


@dataclass(frozen=True, slots=True)
class _Typed:
    """The text, taken apart: its first part (the name, with and without a type word) and everything it begins with."""

    heads: tuple[str, ...]
    beginnings: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> "_Typed":
        parts = segments(text)
        if not parts:
            return cls((), ())
        wholes = {spoken(", ".join(parts)), bare(", ".join(parts))}
        beginnings = {" ".join(whole.split()[:count]) for whole in wholes for count in range(1, len(whole.split()) + 1)}
        return cls(tuple({spoken(parts[0]), bare(parts[0])}), tuple(sorted(beginnings)))


def _found(text: str, limit: int, day: date, *, include_old: bool, levels: Sequence[str]) -> list[AdministrativeUnit]:
    units = AdministrativeUnit.objects.filter(level__in=levels, valid_from__lte=day).select_related("province", "parent")
    if not include_old:
        units = units.filter(valid_on(day))
    elif "(trước" in text:
        units = units.filter(valid_to__lt=day)
    if _CODE.match(text.strip()):
        return list(units.filter(code=text.strip()).order_by(F("valid_to").desc(nulls_first=True), "id")[:limit])
    parts = segments(text)
    if not parts or not any(spoken(part) for part in parts):
        return []
    typed = _Typed.read(text)
    ranked = _ranked(units.filter(search_vector=_query(parts)), typed, limit)
    found = [unit for _, unit in ranked]
    bare_parts = [bare(part) for part in parts]
    if (ranked and ranked[0][0] < _MERELY_FOUND) or bare_parts == [spoken(part) for part in parts]:
        return found
    # A wrong type word ("xã" for what became a "phường") must not hide the place.
    named = _ranked(units.filter(search_vector=_query(bare_parts)), typed, limit)
    better = [unit for rank, unit in named if rank < _MERELY_FOUND]
    return list({unit.id: unit for unit in [*better, *found]}.values())[:limit]


def _query(parts: Sequence[str]) -> SearchQuery:
    """Every word, the last of each part as a beginning; numbered wards and districts as a phrase: "quận 1" is not "phường 1"."""
    terms: list[str] = []
    for part in parts:
        words = spoken(part).split()[:MAX_WORDS]
        for position, word in enumerate(words):
            before, after = words[position - 1] if position else "", words[position + 1 : position + 2]
            if word.isdigit():
                terms.append(f"{before} <-> {word}" if before in _NUMBERED else word)
            elif not (word in _NUMBERED and after and after[0].isdigit()):
                terms.append(word if after else f"{word}:*")
    return SearchQuery(" & ".join(terms[:MAX_WORDS]), config="simple", search_type="raw")


def _ranked(units: QuerySet[AdministrativeUnit], typed: _Typed, limit: int) -> list[tuple[int, AdministrativeUnit]]:
    """0 the name itself, 1 a name that the text begins with, 2 a name that begins with the text, 3 found by other words."""
    begins = Q()
    for head in typed.heads:
        begins |= Q(search_key__startswith=head)
    rank = Case(
        When(search_key__in=typed.heads, then=Value(0)),
        When(search_key__in=typed.beginnings, then=Value(1)),
        When(begins, then=Value(2)),
        default=Value(_MERELY_FOUND),
        output_field=IntegerField(),
    )
    # Of the names that the text begins with the longest is meant; of the rest the shortest comes first.
    length = Case(When(search_key__in=typed.beginnings, then=-Length("search_key")), default=Length("search_key"))
    ranked = units.annotate(rank=rank, length=length).defer("search_path", "search_vector")
    ordered = ranked.order_by("rank", F("valid_to").desc(nulls_first=True), "-level", "length", "search_key", "code", "id")
    return [(unit.rank, unit) for unit in ordered[:limit]]


def _successors(units: Iterable[AdministrativeUnit], day: date) -> dict[int, tuple[AdministrativeUnit, ...]]:
    """Per unit those in force on the day that stand there: over every reform in between, with one query for each."""
    ways = [(unit.id, unit) for unit in units]
    found: dict[int, dict[int, AdministrativeUnit]] = defaultdict(dict)
    for _reform in range(MOST_REFORMS):
        for start, unit in ways:
            if holds_on(unit, day):
                found[start][unit.id] = unit
        ended = {unit.id for _start, unit in ways if not holds_on(unit, day)}
        if not ended:
            break
        rows = UnitSuccession.objects.filter(predecessor__in=ended, is_trusted=True, valid_from__lte=day)
        nexts: dict[int, list[AdministrativeUnit]] = defaultdict(list)
        for row in rows.select_related("successor__province", "successor__parent").order_by("successor__code", "pk"):
            nexts[row.predecessor_id or 0].append(row.successor)
        ways = [(start, heir) for start, unit in ways if unit.id in ended for heir in nexts[unit.id]]
    return defaultdict(tuple, {key: tuple(value.values()) for key, value in found.items()})
