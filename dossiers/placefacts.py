"""From the answers of a form to the facts that competence reads, and how each place led to its unit of the day."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from dossiers.models import PlaceFinding
from dossiers.routerecord import SettledBy, Trail, UnitStep
from portal.agencies.models import FAR_PAST, AdministrativeUnit, Agency, Office
from portal.agencies.queries import place_label, resolve_unit, unit_by_code, units_by_id
from portal.agencies.queries.lineage import heirs
from procedures.competence import Facts, Place, SplitPlace, UnknownPlace
from procedures.competence import PlaceAnswer as Resolved
from procedures.formschema.answers import chosen_agency, place_facts
from procedures.formschema.places import PlaceAnswer
from procedures.models import ProcedureCase

ONE_DAY = timedelta(days=1)
Findings = Mapping[str, PlaceFinding]
NOTHING_FOUND: Findings = {}


class Units(Protocol):
    """The administrative units; whoever routes many keeps them in memory."""

    def unit(self, code: str, on: date, /) -> AdministrativeUnit | None:
        """The unit that had this code on the day."""

    def ways(self, unit: AdministrativeUnit, on: date, /) -> list[list[AdministrativeUnit]]:
        """One way per unit that covers this one on the day, from it to there, both included, by code; none if none is known."""


class DatabaseUnits:
    """Reads each unit when it is asked for."""

    def unit(self, code: str, on: date, /) -> AdministrativeUnit | None:
        return unit_by_code(code, on)

    def ways(self, unit: AdministrativeUnit, on: date, /) -> list[list[AdministrativeUnit]]:
        if holds_on(unit, on):
            return [[unit]]
        start = unit.valid_to or unit.valid_from
        found = resolve_unit(unit.code, from_on=start, to_on=max(on, start), level=unit.level)
        chains = getattr(found, "chains", None) or ([found.chain] if found.units else [])  # type: ignore[union-attr]
        known = {row.pk: row for row in units_by_id({each.id for chain in chains for each in chain if each.id is not None})}
        return [[known[each.id] for each in chain if each.id in known] for chain in chains]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about where a dossier belongs. `split` names the divided unit of each fact that nobody has settled."""

    facts: Facts
    trails: Mapping[str, Trail]
    split: Mapping[str, "Split"]


@dataclass(frozen=True, slots=True)
class Split:
    """A divided unit, its parts of the day, and the address in the person's own words."""

    unit: AdministrativeUnit
    parts: tuple[AdministrativeUnit, ...]
    written: str


def facts_for(case: ProcedureCase, answers: Mapping[str, Any], *, office: Office | None, on: date) -> Facts:
    """What is known about where this belongs, in units of the day `on`."""
    return known_places(case, answers, office=office, on=on).facts


def known_places(
    case: ProcedureCase,
    answers: Mapping[str, Any],
    *,
    office: Office | None,
    on: date,
    findings: Findings = NOTHING_FOUND,
    units: Units | None = None,
) -> Known:
    """The same with the way to each unit. What a centre answered or an agency corrected counts instead of the form's answer."""
    units = units or DatabaseUnits()
    stated = place_facts(case.form, answers)
    resolved = {fact: _resolved(answer, on, units) for fact, answer in stated.items()}
    for fact, finding in findings.items():
        resolved[fact] = _found_out(finding, stated.get(fact), on, units)
    return Known(
        facts=Facts(
            on=on,
            places={fact: each.place for fact, each in resolved.items()},
            filing_commune_code=office.unit.code
            if office and office.unit and office.unit.level == AdministrativeUnit.Level.COMMUNE
            else "",
            filing_province_code=office.province.code if office and office.province else "",
            applicant_choice=_present(chosen_agency(answers), on),
        ),
        trails={fact: each.trail for fact, each in resolved.items()},
        split={fact: each.split for fact, each in resolved.items() if each.split},
    )


def _present(agency: int | None, on: date) -> int | None:
    """The chosen agency, or what succeeds it on the day."""
    return heirs(on).get(agency, agency) if agency is not None else None


@dataclass(frozen=True, slots=True)
class _Answer:
    place: Resolved
    trail: Trail
    split: Split | None = None


