"""Load administrative units and successions, and say what in the files is odd."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction

from portal.agencies.actions.upsert import Changes, upsert
from portal.agencies.models import FAR_PAST, AdministrativeUnit, UnitSuccession
from portal.agencies.placenames import bare, path_words
from portal.agencies.reference_files import first_day, last_day, read_rows

Level = AdministrativeUnit.Level
UnitKey = tuple[str, bool]
"""Code, and whether the unit belongs to the division in force."""


@dataclass(slots=True)
class UnitsReport:
    """What the load changed and what it found odd."""

    units: Changes = field(default_factory=Changes)
    successions: Changes = field(default_factory=Changes)
    unknown_old_codes: list[str] = field(default_factory=list)
    unknown_old_code_rows: int = 0
    untrusted_rows: list[str] = field(default_factory=list)
    without_successor: list[str] = field(default_factory=list)
    without_predecessor: list[str] = field(default_factory=list)
    successor_counts: dict[int, int] = field(default_factory=dict)
    split_mark_disagrees: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "units": self.units.as_dict(),
            "successions": self.successions.as_dict(),
            "odd": {
                "unknown_old_codes": self.unknown_old_codes,
                "unknown_old_code_rows": self.unknown_old_code_rows,
                "untrusted_rows": self.untrusted_rows,
                "without_successor": self.without_successor,
                "without_predecessor": self.without_predecessor,
                "split_mark_disagrees": self.split_mark_disagrees,
            },
            "old_communes_by_number_of_successors": self.successor_counts,
        }


@transaction.atomic
def load_units() -> UnitsReport:
    """All units and successions of the files are in the database; a second run changes nothing."""
    unit_rows, succession_rows = read_rows("administrative_units"), read_rows("administrative_successions")
    report = UnitsReport()
    former = _former_names(unit_rows, succession_rows)
    known: dict[UnitKey, AdministrativeUnit] = {}
    first_days = {first_day(row["valid_from"]) or FAR_PAST for row in unit_rows}
    current = {(row["code"], first_day(row["valid_from"]) or FAR_PAST) for row in unit_rows if not row["valid_to"]}
    ended = _ended_since()
    for level in (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE):
        rows = [row for row in unit_rows if row["level"] == level]
        report.units += upsert(
            AdministrativeUnit,
            [_kept_ended(_unit(row, known, former), ended) for row in rows],
            key=("code", "valid_from"),
            fields=("level", "type", "name", "parent_id", "province_id", "search_key", "search_path", "valid_to"),
        )
        stored = AdministrativeUnit.objects.filter(level=level, valid_from__in=first_days).select_related("parent")
        known |= {(unit.code, (unit.code, unit.valid_from) in current): unit for unit in stored}
    _load_successions(succession_rows, known, report)
    _analyse()
    return report


def _analyse() -> None:
    """The planner knows the new rows; without that the first searches are ten times slower. Only the owner's run does it."""
    with connection.cursor() as cursor:
        for model in (AdministrativeUnit, UnitSuccession):
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def _ended_since() -> dict[tuple[str, date], date]:
    """Units that a reorganisation has ended: their last day is not the file's to tell."""
    rows = AdministrativeUnit.objects.filter(valid_to__isnull=False).order_by("pk").values_list("code", "valid_from", "valid_to")
    return {(code, valid_from): valid_to for code, valid_from, valid_to in rows if valid_to}


def _kept_ended(unit: AdministrativeUnit, ended: dict[tuple[str, date], date]) -> AdministrativeUnit:
    unit.valid_to = unit.valid_to or ended.get((unit.code, unit.valid_from))
    return unit


def _unit(row: dict[str, str], known: dict[UnitKey, AdministrativeUnit], former: dict[str, list[str]]) -> AdministrativeUnit:
    is_current = not row["valid_to"]
    parent = known[row["parent_code"], is_current] if row["parent_code"] else None
    province = (parent.parent or parent) if parent else None
    names = [unit.name for unit in (parent, province) if unit]
    extra = former.get(row["code"], []) if is_current and row["level"] == Level.COMMUNE else []
    return AdministrativeUnit(
        code=row["code"],
        level=row["level"],
        type=row["type"],
        name=row["name"],
        parent=parent,
        province=province,
        search_key=bare(row["name"]),
        search_path=path_words(row["name"], *dict.fromkeys(names), *extra),
        valid_from=first_day(row["valid_from"]) or FAR_PAST,
        valid_to=last_day(row["valid_to"]),
    )


def _former_names(unit_rows: list[dict[str, str]], succession_rows: list[dict[str, str]]) -> dict[str, list[str]]:
    """Per commune in force, the former districts and provinces that it lay in: people still write them."""
    old = {row["code"]: row for row in unit_rows if row["valid_to"]}
    names: dict[str, list[str]] = defaultdict(list)
    for row in succession_rows:
        if row["level"] != Level.COMMUNE or row["old_code"] not in old:
            continue
        district = old[old[row["old_code"]]["parent_code"]]
        province = old[district["parent_code"]]
        for name in (district["name"], province["name"]):
            if name not in names[row["new_code"]]:
                names[row["new_code"]].append(name)
    return names


def _load_successions(rows: list[dict[str, str]], known: dict[UnitKey, AdministrativeUnit], report: UnitsReport) -> None:
    moved = {
        (known[row["old_code"], False].province_id, known[row["new_code"], True].province_id)
        for row in rows
        if row["level"] == Level.COMMUNE and (row["old_code"], False) in known
    }
    wanted = []
    for row in rows:
        predecessor, successor = known.get((row["old_code"], False)), known[row["new_code"], True]
        # A province row behind which no commune moved is an error of the table.
        is_trusted = row["level"] != Level.PROVINCE or predecessor is None or (predecessor.id, successor.id) in moved
        wanted.append(
            UnitSuccession(
                level=row["level"],
                old_code=row["old_code"],
                predecessor=predecessor,
                successor=successor,
                is_split=row["split"] == "yes",
                is_trusted=is_trusted,
                valid_from=date.fromisoformat(row["valid_from"]),
            )
        )
    report.successions = upsert(
        UnitSuccession,
        wanted,
        key=("level", "old_code", "successor_id", "valid_from"),
        fields=("predecessor_id", "is_split", "is_trusted"),
    )
    _find_odd(wanted, known, report)


def _find_odd(rows: list[UnitSuccession], known: dict[UnitKey, AdministrativeUnit], report: UnitsReport) -> None:
    unknown = [row for row in rows if row.predecessor is None]
    report.unknown_old_code_rows = len(unknown)
    report.unknown_old_codes = sorted({row.old_code for row in unknown})
    report.untrusted_rows = [f"{row.level} {row.old_code} → {row.successor.code}" for row in rows if not row.is_trusted]
    communes = [row for row in rows if row.level == Level.COMMUNE]
    per_code = Counter(row.old_code for row in communes)
    old = [unit for (_, is_current), unit in known.items() if unit.level == Level.COMMUNE and not is_current]
    counts = Counter(per_code.get(unit.code, 0) for unit in old)
    report.successor_counts = dict(sorted(counts.items()))
    report.without_successor = sorted(unit.code for unit in old if unit.code not in per_code)
    reached = {row.successor.code for row in communes}
    report.without_predecessor = sorted(
        unit.code for (_, is_current), unit in known.items() if is_current and unit.level == Level.COMMUNE and unit.code not in reached
    )
    report.split_mark_disagrees = sum((per_code[row.old_code] > 1) != row.is_split for row in communes)
