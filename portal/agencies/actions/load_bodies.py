"""Load agencies, offices and service areas, all derived from the units in force."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction

from portal.agencies.actions.upsert import Changes, upsert
from portal.agencies.models import AdministrativeUnit, Agency, Office, ServiceArea, UnitSuccession
from portal.agencies.placenames import lowered, path_words, without_type
from portal.agencies.reference_areas import BRANCH_KINDS, BranchArea, BranchKind, District, branch_areas, home_districts
from portal.agencies.reference_bodies import (
    NO_BODIES,
    OPENING_HOURS,
    AgencyRow,
    Bodies,
    UnitRow,
    commune_bodies,
    ministries,
    province_bodies,
)
from portal.agencies.reference_files import read_rows

IN_FORCE_FROM = date(2025, 7, 1)
"""Source: NQ 202/2025/QH15; the two-level local government works from this day."""


@dataclass(slots=True)
class BodiesReport:
    """What the load changed."""

    agencies: Changes = field(default_factory=Changes)
    offices: Changes = field(default_factory=Changes)
    service_areas: Changes = field(default_factory=Changes)
    links_updated: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "agencies": self.agencies.as_dict(),
            "offices": self.offices.as_dict(),
            "service_areas": self.service_areas.as_dict(),
            "links_updated": self.links_updated,
            "agencies_by_kind": self.by_kind,
        }


@dataclass(frozen=True, slots=True)
class _Branches:
    kind: BranchKind
    province: UnitRow
    identifier: str
    areas: list[BranchArea]


@transaction.atomic
def load_bodies() -> BodiesReport:
    """Every unit in force has its agencies, its counter and its branches; a second run changes nothing."""
    provinces, communes = _units_in_force()
    codes = {row["province_code"]: row for row in read_rows("province_identifiers")}
    departments = read_rows("provincial_agencies")
    numbers = {row["kind"]: row["number"] for row in departments}
    bodies = ministries(read_rows("ministries"))
    branches: list[_Branches] = []
    homes, districts = _home_districts(communes)
    for province in provinces:
        code = codes[province.code]["identifier"]
        aliases = [f"000.00.00.{code}", *codes[province.code]["merged_identifiers"].split()]
        mine = [commune for commune in communes if commune.province_id == province.id]
        bodies += province_bodies(province, code, aliases, departments)
        police = f"{code}.{numbers['provincial_police']}"
        bodies += sum((commune_bodies(commune, province.code, code, police) for commune in mine), NO_BODIES)
        own = {commune.id: homes[commune.id] for commune in mine}
        for kind in BRANCH_KINDS:
            parent = f"{code}.{numbers[kind.parent_kind]}"
            branches.append(_Branches(kind, province, parent, branch_areas(own, districts, kind)))
    bodies += Bodies(tuple(_branch_agencies(branches)), ())
    return _write(bodies, branches)


def _units_in_force() -> tuple[list[UnitRow], list[UnitRow]]:
    units = AdministrativeUnit.objects.on(IN_FORCE_FROM).select_related("province").order_by("code")
    rows = {level: [_unit_row(unit) for unit in units.filter(level=level)] for level in ("province", "commune")}
    return rows["province"], rows["commune"]


def _unit_row(unit: AdministrativeUnit) -> UnitRow:
    province = unit.province or unit
    return UnitRow(unit.id, unit.code, unit.name, unit.type, province.id, province.name)


def _home_districts(communes: list[UnitRow]) -> tuple[dict[int, str], dict[str, District]]:
    """Each commune's former district. The special zones that had no communes were districts of the same name."""
    former = AdministrativeUnit.objects.filter(level=AdministrativeUnit.Level.DISTRICT).select_related("province").order_by("code")
    districts = {row.code: District(row.code, row.name, row.province.name if row.province else "") for row in former}
    by_name = {without_type(row.name): row.code for row in former}
    moves = UnitSuccession.objects.filter(level="commune", predecessor__isnull=False, valid_from=IN_FORCE_FROM).values_list(
        "successor_id", "predecessor__parent__code", "is_split"
    )
    homes = home_districts((successor, district, is_split) for successor, district, is_split in moves if district)
    for commune in communes:
        if commune.id not in homes:
            homes[commune.id] = by_name[without_type(commune.name)]
    return homes, districts


