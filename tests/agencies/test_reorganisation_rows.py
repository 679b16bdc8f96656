"""What approving writes, on the real reference data; what cancelling takes away; what is refused."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from portal.accounts import reorganising
from portal.accounts.identity import identity_of
from portal.accounts.models import Membership, Role
from portal.agencies.actions.load_bodies import load_bodies
from portal.agencies.actions.load_units import load_units
from portal.agencies.actions.reorganise import NotPossible
from portal.agencies.models import (
    AdministrativeUnit,
    Agency,
    AgencySuccession,
    Office,
    Reorganisation,
    ServiceArea,
    UnitSuccession,
    valid_on,
)
from portal.agencies.queries import match_place, resolve_unit, search_places
from portal.agencies.queries.lineage import agencies_named, agencies_on, offices_on
from portal.agencies.queries.reorganisations import planned
from tests.factories import MONDAY, TODAY, committee, staff
from tests.factories.reorganisations import DAY, EVE, approved, draft, merger, unit

pytestmark = pytest.mark.django_db
NEW = "Phường Ba Đình Mới"
FIRST_REFORM = date(2025, 6, 30)


def agencies(code: str, on: date) -> dict[str, Agency]:
    return {agency.kind: agency for agency in Agency.objects.on(on).filter(unit__code=code, unit__level="commune")}


def test_a_merger_ends_and_begins_everything_at_midnight() -> None:
    before = agencies("00004", EVE)
    areas = ServiceArea.objects.filter(valid_on(EVE), unit=unit("00004")).count()
    merger()

    assert not AdministrativeUnit.objects.on(DAY).filter(code__in=["00004", "00008"], level="commune").exists()
    assert unit("00004", EVE).valid_to == EVE
    new = unit("90001", DAY)
    assert (new.name, new.valid_from, new.province.code if new.province else "") == (NEW, DAY, "01")
    after = agencies("90001", DAY)
    assert set(after) == set(before) == {"commune_committee", "commune_police", "commune_business_registration"}
    assert after["commune_committee"].name == "UBND phường Ba Đình Mới, thành phố Hà Nội"
    assert {agency.parent_id for agency in after.values()} == {
        before["commune_committee"].parent_id, before["commune_police"].parent_id, after["commune_committee"].pk,
    }  # fmt: skip
    office = Office.objects.get(valid_on(DAY), unit=new)
    assert {agency.reception_office_id for agency in after.values()} == {office.pk}
    assert office.code == after["commune_committee"].identifier
    assert ServiceArea.objects.filter(valid_on(DAY), unit=new).count() == areas == 3
    assert agencies("00004", DAY) == {}
    for kind, old in before.items():
        assert agencies_on(old.pk, EVE) == [old]
        assert agencies_on(old.pk, DAY) == [after[kind]]
        assert old.identifier in after[kind].aliases


def test_old_codes_names_and_identifiers_lead_to_the_new_unit() -> None:
    old = committee("00008")
    merger()
    new = agencies("90001", DAY)["commune_committee"]

    assert resolve_unit("00008", from_on=EVE, to_on=EVE).units[0].name == "Phường Ngọc Hà"
    assert resolve_unit("00008", from_on=EVE, to_on=DAY).units[0].name == NEW
    assert agencies_named(old.identifier, EVE) == [old]
    assert agencies_named(old.identifier.lower(), DAY) == [new]
    assert agencies_named("không có", DAY) == []
    assert {found.unit.code for found in search_places("Phường Ngọc Hà, Hà Nội", on=EVE)} >= {"00008"}
    assert [found.name for found in match_place("Phường Ngọc Hà, Thành phố Hà Nội", on=DAY).units] == [NEW]
    assert [found.name for found in match_place("Phường Ngọc Hà, Thành phố Hà Nội", on=EVE).units] == ["Phường Ngọc Hà"]


def test_nothing_shows_of_it_before_its_day() -> None:
    merger()

    assert search_places("Phường Ba Đình Mới", on=EVE) == []
    label = search_places("Phường Ngọc Hà, Hà Nội", on=EVE)[0].label
    assert "trước" not in label


def test_a_chain_of_two_reforms_is_followed() -> None:
    """Phường Cống Vị of 2024 became a ward of 2025, which becomes one of 2027 and another of 2029."""
    old = AdministrativeUnit.objects.filter(
        level="commune", valid_to=FIRST_REFORM, successions__successor=unit("00008"), successions__is_split=False
    ).first()
    assert old is not None
    merger()
    later = date(2029, 1, 1)
    approved("rename", ("90001", "90002", "Phường Thăng Long", "phường"), day=later, number="99/NQ")

    names = [
        resolve_unit(old.code, from_on=FIRST_REFORM, to_on=day, level="commune").units[0].name for day in (FIRST_REFORM, TODAY, DAY, later)
    ]
    assert names == [old.name, "Phường Ngọc Hà", NEW, "Phường Thăng Long"]
    assert agencies_on(committee("00008").pk, later)[0].name == "UBND phường Thăng Long, thành phố Hà Nội"
    assert [found.name for found in match_place("Phường Ngọc Hà, Thành phố Hà Nội", on=later).units] == ["Phường Thăng Long"]


def test_a_unit_that_goes_on_keeps_its_agencies_and_takes_over() -> None:
    kept, ended = committee("00004"), committee("00008")
    approved("merger", ("00008", "00004", "Phường Ba Đình", "phường"))

    assert agencies_on(kept.pk, DAY) == [kept]
    assert agencies_on(ended.pk, DAY) == [kept]
    assert resolve_unit("00008", from_on=EVE, to_on=DAY).units[0].code == "00004"
    assert offices_on(ended.reception_office_id or 0, DAY) == [kept.reception_office]


def test_a_division_names_every_successor() -> None:
    old = committee("00004")
    approved("split", ("00004", "90001", "Phường Trúc Bạch", "phường"), ("00004", "90002", "Phường Quán Thánh", "phường"))

    assert [agency.name for agency in agencies_on(old.pk, DAY)] == [
        "UBND phường Trúc Bạch, thành phố Hà Nội",
        "UBND phường Quán Thánh, thành phố Hà Nội",
    ]
    assert set(UnitSuccession.objects.filter(old_code="00004", valid_from=DAY).values_list("successor__code", "is_split")) == {
        ("90001", True),
        ("90002", True),
    }


def test_merged_provinces_take_communes_departments_and_branches_along() -> None:
    provinces = ("01", "04")  # Hà Nội and Cao Bằng
    counts = {code: AdministrativeUnit.objects.on(EVE).filter(level="commune", province__code=code).count() for code in provinces}
    branches = Agency.objects.on(EVE).filter(kind="land_registration_branch", unit__code__in=provinces).count()
    departments = Agency.objects.on(EVE).filter(kind="department_justice", unit__code__in=provinces)
    assert departments.count() == 2
    old = list(departments)
    approved("merger", *((code, "02", "Tỉnh Thăng Long", "tỉnh") for code in provinces), level="province")

    new = unit("02", DAY)
    communes = AdministrativeUnit.objects.on(DAY).filter(province=new, level="commune")
    assert communes.count() == sum(counts.values())
    department = Agency.objects.on(DAY).get(kind="department_justice", unit=new)
    assert department.name == "Sở Tư pháp tỉnh Thăng Long"
    assert [agencies_on(each.pk, DAY) for each in old] == [[department], [department]]
    assert Agency.objects.on(DAY).filter(kind="land_registration_branch", unit=new).count() == branches
    assert ServiceArea.objects.filter(valid_on(DAY), agency__kind="land_registration_branch", unit__in=communes).count() == communes.count()
    assert Office.objects.filter(valid_on(DAY), kind=Office.Kind.PROVINCIAL_CENTRE, province=new).count() == 1
    assert Agency.objects.on(DAY).filter(kind="commune_committee", province=new).count() == communes.count()
    assert not Agency.objects.on(DAY).filter(unit__valid_to=EVE).exists()
    assert resolve_unit("04", from_on=EVE, to_on=DAY, level="province").units[0].code == "02"


def test_posts_go_on_without_a_gap() -> None:
    old = committee("00008")
    officer = staff(Role.OFFICER, old)
    merger()
    new = agencies("90001", DAY)["commune_committee"]

    assert identity_of(officer, EVE).agency_ids == (old.pk,)
    # Both predecessors' files passed to the new committee; its own id comes first.
    assert identity_of(officer, DAY).agencies == {"officer": (new.pk, *sorted((old.pk, committee("00004").pk)))}
    carried = Membership.objects.get(user=officer, agency=new)
    assert (carried.valid_from, carried.inherited_from_id, carried.valid_to) == (
        DAY,
        Membership.objects.get(user=officer, agency=old).pk,
        None,
    )


def test_a_post_given_after_the_approval_goes_on_too() -> None:
    reorganisation = merger()
    late = staff(Role.OFFICER, committee("00008"), since=TODAY)

    assert reorganising.carry_late_posts(at=MONDAY, today=TODAY) == 1
    assert reorganising.carry_late_posts(at=MONDAY, today=DAY) == 0
    assert agencies("90001", DAY)["commune_committee"].pk in identity_of(late, DAY).agency_ids
    assert reorganisation.records.filter(step="posts").count() == 1


def snapshot() -> list[object]:
    return [
        list(AdministrativeUnit.objects.order_by("pk").values_list("pk", "valid_to")),
        list(Agency.objects.order_by("pk").values_list("pk", "valid_to", "reception_office_id")),
        list(Office.objects.order_by("pk").values_list("pk", "valid_to")),
        list(ServiceArea.objects.order_by("pk").values_list("pk", "valid_to")),
        list(Membership.objects.order_by("pk").values_list("pk", "valid_to")),
        UnitSuccession.objects.count(),
        AgencySuccession.objects.count(),
    ]


@pytest.mark.parametrize("level", ["commune", "province"])
def test_cancelled_before_its_day_nothing_is_left_but_the_record(level: str) -> None:
    staff(Role.OFFICER, committee("00008"))
    editor, approver = staff(Role.CATALOGUE_EDITOR), staff(Role.CATALOGUE_APPROVER)
    codes, new = (("00004", "00008"), ("90001", NEW, "phường")) if level == "commune" else (("01", "04"), ("02", "Tỉnh Thăng Long", "tỉnh"))
    entered = draft("merger", *((code, *new) for code in codes), level=level, by=editor)
    before = snapshot()
    reorganising.approve(entered, actor=approver, at=MONDAY, today=TODAY)
    assert snapshot() != before
    with pytest.raises(NotPossible):
        reorganising.cancel(entered, actor=approver, reason="lỗi", at=MONDAY, today=TODAY)
    with pytest.raises(NotPossible), transaction.atomic():
        reorganising.cancel(entered, actor=approver, reason="Nghị quyết bị thay thế.", at=MONDAY, today=DAY)

    reorganising.cancel(entered, actor=approver, reason="Nghị quyết bị thay thế.", at=MONDAY, today=EVE)

    assert snapshot() == before
    assert list(entered.records.order_by("pk").values_list("step", flat=True)) == ["entered", "approved", "posts", "cancelled"]
    with pytest.raises(NotPossible):
        reorganising.cancel(entered, actor=approver, reason="Thêm một lần nữa.", at=MONDAY, today=EVE)


def test_one_on_which_another_builds_is_not_cancelled() -> None:
    first = merger()
    approved("rename", ("90001", "90002", "Phường Thăng Long", "phường"), day=date(2029, 1, 1), number="99/NQ")

    with pytest.raises(NotPossible, match="Ba Đình Mới"):
        reorganising.cancel(first, actor=staff(Role.CATALOGUE_APPROVER), reason="Nghị quyết bị thay thế.", at=MONDAY, today=TODAY)


def test_approval_needs_a_second_person_a_future_day_and_sound_lines() -> None:
    editor, approver = staff(Role.CATALOGUE_EDITOR), staff(Role.CATALOGUE_APPROVER)
    lines = (("00004", "90001", NEW, "phường"), ("00008", "90001", NEW, "phường"))
    entered = draft("merger", *lines, by=editor)
    with pytest.raises(NotPossible):
        reorganising.approve(entered, actor=editor, at=MONDAY, today=TODAY)
    with pytest.raises(NotPossible):
        reorganising.approve(entered, actor=approver, at=MONDAY, today=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reorganisation.objects.filter(pk=entered.pk).update(approved_by=editor, approved_at=MONDAY, state="approved")
    with pytest.raises(NotPossible):
        draft("merger", *lines, today=DAY)
    flawed = draft("merger", lines[0])
    with pytest.raises(NotPossible):
        reorganising.approve(flawed, actor=approver, at=MONDAY, today=TODAY)

    reorganising.approve(entered, actor=approver, at=MONDAY, today=TODAY)
    again = draft("merger", *lines, number="5/NQ")
    assert {problem.flaw for problem in planned(again).problems} == {"ends_already"}
    with pytest.raises(NotPossible):
        reorganising.approve(again, actor=approver, at=MONDAY, today=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        entered.lines.update(new_name="Phường Khác")
    with pytest.raises(IntegrityError), transaction.atomic():
        Reorganisation.objects.filter(pk=entered.pk).update(effective_from=DAY + timedelta(days=30))
    with pytest.raises(IntegrityError), transaction.atomic():
        entered.records.all().delete()


def test_loading_the_reference_data_again_leaves_a_merger_alone() -> None:
    merger()
    before = snapshot()

    units, bodies = load_units(), load_bodies()

    assert (units.units.is_nothing, units.successions.is_nothing) == (True, True)
    assert (bodies.agencies.is_nothing, bodies.offices.is_nothing, bodies.service_areas.is_nothing) == (True, True, True)
    assert snapshot() == before
