"""The release gate of the registry: `python -m portal.devtools.registrycheck`.

The committed rules, procedures, units and agencies, as a first load would put them into the database, decided for every procedure
in a sample of communes of every province. Needs no database: everything comes from the files under `data/`.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from portal.agencies.placenames import without_type
from portal.agencies.reference_areas import BRANCH_KINDS, District, branch_areas, home_districts
from portal.agencies.reference_bodies import AgencyRow as Body
from portal.agencies.reference_bodies import UnitRow, commune_bodies, ministries, province_bodies
from portal.agencies.reference_files import read_rows
from procedures.competence import AgencyRef, Ground, Place, Rule, RuleKind
from procedures.competence_book import RuleBook, RuleRow, Subject
from procedures.competence_check import Commune, Finding, survey
from procedures.competence_directory import AgencyRow, DirectorySnapshot
from procedures.formschema.library import form_of
from procedures.formschema.schema import parse_schema

ON = date(2025, 7, 1)
DATA = Path(__file__).resolve().parents[2] / "data"
EVERY = 9
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Country:
    """Units and agencies of the files."""

    communes: list[Commune]
    directory: DirectorySnapshot


def units() -> tuple[list[UnitRow], list[UnitRow], dict[str, District]]:
    """Provinces and communes in force, and the former districts."""
    rows = read_rows("administrative_units")
    former = {row["code"]: row["name"] for row in rows if row["valid_to"] and row["level"] == "province"}
    current = [row for row in rows if not row["valid_to"]]
    provinces = {
        row["code"]: UnitRow(number, row["code"], row["name"], row["type"], number, row["name"])
        for number, row in enumerate(current)
        if row["level"] == "province"
    }
    communes = [
        UnitRow(number, row["code"], row["name"], row["type"], provinces[row["parent_code"]].id, provinces[row["parent_code"]].name)
        for number, row in enumerate(current)
        if row["level"] == "commune"
    ]
    districts = [row for row in rows if row["level"] == "district"]
    return (
        list(provinces.values()),
        communes,
        {row["code"]: District(row["code"], row["name"], former[row["parent_code"]]) for row in districts},
    )


def country() -> Country:
    """All agencies that the files call for, and the areas that branches serve."""
    provinces, communes, districts = units()
    homes = _homes(communes, districts)
    identifiers = {row["province_code"]: row["identifier"] for row in read_rows("province_identifiers")}
    departments = read_rows("provincial_agencies")
    bodies = list(ministries(read_rows("ministries")).agencies)
    served: list[tuple[str, str, str, Sequence[int]]] = []
    found: list[Commune] = []
    for province in provinces:
        code, mine = identifiers[province.code], [each for each in communes if each.province_id == province.id]
        bodies += province_bodies(province, code, (), departments).agencies
        own = {commune.id: homes[commune.id] for commune in mine}
        for commune in mine:
            bodies += commune_bodies(commune, province.code, code, code).agencies
            found.append(Commune(Place(province.code, commune.code, commune.name), province.name))
        for kind in BRANCH_KINDS:
            areas = branch_areas(own, districts, kind)
            served += [(f"{code}/{kind.kind}/{area.number}", kind.kind, area.name, area.commune_ids) for area in areas]
    return Country(found, _directory(bodies, served, {commune.id: commune.code for commune in communes}))


def _homes(communes: Iterable[UnitRow], districts: dict[str, District]) -> dict[int, str]:
    parents = {
        row["code"]: row["parent_code"] for row in read_rows("administrative_units") if row["level"] == "commune" and row["valid_to"]
    }
    by_code = {commune.code: commune.id for commune in communes}
    moves = [row for row in read_rows("administrative_successions") if row["level"] == "commune" and row["old_code"] in parents]
    homes = home_districts((by_code[row["new_code"]], parents[row["old_code"]], row["split"] == "yes") for row in moves)
    by_name = {without_type(district.name): code for code, district in districts.items()}
    return {commune.id: homes.get(commune.id) or by_name[without_type(commune.name)] for commune in communes}


def _directory(bodies: Iterable[Body], served: Iterable[tuple[str, str, str, Sequence[int]]], codes: dict[int, str]) -> DirectorySnapshot:
    rows = [
        AgencyRow(AgencyRef(number, body.identifier, body.name, body.kind), body.unit.code if body.unit else "", body.capacity)
        for number, body in enumerate(bodies)
    ]
    areas: dict[str, list[int]] = defaultdict(list)
    for identifier, kind, name, communes in served:
        rows.append(AgencyRow(AgencyRef(len(rows), identifier, name, kind)))
        for commune in communes:
            areas[codes[commune]].append(len(rows) - 1)
    return DirectorySnapshot(ON, rows, dict(areas))


def book(rules: Sequence[dict[str, Any]], numbers: dict[str, int]) -> RuleBook:
    """The rules of the file as the registry would hold them."""
    rows: list[RuleRow] = []
    for rule in rules:
        for code in rule["codes"]:
            one = Rule(
                len(rows), 1, rule.get("rank", 100), Ground.PROCEDURE, RuleKind(rule["kind"]), rule["agency_kind"],
                place_fact=rule.get("place_fact", ""), legal_basis=rule.get("legal_basis", ""),
            )  # fmt: skip
            rows.append(RuleRow(one, numbers.get(code, -1), choice_facts=tuple(rule.get("choice_facts", ()))))
    return RuleBook(ON, tuple(rows))


def gaps(rules: Path = DATA / "catalogue_competence.yaml", *, every: int = EVERY) -> tuple[int, list[tuple[str, Finding]]]:
    """How many pairs of procedure and commune were decided, and those without exactly one answer, with the procedure's code."""
    where = country()
    catalogue = yaml.load((DATA / "procedures.yaml").read_text(encoding="utf-8"), Loader=_LOADER)["procedures"]  # noqa: S506 -- a safe loader
    numbers = {row["code"]: number for number, row in enumerate(catalogue)}
    loaded = yaml.load(rules.read_text(encoding="utf-8"), Loader=_LOADER)["rules"]  # noqa: S506 -- a safe loader
    # The forms are those of the committed rules: other rules are tried with the questions that are asked today.
    committed = yaml.load((DATA / "catalogue_competence.yaml").read_text(encoding="utf-8"), Loader=_LOADER)["rules"]  # noqa: S506
    asked = {code: parse_schema(form_of(code, committed)).places_asked for code in numbers}
    subjects = [Subject(numbers[row["code"]], row["field"], tuple(row["levels"]), (asked[row["code"]],)) for row in catalogue]
    sample, codes = where.communes[::every], {number: code for code, number in numbers.items()}
    found = survey(book(loaded, numbers), subjects, sample, where.directory)
    return len(subjects) * len(sample), [(codes[each.subject.procedure_id], each) for each in found if each.verdict.outcome.is_gap]


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def main(arguments: Sequence[str]) -> int:
    """Print what was found; 1 where a place has nobody or several."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=Path, default=DATA / "catalogue_competence.yaml", help="another file of rules")
    parser.add_argument("--every", type=int, default=EVERY, help="every n-th commune of the country (1: all)")
    options = parser.parse_args(arguments)
    began = time.perf_counter()
    decided, found = gaps(options.rules, every=max(options.every, 1))
    for code, each in found[:SHOWN]:
        print(f"{each.verdict.outcome.value:9} {code}  {each.commune.place.name}, {each.commune.province_name}")
    if len(found) > SHOWN:
        print(f"… and {len(found) - SHOWN} more")
    print(f"{decided} decisions, {len(found)} gaps, {time.perf_counter() - began:.1f} s")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
