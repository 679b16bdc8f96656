"""Agencies and offices by kind, place and day."""

from datetime import date

from django.db.models import F, QuerySet

from portal.agencies.models import AdministrativeUnit, Agency, Office, valid_on
from portal.agencies.placenames import spoken
from portal.agencies.queries.places import Match, match_place, search_places

MAX_OFFICES = 60
PLACES = ("province", "commune")


def agencies_of(kind: str, unit: AdministrativeUnit | None, on: date) -> QuerySet[Agency]:
    """Agencies of the kind that belong to the unit on the day; without a unit those of the whole country."""
    agencies = Agency.objects.on(on).filter(kind=kind).select_related("unit", "province", "reception_office").order_by("identifier")
    return agencies if unit is None else agencies.filter(unit=unit)


def serving(commune: AdministrativeUnit, kind: str, on: date) -> QuerySet[Agency]:
    """Agencies of the kind whose service area holds the commune on the day."""
    return (
        Agency.objects.on(on)
        .filter(valid_on(on, "service_areas__"), kind=kind, service_areas__unit=commune)
        .select_related("unit", "province", "reception_office")
        .order_by("identifier")
    )


def centre_of(province: AdministrativeUnit, on: date) -> Office | None:
    """The public service centre of the province on the day."""
    centres = Office.objects.filter(valid_on(on), kind=Office.Kind.PROVINCIAL_CENTRE, province=province)
    return centres.select_related("province", "unit").order_by("id").first()


def office_choices(on: date, province: AdministrativeUnit | None = None) -> QuerySet[Office]:
    """Offices open on the day, centres first, then by name: to choose from, or to search."""
    offices = Office.objects.filter(valid_on(on)).select_related("unit", "province", "parent", "agency")
    if province is not None:
        offices = offices.filter(province=province)
    return offices.order_by(F("parent").asc(nulls_first=True), "kind", "search_key", "id")


def offices_at(text: str, on: date, limit: int = MAX_OFFICES) -> list[Office]:
    """Offices near the place that the text names: its communes' counters now, then their provinces' centres.

    A province's name brings its centre and its counters. Old names lead to the counters of the successors.
    """
    match = match_place(text, on=on)
    found = (
        [match.units] if match.outcome is Match.ONE else [one.successors for one in search_places(text, limit=limit, levels=PLACES, on=on)]
    )
    units = {unit.id: unit for successors in found for unit in successors}
    if not units:
        return list(office_choices(on).filter(search_key__contains=spoken(text))[:limit]) if spoken(text) else []
    order = {unit_id: position for position, unit_id in enumerate(units)}
    offices = list(office_choices(on).filter(unit__in=order)[: limit * 2])
    offices.sort(key=lambda office: order.get(office.unit_id or 0, 0))
    known = {office.unit_id for office in offices}
    provinces = {unit.province_id for unit in list(units.values())[:3] if unit.province_id} - known
    centres = office_choices(on).filter(kind=Office.Kind.PROVINCIAL_CENTRE, province__in=provinces)
    return [*offices[:limit], *centres]
