"""The dated rows of an approved reorganisation: written all at once, and taken away again if it is cancelled before its day."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from portal.agencies.models import (
    AdministrativeUnit,
    Agency,
    AgencySuccession,
    Office,
    OfficeSuccession,
    Reorganisation,
    ServiceArea,
    UnitSuccession,
    valid_on,
)
from portal.agencies.placenames import bare, path_words
from portal.agencies.queries.reorganisations import Planned
from portal.agencies.reorganisation import PROVINCE, NewPlace
from portal.agencies.reorganisation_values import BodyPlan, NewBody, Ref

LONGEST_PATH = 400
Ends = dict[str, str | None]
"""Last day of a row before it was ended, by id."""


@dataclass(slots=True)
class Written:
    """Which rows began (ids), and which ended (id: last day before)."""

    units: list[int] = field(default_factory=list)
    agencies: list[int] = field(default_factory=list)
    offices: list[int] = field(default_factory=list)
    areas: list[int] = field(default_factory=list)
    ended_units: Ends = field(default_factory=dict)
    ended_agencies: Ends = field(default_factory=dict)
    ended_offices: Ends = field(default_factory=dict)
    ended_areas: Ends = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As it is kept on record."""
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> "Written":
        """As it was kept."""
        return cls(**{name: facts[name] for name in cls.__dataclass_fields__})


def write_rows(reorganisation: Reorganisation, plan: Planned) -> Written:
    """Every row of the plan exists, dated from the day; what ends has the day before as its last."""
    day, eve = reorganisation.effective_from, reorganisation.effective_from - timedelta(days=1)
    written = Written()
    ended = [place.id for place in plan.units.ends]
    gone = [body.id for body in plan.bodies.agency_ends]
    areas = ServiceArea.objects.filter(valid_on(eve)).filter(Q(unit__in=ended) | Q(agency__in=gone))
    written.ended_areas = _end(areas, eve)
    written.ended_units = _end(AdministrativeUnit.objects.filter(pk__in=ended), eve)
    written.ended_agencies = _end(Agency.objects.filter(pk__in=gone), eve)
    written.ended_offices = _end(Office.objects.filter(pk__in=[body.id for body in plan.bodies.office_ends]), eve)
    units = _write_units(plan, day)
    agencies, offices = _write_bodies(plan.bodies, units, day)
    made = ServiceArea.objects.bulk_create(
        ServiceArea(agency_id=_id(area.agency, agencies), unit=units[area.unit], valid_from=day) for area in plan.bodies.areas
    )
    AgencySuccession.objects.bulk_create(
        AgencySuccession(predecessor_id=old, successor_id=_id(new, agencies), valid_from=day, reorganisation=reorganisation)
        for old, new in plan.bodies.agency_successions
    )
    OfficeSuccession.objects.bulk_create(
        OfficeSuccession(predecessor_id=old, successor_id=_id(new, offices), valid_from=day, reorganisation=reorganisation)
        for old, new in plan.bodies.office_successions
    )
    for line in reorganisation.lines.filter(new_code__in=units):
        line.new_unit = units[line.new_code]
        line.save(update_fields=["new_unit"])
    written.units = sorted(unit.pk for unit in units.values())
    written.agencies, written.offices = sorted(agencies.values()), sorted(offices.values())
    written.areas = [area.pk for area in made]
    return written


def _end(rows: "models.QuerySet[Any]", eve: date) -> Ends:
    """These rows hold until the day before; returns until when they held so far."""
    before = {str(pk): last.isoformat() if last else None for pk, last in rows.order_by("pk").values_list("pk", "valid_to")}
    rows.model._default_manager.filter(pk__in=[int(pk) for pk in before]).update(valid_to=eve)
    return before


def _write_units(plan: Planned, day: date) -> dict[str, AdministrativeUnit]:
    """The new units by code; succession rows lead to them and to units that go on."""
    made: dict[str, AdministrativeUnit] = {}
    present = {unit.code: unit for unit in AdministrativeUnit.objects.on(day).provinces()}
    paths = _paths(place.id for place in plan.units.ends)
    for is_province in (True, False):
        places = [place for place in plan.units.begins if (place.level == PROVINCE) is is_province]
        rows = [_unit(place, None if is_province else made.get(place.province) or present[place.province], paths, day) for place in places]
        made |= {unit.code: unit for unit in AdministrativeUnit.objects.bulk_create(rows)}
    UnitSuccession.objects.bulk_create(
        UnitSuccession(
            level=row.old.level,
            old_code=row.old.code,
            predecessor_id=row.old.id,
            successor_id=row.existing or made[row.code].pk,
            is_split=row.is_split,
            valid_from=day,
        )
        for row in plan.units.became
    )
    return made


def _paths(ids: Iterable[int]) -> dict[int, str]:
    return dict(AdministrativeUnit.objects.filter(pk__in=list(ids)).values_list("pk", "search_path"))


