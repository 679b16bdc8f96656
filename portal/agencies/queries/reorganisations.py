"""Reorganisations as pages list them, and what one would do: the rows of the day before given to the pure plan."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from portal.agencies.models import AdministrativeUnit, Agency, Office, Reorganisation, ServiceArea, valid_on
from portal.agencies.reorganisation import COMMUNE, PROVINCE, Flaw, Line, Place, Problem, UnitPlan, problems, unit_plan
from portal.agencies.reorganisation_bodies import body_plan
from portal.agencies.reorganisation_values import Bodies, Body, BodyPlan

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Planned:
    """What approving would write; with problems nothing can be written."""

    problems: tuple[Problem, ...]
    units: UnitPlan
    bodies: BodyPlan


def planned(reorganisation: Reorganisation) -> Planned:
    """What the lines do, on the units and bodies of the day before."""
    places = places_on(reorganisation.effective_from - ONE_DAY)
    by_id = {place.id: place for place in places.values()}
    lines, lost = [], []
    for row in reorganisation.lines.select_related("old_unit__province").order_by("pk"):
        old = by_id.get(row.old_unit_id)
        if old is None:
            lost.append(_ended_already(row.old_unit))
        else:
            lines.append(Line(old, row.new_code, row.new_name, row.new_type, row.new_province_code, row.new_identifier))
    found = (*lost, *(problems(reorganisation.kind, reorganisation.level, lines, places) if not lost else ()))
    if found:
        return Planned(found, UnitPlan((), (), ()), BodyPlan())
    communes: dict[str, list[Place]] = defaultdict(list)
    for place in places.values():
        if place.level == COMMUNE:
            communes[place.province].append(place)
    units = unit_plan(lines, communes, places)
    others = [place for place in units.ends if place.ends is not None]
    return Planned(
        tuple(_ended_already(place) for place in others),
        units,
        body_plan(units, _bodies(units, places, reorganisation.effective_from), f"N{reorganisation.effective_from:%y}"),
    )


def _ended_already(unit: AdministrativeUnit | Place) -> Problem:
    return Problem(Flaw.ENDS_ALREADY, name=unit.name)


def places_on(day: date) -> dict[str, Place]:
    """Every province and commune of the day, by code."""
    rows = AdministrativeUnit.objects.on(day).filter(level__in=[PROVINCE, COMMUNE]).select_related("province").defer("search_vector")
    return {
        row.code: Place(
            row.pk, row.code, row.name, row.type, row.level, (row.province or row).code, (row.province or row).name, row.valid_to
        )
        for row in rows.order_by("valid_from", "pk")
    }


def _bodies(units: UnitPlan, places: dict[str, Place], effective_from: date) -> Bodies:
    eve = effective_from - ONE_DAY
    ended = [place.id for place in units.ends]
    concerned = {*ended, *(row.existing for row in units.became if row.existing is not None)}
    served: dict[int, list[int]] = defaultdict(list)
    for agency, unit in ServiceArea.objects.filter(valid_on(eve), unit__in=ended).order_by("pk").values_list("agency_id", "unit_id"):
        served[agency].append(unit)
    agencies = Agency.objects.on(eve).filter(Q(unit__in=concerned) | Q(pk__in=served)).order_by("identifier")
    offices = Office.objects.filter(valid_on(eve), unit__in=concerned).order_by("code")
    identifiers = Agency.objects.values_list("identifier", "aliases")
    roots = Agency.objects.on(eve).filter(kind="provincial_committee").values_list("unit__code", "identifier")
    return Bodies(
        agencies=[
            Body(
                each.pk, each.identifier, each.name, each.kind, each.unit_id or 0, tuple(each.aliases), each.parent_id,
                each.reception_office_id, tuple(served.get(each.pk, ())),
            )
            for each in agencies
        ],
        offices=[
            Body(each.pk, each.code, each.name, each.kind, each.unit_id or 0, (), each.parent_id, each.agency_id) for each in offices
        ],
        taken=frozenset(name for own, aliases in identifiers for name in (own, *aliases))
        | frozenset(Office.objects.values_list("code", flat=True)),
        roots=dict(roots),
        province_names={place.code: place.name for place in places.values() if place.level == PROVINCE},
    )  # fmt: skip