def _branch_agencies(branches: Iterable[_Branches]) -> Iterable[AgencyRow]:
    for group in branches:
        where, centre = lowered(group.province.name), group.identifier.split(".")[0]
        for area in group.areas:
            yield AgencyRow(
                identifier=f"{group.identifier}.{area.number:02d}",
                kind=group.kind.kind,
                level="province",
                name=f"{area.name}, {where}",
                parent=group.identifier,
                reception=centre,
                unit=group.province,
                capacity=3,
            )


def _write(bodies: Bodies, branches: list[_Branches]) -> BodiesReport:
    report = BodiesReport()
    report.agencies = upsert(
        Agency,
        [
            Agency(
                identifier=row.identifier,
                aliases=list(row.aliases),
                name=row.name,
                kind=row.kind,
                level=row.level,
                unit_id=row.unit.id if row.unit else None,
                province_id=row.unit.province_id if row.unit else None,
                capacity=row.capacity,
                valid_from=IN_FORCE_FROM,
            )
            for row in bodies.agencies
        ],
        key=("identifier",),
        fields=("name", "kind", "level", "unit_id", "province_id"),
    )
    agency_ids = dict(Agency.objects.values_list("identifier", "id"))
    report.offices = upsert(Office, _offices(bodies, agency_ids), key=("code",), fields=("kind", "agency_id", "unit_id", "province_id"))
    office_ids = dict(Office.objects.values_list("code", "id"))
    report.links_updated = _link_offices(bodies, office_ids) + _link_agencies(bodies, agency_ids, office_ids)
    report.service_areas = upsert(
        ServiceArea,
        [
            ServiceArea(agency_id=agency_ids[f"{group.identifier}.{area.number:02d}"], unit_id=commune, valid_from=IN_FORCE_FROM)
            for group in branches
            for area in group.areas
            for commune in area.commune_ids
        ],
        key=("agency_id", "unit_id", "valid_from"),
    )
    for row in bodies.agencies:
        report.by_kind[row.kind] = report.by_kind.get(row.kind, 0) + 1
    return report


def _offices(bodies: Bodies, agency_ids: dict[str, int]) -> Iterable[Office]:
    for row in bodies.offices:
        yield Office(
            code=row.code,
            name=row.name,
            kind=row.kind,
            agency_id=agency_ids[row.agency],
            unit_id=row.unit_id,
            province_id=row.province_id,
            address=row.address,
            opening_hours=OPENING_HOURS,
            search_key=path_words(row.name)[:250],
            valid_from=IN_FORCE_FROM,
        )


def _link_offices(bodies: Bodies, office_ids: dict[str, int]) -> int:
    links = [(office_ids[row.code], office_ids[row.parent]) for row in bodies.offices if row.parent]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE agencies_office AS office SET parent_id = link.parent FROM unnest(%s::bigint[], %s::bigint[]) AS link(id, parent)"
            " WHERE office.id = link.id AND office.parent_id IS DISTINCT FROM link.parent",
            [[child for child, _ in links], [parent for _, parent in links]],
        )
        return int(cursor.rowcount)


def _link_agencies(bodies: Bodies, agency_ids: dict[str, int], office_ids: dict[str, int]) -> int:
    """Parents are corrected; a reception office is only filled in, so that an admin's choice stays."""
    rows = bodies.agencies
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE agencies_agency AS agency SET parent_id = link.parent, reception_office_id = coalesce(reception_office_id, link.office)"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS link(id, parent, office) WHERE agency.id = link.id"
            " AND (agency.parent_id IS DISTINCT FROM link.parent OR agency.reception_office_id IS NULL)",
            [
                [agency_ids[row.identifier] for row in rows],
                [agency_ids.get(row.parent) for row in rows],
                [office_ids[row.reception] for row in rows],
            ],
        )
        return int(cursor.rowcount)
