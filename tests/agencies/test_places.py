"""Places as people type them."""

import time
from datetime import date

import pytest

from portal.agencies.models import AdministrativeUnit
from portal.agencies.queries import (
    agencies_of,
    centre_of,
    current_units_of,
    match_place,
    offices_at,
    province_of,
    search_places,
    serving,
    unit_label,
)
from portal.agencies.queries.places import Match

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
BEN_NGHE = "Phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh (trước 01/07/2025)"


@pytest.mark.parametrize(
    "text",
    [
        "Phường Bến Nghé, Quận 1, TP Hồ Chí Minh",
        "ben nghe",
        "BẾN NGHÉ",
        "Bến Nghé, HCM",
        "P. Bến Nghé, Q1, TP.HCM",
        "ben nghe quan 1",
        "p bến nghé q 1 sài gòn",
        "xã Bến Nghé",
        BEN_NGHE,
    ],
)
def test_old_name_in_every_form(text: str) -> None:
    found = search_places(text)
    assert found[0].label == BEN_NGHE
    assert [unit.name for unit in found[0].successors] == ["Phường Sài Gòn"]
    match = match_place(text)
    assert match.outcome is Match.ONE
    assert match.units[0].name == "Phường Sài Gòn"


def test_code_names_the_unit_in_force_first() -> None:
    assert [found.unit.name for found in search_places("26740")] == ["Phường Sài Gòn", "Phường Bến Nghé"]
    assert match_place("26740").units[0].name == "Phường Sài Gòn"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("phường sài gòn quận 1", "Phường Sài Gòn"),
        ("thuan giao binh duong", "Phường Thuận Giao"),
        ("Phường Ba Đình, Thành phố Hà Nội", "Phường Ba Đình"),
        ("ý yên", "Xã Ý Yên"),
        ("con dao", "Đặc khu Côn Đảo"),
        ("p.1, q3, hcm", "Phường Bàn Cờ"),
    ],
)
def test_one_place(text: str, name: str) -> None:
    assert [unit.name for unit in match_place(text).units] == [name]


def test_split_and_repeated_names_are_several() -> None:
    assert {unit.name for unit in match_place("Phường Quan Hoa, Quận Cầu Giấy").units} == {"Phường Nghĩa Đô", "Phường Cầu Giấy"}
    assert match_place("tan tien").outcome is Match.SEVERAL


@pytest.mark.parametrize(
    "text", ["", "   ", "zzz", "'; DROP TABLE x; --", "&|!():*", "(trước", ",,,", "a" * 5000, "1" * 300, "\x00", "<->", "quận"]
)
def test_odd_text_never_fails(text: str) -> None:
    search_places(text)
    assert match_place(text).outcome in Match


def test_old_names_can_be_left_out() -> None:
    assert search_places("ben nghe", include_old=False) == []


def test_every_label_finds_its_unit() -> None:
    units = AdministrativeUnit.objects.communes().select_related("parent", "province").order_by("code", "id")
    for unit in units[::150]:
        assert search_places(unit_label(unit))[0].unit == unit


def test_every_word_typed_narrows_fast() -> None:
    search_places("warm up")
    started = time.perf_counter()
    texts = ["p", "ph", "phu", "phú m", "phú mỹ", "phu my, ba ria", "tan tien", "ha noi", "a", "quan 1"]
    for text in texts:
        search_places(text)
    assert (time.perf_counter() - started) / len(texts) < 0.5  # a loaded machine; 10 ms on a quiet one


def test_bodies_of_a_place() -> None:
    commune = match_place("ben nghe").units[0]
    assert [agency.identifier for agency in agencies_of("commune_committee", commune, TODAY)] == ["H29.26.740"]
    assert serving(commune, "land_registration_branch", TODAY).get().name.startswith("Chi nhánh Văn phòng Đăng ký đất đai quận 1,")
    centre = centre_of(province_of(commune), TODAY)
    assert centre is not None
    assert centre.code == "H29"
    assert not serving(commune, "land_registration_branch", date(2025, 6, 1)).exists()


def test_counters_near_an_old_place_are_those_of_its_successors() -> None:
    names = [office.name for office in offices_at("bến nghé", TODAY)]
    assert names == [
        "Trung tâm Phục vụ hành chính công phường Sài Gòn, Thành phố Hồ Chí Minh",
        "Trung tâm Phục vụ hành chính công Thành phố Hồ Chí Minh",
    ]


def test_a_province_name_brings_its_centre() -> None:
    assert "Trung tâm Phục vụ hành chính công tỉnh Lào Cai" in [office.name for office in offices_at("lao cai", TODAY)]


def test_current_units_of_a_split_commune() -> None:
    old = search_places("Phường Quan Hoa, Quận Cầu Giấy")[0].unit
    assert {unit.name for unit in current_units_of(old, TODAY)} == {"Phường Nghĩa Đô", "Phường Cầu Giấy"}
