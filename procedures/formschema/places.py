"""Which place did the person mean? One, several (ask), a split old one (ask which part), or none (say so). Pure.

Names are typed with or without diacritics, new or old; finding them is the finder's business, choosing is the person's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from procedures.formschema.conditions import Json

UNKNOWN = "unknown"
"""The choice "I do not know" among the successors of a split unit."""


@dataclass(frozen=True, slots=True)
class Place:
    """An administrative unit of one period, with the label under which people choose it."""

    code: str
    valid_from: date
    label: str
    is_current: bool = True

    @property
    def value(self) -> str:
        return f"{self.code}@{self.valid_from.isoformat()}"


class PlaceFinder(Protocol):
    """Knows the administrative units."""

    def matching(self, text: str, /) -> Sequence[Place]:
        """All units that the typed text names, those in force first."""

    def successors(self, place: Place, /) -> Sequence[Place]:
        """The units in force that now cover a former one: one, several, or none."""


@dataclass(frozen=True, slots=True)
class TypedAddress:
    """What stood in the inputs. `shown_for` is the text for which choices were offered."""

    text: str = ""
    line: str = ""
    unit: str = ""
    successor: str = ""
    is_undecided: bool = False
    shown_for: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.line)


@dataclass(frozen=True, slots=True)
class Found:
    """The address is settled; `stored` is kept."""

    stored: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Ask:
    """The person must say more. One of the lists is filled, or none: nothing was found."""

    candidates: tuple[Place, ...] = ()
    split: Place | None = None
    successors: tuple[Place, ...] = ()


def settle(typed: TypedAddress, find: PlaceFinder) -> Found | Ask:
    """The stored address, or what to ask. Never guesses; what was answered for another text does not count."""
    if not typed.text:
        return Found(_stored(typed, None)) if typed.is_undecided else Ask()
    if typed.shown_for not in ("", typed.text):
        typed = replace(typed, successor="")
    typed = _parted(typed, find)
    places = tuple(find.matching(typed.text))
    if not places:
        return Found(_stored(typed, None)) if typed.is_undecided else Ask()
    place = _chosen(places, typed)
    if place is None:
        return Found(_stored(typed, None)) if typed.is_undecided else Ask(candidates=places)
    successors = () if place.is_current else tuple(find.successors(place))
    if len(successors) <= 1:
        return Found(_stored(typed, place, *successors))
    chosen = next((part for part in successors if part.code == typed.successor), None)
    if chosen is not None or typed.successor == UNKNOWN or typed.is_undecided:
        return Found(_stored(typed, place, chosen))
    return Ask(split=place, successors=successors)


DETAIL = re.compile(
    r"^\s*(\d|(số|so|thôn|thon|ấp|ap|xóm|xom|bản|ban|buôn|buon|làng|lang|khóm|khom|tổ|to|tdp|khu|kp|ngõ|ngo|ngách|ngach|hẻm|hem|đường|duong|phố|pho)\b)",
    re.IGNORECASE,
)
"""How the part of an address below the commune begins. Nothing else is taken off: a commune that is not found is not guessed."""


def _parted(typed: TypedAddress, find: PlaceFinder) -> TypedAddress:
    """A whole address in the box of the place, as an ID card writes it: what stands before the commune belongs to the line."""
    text, taken = typed.text, list[str]()
    while "," in text and DETAIL.match(text) and not find.matching(text):
        first, _comma, rest = text.partition(",")
        taken, text = [*taken, first.strip()], rest.strip()
    if not taken or not find.matching(text):
        return typed
    line = ", ".join(part for part in (typed.line, *taken) if part)
    return replace(typed, text=text, line=line, shown_for=text if typed.shown_for == typed.text else typed.shown_for)


def _chosen(places: tuple[Place, ...], typed: TypedAddress) -> Place | None:
    """The only match, or the one picked among the candidates of this same text."""
    if len(places) == 1:
        return places[0]
    picked = [place for place in places if place.value == typed.unit]
    return picked[0] if picked and typed.shown_for in ("", typed.text) else None


def _stored(typed: TypedAddress, place: Place | None, successor: Place | None = None) -> dict[str, Json]:
    is_open = place is None or (not place.is_current and successor is None)
    return {
        "text": typed.text,
        "unit_code": place.code if place else None,
        "valid_from": place.valid_from.isoformat() if place else None,
        "line": typed.line,
        "successor_code": successor.code if successor else None,
        "undecided": is_open,
        "label": _label(typed, place, successor),
    }


def _label(typed: TypedAddress, place: Place | None, successor: Place | None) -> str:
    """How the address is read out and printed."""
    name = place.label if place else typed.text
    told = ", ".join(part for part in (typed.line, name) if part)
    return f"{told} (nay là {successor.label})" if successor else told


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """A place fact of a dossier: an input of the rules of competence."""

    unit_code: str | None
    unit_valid_from: date | None
    text: str
    successor_code: str | None = None
    is_undecided: bool = False


def place_answer(stored: Json) -> PlaceAnswer | None:
    """The fact that a stored address states; None for no answer."""
    if not isinstance(stored, dict) or not stored.get("label"):
        return None
    code, since, successor = stored.get("unit_code"), stored.get("valid_from"), stored.get("successor_code")
    return PlaceAnswer(
        unit_code=str(code) if code else None,
        unit_valid_from=date.fromisoformat(str(since)) if since else None,
        text=str(stored["label"]),
        successor_code=str(successor) if successor else None,
        is_undecided=stored.get("undecided") is True,
    )