def _resolved(answer: PlaceAnswer, on: date, units: Units) -> _Answer:
    nowhere = _Answer(UnknownPlace(answer.text), Trail(answer.text))
    if not answer.unit_code or answer.unit_valid_from is None:
        return nowhere
    unit = units.unit(answer.unit_code, max(answer.unit_valid_from, FAR_PAST))
    if unit is None:
        return nowhere
    ways = [way for way in units.ways(unit, on) if way]
    options = tuple(place_label(way[-1]) for way in ways) if len(ways) > 1 else ()
    if not ways:
        return _Answer(UnknownPlace(answer.text), Trail(answer.text, (step_of(unit),)))
    if answer.successor_code and unit.valid_to:
        ways = _chosen(ways, answer.successor_code, unit.valid_to + ONE_DAY)
        if len(ways) == 1:
            return _settled(answer.text, ways[0], SettledBy.CHOSEN, options)
    if len(ways) == 1:
        return _settled(answer.text, ways[0], SettledBy.ONLY_SUCCESSOR if len(ways[0]) > 1 else SettledBy.STATED, options)
    if not ways:
        return nowhere
    parts = tuple(way[-1] for way in ways)
    trail = Trail(answer.text, (step_of(unit),), SettledBy.OPEN, options)
    return _Answer(SplitPlace(tuple(_place(part) for part in parts)), trail, Split(unit, parts, answer.text))


def _chosen(ways: list[list[AdministrativeUnit]], code: str, since: date) -> list[list[AdministrativeUnit]]:
    """The ways over the part that the person chose. The code is that of the part's own time: codes are used again."""
    return [way for way in ways if any(unit.code == code and holds_on(unit, since) for unit in way[1:])]


def _settled(written: str, way: list[AdministrativeUnit], by: SettledBy, options: tuple[str, ...] = (), told_by: str = "") -> _Answer:
    return _Answer(_place(way[-1]), Trail(written, tuple(step_of(unit) for unit in way), by, options, told_by))


def _found_out(finding: PlaceFinding, stated: PlaceAnswer | None, on: date, units: Units) -> _Answer:
    """The unit found out after filing, as it stands on the day."""
    written = stated.text if stated else ""
    ways = [way for way in units.ways(finding.unit, on) if way]
    by = SettledBy.ANSWERED if finding.source == PlaceFinding.Source.ANSWERED else SettledBy.CORRECTED
    named = units.unit(stated.unit_code, stated.unit_valid_from) if stated and stated.unit_code and stated.unit_valid_from else None
    before = [named] if named is not None and named.valid_to and by is SettledBy.ANSWERED else []
    if len(ways) == 1:
        return _settled(written, [*before, *ways[0]], by, told_by=finding.told_by)
    return _Answer(UnknownPlace(written), Trail(written, (step_of(finding.unit),), told_by=finding.told_by))


def holds_on(unit: AdministrativeUnit, on: date) -> bool:
    """Whether the unit is in force on the day."""
    return unit.valid_from <= on and (unit.valid_to is None or on <= unit.valid_to)


def step_of(unit: AdministrativeUnit) -> UnitStep:
    """The unit as a step of a trail."""
    since = "" if unit.valid_from == FAR_PAST else unit.valid_from.isoformat()
    return UnitStep(place_label(unit), unit.code, since, unit.valid_to.isoformat() if unit.valid_to else "")


def _place(unit: AdministrativeUnit) -> Place:
    province = unit.province or unit
    is_commune = unit.level == AdministrativeUnit.Level.COMMUNE
    return Place(province_code=province.code, commune_code=unit.code if is_commune else "", name=place_label(unit))


def findings_of(dossier_id: int) -> Findings:
    """What was found out about the places of the dossier, the latest per fact."""
    return findings_of_many([dossier_id])[dossier_id]


def findings_of_many(dossier_ids: Collection[int]) -> Mapping[int, Findings]:
    """The same for many, in one query; a dossier about which nothing was found out has an empty entry."""
    found: dict[int, dict[str, PlaceFinding]] = defaultdict(dict)
    rows = PlaceFinding.objects.filter(dossier_id__in=dossier_ids).select_related("unit__province", "unit__parent").order_by("at", "pk")
    for row in rows:
        found[row.dossier_id][row.fact] = row
    return found


def lawful_agencies(candidates: list[int], on: date) -> "list[Agency]":
    """The candidate agencies that still exist, for a person to choose from."""
    return list(Agency.objects.on(on).filter(pk__in=candidates).select_related("unit", "province").order_by("name", "pk"))
