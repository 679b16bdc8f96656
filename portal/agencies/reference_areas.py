"""Which communes a branch serves: those that came out of the district whose branch it was. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.agencies.placenames import lowered, without_type


@dataclass(frozen=True, slots=True)
class District:
    """A former district with its former province and the communes in force that are counted to it."""

    code: str
    name: str
    province_name: str


@dataclass(frozen=True, slots=True)
class BranchKind:
    """Branches of one body: how many neighbouring districts share one, and what it is called."""

    kind: str
    parent_kind: str
    name: str
    districts_per_branch: int


@dataclass(frozen=True, slots=True)
class BranchArea:
    """A branch to be: its running number in the province, its name without the province, and its communes."""

    number: int
    name: str
    commune_ids: tuple[int, ...]


BRANCH_KINDS = (
    BranchKind("social_insurance_branch", "social_insurance_province", "Bảo hiểm xã hội cơ sở", 2),
    BranchKind("land_registration_branch", "land_registration_office", "Chi nhánh Văn phòng Đăng ký đất đai", 1),
    BranchKind("tax_branch", "tax_province", "Thuế cơ sở", 2),
)


def home_districts(moves: Iterable[tuple[int, str, bool]]) -> dict[int, str]:
    """Per commune in force the former district that most of it came from.

    A move is (commune, district code, is_split); half of a split commune weighs half. Ties go to the lower code.
    """
    weights: dict[int, Counter[str]] = defaultdict(Counter)
    for commune, district, is_split in moves:
        weights[commune][district] += 1 if is_split else 2
    return {commune: min(counts, key=lambda code: (-counts[code], code)) for commune, counts in weights.items()}


def branch_areas(communes: Mapping[int, str], districts: Mapping[str, District], kind: BranchKind) -> list[BranchArea]:
    """The branches of one province. `communes` maps each commune to its home district; each is in exactly one area."""
    members: dict[str, list[int]] = defaultdict(list)
    for commune, district in communes.items():
        members[district].append(commune)
    by_province: dict[str, list[str]] = defaultdict(list)
    for code in sorted(members):
        by_province[districts[code].province_name].append(code)
    groups = [
        codes[start : start + kind.districts_per_branch]
        for codes in by_province.values()
        for start in range(0, len(codes), kind.districts_per_branch)
    ]
    repeated = Counter(districts[code].name for code in members)
    return [
        BranchArea(
            number,
            f"{kind.name} {_joined([districts[code] for code in group], repeated)}",
            tuple(sorted(commune for code in group for commune in members[code])),
        )
        for number, group in enumerate(groups, start=1)
    ]


def _joined(group: Sequence[District], repeated: Counter[str]) -> str:
    names = []
    for district in group:
        name = lowered(district.name)
        if repeated[district.name] > 1:
            name += f" ({without_type(district.province_name)} cũ)"
        names.append(name)
    return " – ".join(names)
