"""Every commune, old or present, leads to one agency, or is named as split with its candidates, or as without successor."""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

import pytest

from dossiers.placefacts import known_places
from portal.agencies.models import FAR_PAST, AdministrativeUnit, UnitSuccession
from portal.agencies.queries.memory import UnitsInMemory
from portal.agencies.reference_files import DATA
from portal.agencies.succession import Level, NoneFound, One, Resolution, Several, Succession, Unit, resolve
from procedures.competence import Ambiguous, Competent, Decision, Facts, NoCompetentAgency, Place, PlaceAnswer, SplitPlace, UnknownPlace
from procedures.competence_book import competent
from procedures.formschema.library import sample_answers
from procedures.queries import current_version
from procedures.queries.directory import directory_snapshot
from procedures.queries.rulebook import rulebook, subjects_on
from procedures.queries.trial import place_of

pytestmark = pytest.mark.django_db
BEFORE, ON = date(2025, 6, 30), date(2026, 11, 2)
MARITAL = "1.004873"


class Tables:
    """The two tables read at once, as `succession.resolve` asks for them."""

    def __init__(self) -> None:
        self._units: dict[str, list[Unit]] = defaultdict(list)
        self._rows: dict[str, list[Succession]] = defaultdict(list)
        for row in AdministrativeUnit.objects.select_related("province").order_by("valid_from"):
            since = None if row.valid_from == FAR_PAST else row.valid_from
            province = (row.province or row).code
            self._units[row.code].append(Unit(row.code, row.name, Level(row.level), since, row.valid_to, province=province, id=row.pk))
        for link in UnitSuccession.objects.filter(is_trusted=True).select_related("successor").order_by("successor__code"):
            self._rows[link.old_code].append(Succession(Level(link.level), link.old_code, link.successor.code, link.valid_from))

    def units(self, code: str) -> Iterable[Unit]:
        return self._units[code]

    def successions(self, old_code: str) -> Iterable[Succession]:
        return self._rows[old_code]


def rows_of(name: str) -> list[dict[str, str]]:
    """A file of the reference data, read by nothing of ours."""
    with gzip.open(DATA / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def successors_in_the_file() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows_of("administrative_successions"):
        if row["level"] == "commune":
            found[row["old_code"]].add(row["new_code"])
    return found


def as_answer(found: Resolution) -> PlaceAnswer:
    places = tuple(Place(unit.province, unit.code, unit.name) for unit in found.units)
    if not places:
        return UnknownPlace("none")
    return places[0] if len(places) == 1 else SplitPlace(places)


def test_all_10051_old_communes_lead_to_what_the_file_says() -> None:
    wanted = successors_in_the_file()
    old = [row["code"] for row in rows_of("administrative_units") if row["level"] == "commune" and row["valid_to"]]
    tables, book, directory, subject = Tables(), rulebook(ON), directory_snapshot(ON, with_load=False), subjects_on(ON)[MARITAL]

    outcomes: Counter[type] = Counter()
    for code in old:
        found = resolve(code, from_on=BEFORE, to_on=ON, lookup=tables, level=Level.COMMUNE)
        assert {unit.code for unit in found.units} == wanted.get(code, set()), code
        assert isinstance(found, {0: NoneFound, 1: One}.get(len(wanted.get(code, ())), Several))
        decision = competent(book, subject, Facts(ON, {"residence": as_answer(found)}), directory)
        outcomes[type(decision)] += 1
        assert agencies_of(decision) == len(wanted.get(code, ())), code

    sizes = Counter(len(wanted.get(code, ())) for code in old)
    assert len(old) == 10_051
    assert outcomes[NoCompetentAgency] == sizes[0] == 28
    assert outcomes[Ambiguous] == sum(count for size, count in sizes.items() if size > 1) == 440
    assert outcomes[Competent] == sizes[1] == 10_051 - 28 - 440


def test_all_10051_old_communes_through_the_answers_of_a_form_and_the_units_in_memory() -> None:
    """The same totals on the way that dossiers take: an address as a form keeps it, `placefacts`, `UnitsInMemory`."""
    wanted = successors_in_the_file()
    old = [row["code"] for row in rows_of("administrative_units") if row["level"] == "commune" and row["valid_to"]]
    units, book, directory, subject = UnitsInMemory(), rulebook(ON), directory_snapshot(ON, with_load=False), subjects_on(ON)[MARITAL]
    version = current_version(MARITAL, ON)
    assert version is not None
    case = version.cases.get(is_default=True)

    outcomes: Counter[type] = Counter()
    for code in old:
        address = {
            "text": code,
            "label": code,
            "unit_code": code,
            "valid_from": "1900-01-01",
            "line": "",
            "successor_code": None,
            "undecided": False,
        }
        known = known_places(case, sample_answers(MARITAL) | {"subject_residence": address}, office=None, on=ON, units=units)
        place = known.facts.places["residence"]
        named = {place.commune_code} if isinstance(place, Place) else {each.commune_code for each in getattr(place, "candidates", ())}
        assert named == wanted.get(code, set()), code
        assert (("residence" in known.split), known.trails["residence"].steps[0].code) == (len(named) > 1, code)
        outcomes[type(competent(book, subject, known.facts, directory))] += 1

    assert outcomes == {Competent: 10_051 - 28 - 440, Ambiguous: 440, NoCompetentAgency: 28}


def test_old_codes_that_only_the_successions_know_resolve_too() -> None:
    wanted = successors_in_the_file()
    listed = {row["code"] for row in rows_of("administrative_units") if row["level"] == "commune" and row["valid_to"]}
    tables, unlisted = Tables(), sorted(wanted.keys() - listed)

    for code in unlisted:
        found = resolve(code, from_on=BEFORE, to_on=ON, lookup=tables, level=Level.COMMUNE)
        assert {unit.code for unit in found.units} == wanted[code], code
    assert (len(unlisted), sum(len(wanted[code]) for code in unlisted)) == (10, 11)
    assert sum(len(successors) > 1 for successors in wanted.values()) == 441


def test_all_3321_present_communes_lead_to_their_own_agency() -> None:
    current = {row["code"]: row for row in rows_of("administrative_units") if row["level"] == "commune" and not row["valid_to"]}
    tables, book, directory, subject = Tables(), rulebook(ON), directory_snapshot(ON, with_load=False), subjects_on(ON)[MARITAL]

    found = set()
    for code, row in current.items():
        (unit,) = resolve(code, from_on=ON, to_on=ON, lookup=tables, level=Level.COMMUNE).units
        assert (unit.name, unit.province) == (row["name"], row["parent_code"])
        decision = competent(book, subject, Facts(ON, {"residence": Place(unit.province, unit.code)}), directory)
        assert isinstance(decision, Competent)
        found.add(decision.agency.id)

    assert len(current) == len(found) == 3321


@pytest.mark.parametrize("seed", [0, 1])
def test_the_place_of_a_code_is_found_alike_one_by_one(seed: int) -> None:
    tables = Tables()
    for code in sorted(successors_in_the_file())[seed::173]:
        if not list(tables.units(code)):
            continue
        together = as_answer(resolve(code, from_on=BEFORE, to_on=ON, lookup=tables))
        assert codes_of(place_of(code, ON, BEFORE)) == codes_of(together), code


def agencies_of(decision: Decision) -> int:
    return 1 if isinstance(decision, Competent) else len(decision.candidates) if isinstance(decision, Ambiguous) else 0


def codes_of(answer: PlaceAnswer) -> list[tuple[str, str]]:
    places = (answer,) if isinstance(answer, Place) else getattr(answer, "candidates", ())
    return [(place.province_code, place.commune_code) for place in places]
