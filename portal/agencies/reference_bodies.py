"""Which agencies and offices the administrative units call for. Pure: plain rows in, plain rows out.

Identifiers follow the newer scheme (level 1 first, deeper levels appended) and stay opaque to everyone else:
H26 the committee of a province, H26.101 a department, H26.00.004 the committee of commune 00004, H26.132.07 a branch.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.agencies.placenames import lowered

OPENING_HOURS = "Thứ Hai – Thứ Sáu: 07:00–11:30, 13:30–17:00"
MINISTRY, PROVINCE, COMMUNE = "ministry", "province", "commune"
CENTRE, BRANCH, COUNTER, MINISTRY_COUNTER = "provincial_centre", "branch", "commune_counter", "ministry_counter"
BRANCH_COUNTER_PROVINCES = frozenset({"01", "22"})
"""Hà Nội and Quảng Ninh run every commune counter as a branch of the one provincial centre."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in force: a province (its own province is itself) or a commune."""

    id: int
    code: str
    name: str
    type: str
    province_id: int
    province_name: str


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency to be; parent and reception office by their identifiers."""

    identifier: str
    kind: str
    level: str
    name: str
    parent: str = ""
    reception: str = ""
    unit: UnitRow | None = None
    capacity: int = 1
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """A one-stop office to be. Its code is the identifier that opens dossier codes."""

    code: str
    kind: str
    name: str
    agency: str
    address: str
    unit_id: int | None = None
    province_id: int | None = None
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Bodies:
    """Agencies and offices, parents before children."""

    agencies: tuple[AgencyRow, ...]
    offices: tuple[OfficeRow, ...]

    def __add__(self, other: "Bodies") -> "Bodies":
        return Bodies(self.agencies + other.agencies, self.offices + other.offices)


NO_BODIES = Bodies((), ())


def ministries(rows: Iterable[dict[str, str]]) -> Bodies:
    """The ministries with a counter each, and the departments under them that share it."""
    agencies, offices = [], []
    for row in rows:
        parent = row["parent_identifier"]
        agencies.append(
            AgencyRow(row["identifier"], row["kind"], MINISTRY, row["name_vi"], parent, parent or row["identifier"], capacity=20)
        )
        if not parent:
            name = f"Bộ phận Một cửa {row['name_vi']}"
            offices.append(OfficeRow(row["identifier"], MINISTRY_COUNTER, name, row["identifier"], f"Trụ sở {row['name_vi']}"))
    return Bodies(tuple(agencies), tuple(offices))


def province_bodies(province: UnitRow, code: str, aliases: Sequence[str], rows: Iterable[dict[str, str]]) -> Bodies:
    """The provincial committee, its public service centre, and the departments that this province has."""
    where = lowered(province.name)
    agencies = [AgencyRow(code, "provincial_committee", PROVINCE, f"UBND {where}", "", code, province, capacity=10, aliases=tuple(aliases))]
    numbers: dict[str, str] = {}
    for row in rows:
        only, excepted = row["only_provinces"].split(), row["except_provinces"].split()
        if (only and province.code not in only) or province.code in excepted:
            continue
        numbers[row["kind"]] = f"{code}.{row['number']}"
        parent = numbers[row["parent_kind"]] if row["parent_kind"] else code
        name = f"{row['name_vi']} {where}"
        agencies.append(AgencyRow(numbers[row["kind"]], row["kind"], PROVINCE, name, parent, code, province, capacity=5))
    name = f"Trung tâm Phục vụ hành chính công {where}"
    centre = OfficeRow(code, CENTRE, name, code, f"Trung tâm hành chính {where}", province.id, province.id)
    return Bodies(tuple(agencies), (centre,))


def commune_bodies(commune: UnitRow, province_code: str, identifier: str, police: str) -> Bodies:
    """A commune's committee, police, business registration and one-stop counter."""
    own = f"{identifier}.{commune.code[:2]}.{commune.code[2:]}"
    where = f"{lowered(commune.name)}, {lowered(commune.province_name)}"
    division = "Phòng Kinh tế, Hạ tầng và Đô thị" if commune.type == "phường" else "Phòng Kinh tế"
    agencies = (
        AgencyRow(own, "commune_committee", COMMUNE, f"UBND {where}", identifier, own, commune, capacity=2),
        AgencyRow(f"{own}.2", "commune_police", COMMUNE, f"Công an {where}", police, own, commune, capacity=2),
        AgencyRow(f"{own}.3", "commune_business_registration", COMMUNE, f"{division} {where}", own, own, commune),
    )
    is_branch = province_code in BRANCH_COUNTER_PROVINCES
    office = OfficeRow(
        code=own,
        kind=BRANCH if is_branch else COUNTER,
        name=f"{'Chi nhánh Trung tâm Phục vụ hành chính công' if is_branch else 'Trung tâm Phục vụ hành chính công'} {where}",
        agency=identifier if is_branch else own,
        address=f"UBND {commune.name}, {commune.province_name}",
        unit_id=commune.id,
        province_id=commune.province_id,
        parent=identifier if is_branch else "",
    )
    return Bodies(agencies, (office,))