def _unit(place: NewPlace, province: AdministrativeUnit | None, paths: Mapping[int, str], day: date) -> AdministrativeUnit:
    own = path_words(place.name, *([province.name] if province else []))
    words = dict.fromkeys(own.split() + [word for old in place.old for word in paths[old.id].split()])
    # What people wrote before still finds the place; the own name stands first and in its order.
    rest = " ".join(word for word in words if word not in own.split())
    return AdministrativeUnit(
        code=place.code,
        level=place.level,
        type=place.type,
        name=place.name,
        parent=province,
        province=province,
        search_key=bare(place.name),
        search_path=f"{own} {rest}"[:LONGEST_PATH].strip(),
        valid_from=day,
    )


def _write_bodies(plan: BodyPlan, units: Mapping[str, AdministrativeUnit], day: date) -> tuple[dict[str, int], dict[str, int]]:
    """The new agencies and offices by identifier and code, linked with each other."""
    like_agencies = Agency.objects.in_bulk([body.like.id for body in plan.agencies])
    like_offices = Office.objects.in_bulk([body.like.id for body in plan.offices])
    made = Agency.objects.bulk_create(_agency(body, like_agencies[body.like.id], units[body.unit], day) for body in plan.agencies)
    agencies = {agency.identifier: agency.pk for agency in made}
    opened = Office.objects.bulk_create(_office(body, like_offices[body.like.id], units[body.unit], agencies, day) for body in plan.offices)
    offices = {office.code: office.pk for office in opened}
    for agency, body in zip(made, plan.agencies, strict=True):
        agency.parent_id = None if body.parent is None else _id(body.parent, agencies)
        agency.reception_office_id = None if body.partner is None else _id(body.partner, offices)
    Agency.objects.bulk_update(made, ["parent", "reception_office"], batch_size=500)
    for office, body in zip(opened, plan.offices, strict=True):
        office.parent_id = None if body.parent is None else _id(body.parent, offices)
    Office.objects.bulk_update(opened, ["parent"], batch_size=500)
    return agencies, offices


def _agency(body: NewBody, like: Agency, unit: AdministrativeUnit, day: date) -> Agency:
    return Agency(
        identifier=body.identifier,
        aliases=list(body.aliases),
        name=body.name[:200],
        kind=like.kind,
        level=like.level,
        unit=unit,
        province=unit.province or unit,
        capacity=like.capacity,
        valid_from=day,
    )


def _office(body: NewBody, like: Office, unit: AdministrativeUnit, agencies: Mapping[str, int], day: date) -> Office:
    return Office(
        code=body.identifier,
        name=body.name[:200],
        kind=like.kind,
        agency_id=like.agency_id if body.partner is None else _id(body.partner, agencies),
        unit=unit,
        province=unit.province or unit,
        address=like.address,
        phone=like.phone,
        opening_hours=like.opening_hours,
        search_key=path_words(body.name)[:250],
        valid_from=day,
    )


def _id(ref: Ref, made: Mapping[str, int]) -> int:
    return ref if isinstance(ref, int) else made[ref]


def remove_rows(reorganisation: Reorganisation, written: Written) -> str | None:
    """What never came into force is gone and what ended goes on; else the name of what already builds on it, and the caller rolls back."""
    began = AdministrativeUnit.objects.filter(pk__in=written.units)
    if (later := began.filter(valid_to__isnull=False).first()) is not None:
        return later.name
    reorganisation.agency_successions.all().delete()
    reorganisation.office_successions.all().delete()
    ended = [int(pk) for pk in written.ended_units]
    UnitSuccession.objects.filter(predecessor__in=ended, valid_from=reorganisation.effective_from).delete()
    ServiceArea.objects.filter(pk__in=written.areas).delete()
    Agency.objects.filter(pk__in=written.agencies).update(reception_office=None, parent=None)
    Office.objects.filter(pk__in=written.offices).update(parent=None)
    doomed: tuple[models.QuerySet[Any], ...] = (
        Office.objects.filter(pk__in=written.offices),
        Agency.objects.filter(pk__in=written.agencies),
        began.exclude(level=PROVINCE),
        began.filter(level=PROVINCE),
    )
    for rows in doomed:
        try:
            rows.delete()
        except models.ProtectedError as error:
            return str(next(iter(error.protected_objects)))
    for ended_model, ends in (
        (AdministrativeUnit, written.ended_units),
        (Agency, written.ended_agencies),
        (Office, written.ended_offices),
        (ServiceArea, written.ended_areas),
    ):
        _restore(ended_model, ends)
    return None


def _restore(model: type[models.Model], ends: Ends) -> None:
    groups: dict[str | None, list[int]] = {}
    for pk, last in ends.items():
        groups.setdefault(last, []).append(int(pk))
    for last, ids in groups.items():
        model._default_manager.filter(pk__in=ids).update(valid_to=date.fromisoformat(last) if last else None)
