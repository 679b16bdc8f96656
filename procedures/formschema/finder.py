"""Administrative units for the address question. The only part of the form compiler that reads the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.agencies import queries
from portal.agencies.models import AdministrativeUnit
from procedures.formschema.conditions import Json
from procedures.formschema.places import Place


@dataclass(frozen=True, slots=True)
class RegisterOfUnits:
    """A PlaceFinder over the administrative units, as they are on the day. Made anew for every form.

    A form often has the same address several times; each text is looked up once.
    """

    today: date
    known: dict[str, Sequence[Place]] = field(default_factory=dict, compare=False, repr=False)

    def matching(self, text: str, /) -> Sequence[Place]:
        """The communes, wards and special zones that the text names, with or without diacritics, old names too."""
        if text not in self.known:
            places = [_place(unit, self.today) for unit in queries.match_place(text, on=self.today).named]
            self.known[text] = sorted(places, key=lambda place: not place.is_current)
        return self.known[text]

    def successors(self, place: Place, /) -> Sequence[Place]:
        """The units that cover the former one on the day."""
        unit = queries.unit_by_code(place.code, place.valid_from, AdministrativeUnit.Level.COMMUNE)
        return [_place(found, self.today) for found in queries.current_units_of(unit, self.today)] if unit else []


def _place(unit: AdministrativeUnit, today: date) -> Place:
    return Place(unit.code, unit.valid_from, queries.unit_label(unit, today), is_current=unit.valid_to is None or today <= unit.valid_to)


def placed(answers: Mapping[str, Json]) -> dict[str, Json]:
    """Addresses as a card writes them, parted into the place that we know and the line before it."""
    return {key: _parted(value) if isinstance(value, dict) and value.get("text") else value for key, value in answers.items()}


def _parted(address: Mapping[str, Json]) -> dict[str, Json]:
    parts = [part.strip() for part in str(address["text"]).split(",") if part.strip()]
    for start in range(len(parts)):
        place = ", ".join(parts[start:])
        if queries.match_place(place).named:
            return {**address, "text": place, "line": ", ".join(parts[:start])}
    return dict(address)
