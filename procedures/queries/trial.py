"""Who would decide for a place, without a dossier: for the shell, the catalogue pages and the completeness check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from portal.agencies.models import AdministrativeUnit
from portal.agencies.queries import place_label
from portal.agencies.queries.units import resolve_unit, units_by_id
from portal.agencies.succession import Several
from portal.core.errors import DomainError
from procedures.competence import Decision, Directory, Facts, Place, PlaceAnswer, SplitPlace, UnknownPlace
from procedures.models import ProcedureVersion
from procedures.queries.competent import competent_agency, rules_for


class UnknownCode(DomainError):
    """No unit has or had this code."""

    status = 404


@dataclass(frozen=True, slots=True)
class Step:
    """A unit on the way from the code that was given to the units of the day. `until` is its last day; None is today's."""

    code: str
    name: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """The decision, the place, and the units it went through: one way per present unit."""

    decision: Decision
    place: PlaceAnswer
    ways: tuple[tuple[Step, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the trial assumes besides the place: other places by fact, where it is filed, and what the applicant chose.

    `valid_on` says for a fact on which day its code had its meaning, where that is not the day of the place.
    """

    places: Mapping[str, str] = field(default_factory=dict)
    filed_at: str = ""
    chosen_fact: str = ""
    applicant_choice: int | None = None
    valid_on: Mapping[str, date] = field(default_factory=dict)


def try_place(
    version: ProcedureVersion,
    code: str,
    on: date,
    *,
    place_valid_on: date | None = None,
    directory: Directory | None = None,
    asked: Asked | None = None,
) -> Trial:
    """The decision if every place that the procedure asks, and the filing, were this one, except what `asked` says. Raises UnknownCode."""
    asked = asked or Asked()
    place, ways = traced_place(code, on, place_valid_on)
    filed = place_of(asked.filed_at, on, place_valid_on) if asked.filed_at else place
    places = {rule.place_fact: place for rule in rules_for(version.procedure, on) if rule.place_fact}
    places |= {fact: place_of(other, on, asked.valid_on.get(fact, place_valid_on)) for fact, other in asked.places.items()}
    facts = Facts(
        on=on,
        places=places,
        filing_commune_code=filed.commune_code if isinstance(filed, Place) else "",
        filing_province_code=filed.province_code if isinstance(filed, Place) else "",
        applicant_choice=asked.applicant_choice,
    )
    return Trial(competent_agency(version, facts, on, chosen_fact=asked.chosen_fact, directory=directory), place, ways)


def place_of(code: str, on: date, place_valid_on: date | None = None) -> PlaceAnswer:
    """The place that the code named on `place_valid_on`, as units of `on`.

    Without that date the unit in force on `on` is meant; an old code that names one unit only is understood. Raises UnknownCode.
    """
    return traced_place(code, on, place_valid_on)[0]


def traced_place(code: str, on: date, place_valid_on: date | None = None) -> tuple[PlaceAnswer, tuple[tuple[Step, ...], ...]]:
    """The place as in `place_of`, and the units on the way to it. Raises UnknownCode."""
    known = AdministrativeUnit.objects.filter(code=code).order_by("valid_from")
    if not known.exists():
        raise UnknownCode(_("No administrative unit has the code %(code)s.") % {"code": code})
    since = place_valid_on or on
    if place_valid_on is None and not known.on(on).exists():
        since = max(unit.valid_from for unit in known)
    found = resolve_unit(code, from_on=since, to_on=max(on, since))
    chains = found.chains if isinstance(found, Several) else (found.chain,) if found.chain else ()
    ways = tuple(tuple(Step(unit.code, unit.name, unit.valid_to) for unit in chain) for chain in chains)
    units = units_by_id(unit.id for unit in found.units if unit.id is not None)
    if not units:
        return UnknownPlace(code), ways
    places = tuple(_place(unit) for unit in units)
    return (places[0] if len(places) == 1 else SplitPlace(places)), ways


def _place(unit: AdministrativeUnit) -> Place:
    is_commune = unit.level == AdministrativeUnit.Level.COMMUNE
    return Place((unit.province or unit).code, unit.code if is_commune else "", place_label(unit))
