"""The reference data that every database starts with: complete, consistent, and loaded once."""

from collections import Counter
from datetime import date

import pytest
from django.db.models import Count

from portal.agencies.actions.load_bodies import load_bodies
from portal.agencies.actions.load_holidays import load_holidays
from portal.agencies.actions.load_units import load_units
from portal.agencies.models import AdministrativeUnit, Agency, Holiday, Office, ServiceArea
from portal.agencies.queries import current_units_of, resolve_unit
from portal.agencies.reference_files import read_rows
from portal.agencies.succession import NoneFound, One

pytestmark = pytest.mark.django_db
BEFORE, TODAY = date(2025, 6, 30), date(2026, 11, 22)
AREA_KINDS = ("social_insurance_branch", "land_registration_branch", "tax_branch")


def test_every_row_of_the_files_is_there() -> None:
    wanted = Counter((row["level"], bool(row["valid_to"])) for row in read_rows("administrative_units"))
    found = Counter((level, valid_to is not None) for level, valid_to in AdministrativeUnit.objects.values_list("level", "valid_to"))
    assert found == wanted
    assert sum(found.values()) == 14_165


def test_old_units_end_on_the_day_before_the_new_begin() -> None:
    assert AdministrativeUnit.objects.on(BEFORE).communes().count() == 10_051
    assert AdministrativeUnit.objects.on(date(2025, 7, 1)).communes().count() == 3_321
    assert AdministrativeUnit.objects.on(date(2025, 7, 1)).provinces().count() == 34


def test_communes_and_districts_know_their_province() -> None:
    assert not AdministrativeUnit.objects.exclude(level="province").filter(province=None).exists()
    old = AdministrativeUnit.objects.get(code="26740", valid_to__isnull=False)
    assert old.province is not None
    assert (old.name, old.province.code, old.search_key) == ("Phường Bến Nghé", "79", "ben nghe")


def test_each_old_commune_resolves_as_the_file_says() -> None:
    counts = Counter(row["old_code"] for row in read_rows("administrative_successions") if row["level"] == "commune")
    old = AdministrativeUnit.objects.on(BEFORE).communes().prefetch_related("successions")
    wanted = Counter(counts.get(unit.code, 0) for unit in old)
    assert Counter(len(unit.successions.all()) for unit in old) == wanted
    assert wanted[0] == 28
    assert sum(wanted.values()) == 10_051


@pytest.mark.parametrize(
    ("code", "successors"),
    [("26740", ["26740"]), ("00007", ["00008", "00097"]), ("01651", []), ("03983", ["04033"])],
)
def test_resolving_a_code(code: str, successors: list[str]) -> None:
    """The last code stands only in the table of successions."""
    found = resolve_unit(code, from_on=BEFORE, to_on=TODAY)
    if code == "00007":
        successors = sorted(row["new_code"] for row in read_rows("administrative_successions") if row["old_code"] == code)
        assert len(successors) > 1
    assert [unit.code for unit in found.units] == successors


def test_distrusted_province_row_answers_nothing() -> None:
    found = resolve_unit("82", from_on=BEFORE, to_on=TODAY, level="province")
    assert isinstance(found, One)
    assert found.unit.code == "82"


def test_unknown_code_is_an_answer() -> None:
    assert isinstance(resolve_unit("99999", from_on=BEFORE, to_on=TODAY), NoneFound)


def test_unit_in_force_is_its_own_successor() -> None:
    unit = AdministrativeUnit.objects.on(TODAY).get(code="00004")
    assert current_units_of(unit, TODAY) == [unit]


def _numbers_per_commune(kind: str) -> set[int]:
    communes = AdministrativeUnit.objects.on(TODAY).communes()
    per_unit = Counter(Agency.objects.on(TODAY).filter(kind=kind).values_list("unit_id", flat=True))
    return {per_unit.get(unit, 0) for unit in communes.values_list("id", flat=True)}


@pytest.mark.parametrize("kind", ["commune_committee", "commune_police", "commune_business_registration"])
def test_every_commune_has_one(kind: str) -> None:
    assert _numbers_per_commune(kind) == {1}


def test_every_commune_has_one_counter() -> None:
    counters = Office.objects.filter(kind__in=[Office.Kind.COMMUNE_COUNTER, Office.Kind.BRANCH])
    assert set(counters.values("unit").annotate(n=Count("id")).values_list("n", flat=True)) == {1}
    assert counters.count() == 3_321


def test_counters_of_two_provinces_are_branches_of_the_centre() -> None:
    branches = Office.objects.filter(kind=Office.Kind.BRANCH).select_related("parent", "province")
    assert {branch.province.code for branch in branches if branch.province} == {"01", "22"}
    assert all(branch.parent and branch.parent.kind == Office.Kind.PROVINCIAL_CENTRE for branch in branches)


@pytest.mark.parametrize("kind", AREA_KINDS)
def test_every_commune_is_in_one_area(kind: str) -> None:
    served = ServiceArea.objects.filter(agency__kind=kind).values_list("unit_id", "agency__province_id", "unit__province_id")
    per_unit = Counter(unit for unit, _, _ in served)
    assert set(per_unit) == set(AdministrativeUnit.objects.on(TODAY).communes().values_list("id", flat=True))
    assert set(per_unit.values()) == {1}
    assert all(agency == unit for _, agency, unit in served)


def test_every_agency_has_a_reception_office_and_a_name_of_its_own() -> None:
    assert not Agency.objects.filter(reception_office=None).exists()
    names = Counter(Agency.objects.values_list("name", flat=True))
    assert [name for name, count in names.items() if count > 1] == []


def test_codes_fit_dossier_codes() -> None:
    assert not Office.objects.exclude(code__regex=r"^[A-Z0-9.]{1,35}$").exists()
    assert not Agency.objects.exclude(identifier__regex=r"^[A-Z]\d{2}(\.\d{1,3}){0,5}$").exists()
    assert Office.objects.filter(code="H26", name__contains="Hà Nội").exists()


def test_second_load_changes_nothing() -> None:
    units, bodies, holidays = load_units(), load_bodies(), load_holidays()
    assert units.units.is_nothing
    assert units.successions.is_nothing
    assert bodies.agencies.is_nothing
    assert bodies.offices.is_nothing
    assert bodies.service_areas.is_nothing
    assert bodies.links_updated == 0
    assert holidays.is_nothing


def test_load_keeps_what_an_admin_changed_and_corrects_names() -> None:
    Office.objects.filter(code="H26").update(address="1 Phố Mới")
    Holiday.objects.filter(on=date(2027, 2, 4)).update(is_working=True)
    Agency.objects.filter(identifier="H26.101").update(name="?")
    bodies = load_bodies()
    load_holidays()
    assert bodies.agencies.updated == 1
    assert Office.objects.get(code="H26").address == "1 Phố Mới"
    assert Holiday.objects.get(on=date(2027, 2, 4)).is_working
    assert Agency.objects.get(identifier="H26.101").name == "Sở Tư pháp thành phố Hà Nội"


def test_oddities_are_reported() -> None:
    odd = load_units().as_dict()["odd"]
    assert (len(odd["unknown_old_codes"]), odd["unknown_old_code_rows"]) == (10, 11)
    assert odd["untrusted_rows"] == ["province 82 → 80"]
    assert len(odd["without_successor"]) == 28
    assert len(odd["without_predecessor"]) == 5
