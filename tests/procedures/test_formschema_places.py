"""Addresses: old and new names, several places of one name, divided and vanished units."""

from datetime import date

import pytest
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from procedures.formschema.answers import answers
from procedures.formschema.compile import DeclarationForm, build_form
from procedures.formschema.finder import RegisterOfUnits
from procedures.formschema.library import expand

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
SCHEMA = expand(
    {
        "code": "9.2",
        "title": "T",
        "sections": [
            {
                "key": "s",
                "title": "S",
                "fields": [{"key": "home", "type": "address", "required": True, "fact": "residence", "label": "Nơi cư trú"}],
            }
        ],
    }
)


def form(**parts: str) -> DeclarationForm:
    data = QueryDict(mutable=True)
    data.update({f"home_{part}": value for part, value in parts.items()})
    return build_form(SCHEMA, data=data, today=TODAY)


def kept(asked: DeclarationForm) -> dict[str, object]:
    assert asked.is_valid(), asked.errors
    home = answers(asked)["home"]
    assert isinstance(home, dict)
    return {key: home[key] for key in ("unit_code", "valid_from", "successor_code", "undecided", "label")}


@pytest.mark.parametrize("text", ["Phường Ba Đình, Thành phố Hà Nội", "phuong ba dinh, ha noi"])
def test_a_name_of_today(text: str) -> None:
    assert kept(form(text=text, line="5 ngõ 12")) == {
        "unit_code": "00004",
        "valid_from": "2025-07-01",
        "successor_code": None,
        "undecided": False,
        "label": "5 ngõ 12, Phường Ba Đình, Thành phố Hà Nội",
    }


def test_a_divided_ward_asks_which_part() -> None:
    asked = form(text="Phường Cống Vị, Quận Ba Đình")

    assert not asked.is_valid()
    html = str(asked["home"])
    assert "Phường Ngọc Hà, Thành phố Hà Nội" in html
    assert "Phường Giảng Võ, Thành phố Hà Nội" in html
    assert 'name="home_successor" value="unknown"' in html
    assert 'value="Phường Cống Vị, Quận Ba Đình"' in html


def test_the_part_is_chosen() -> None:
    stored = kept(form(text="Phường Cống Vị, Quận Ba Đình", successor="00025"))

    assert (stored["unit_code"], stored["successor_code"], stored["undecided"]) == ("00007", "00025", False)
    assert str(stored["label"]).endswith("(nay là Phường Giảng Võ, Thành phố Hà Nội)")


def test_not_knowing_the_part_is_an_answer() -> None:
    stored = kept(form(text="Phường Cống Vị, Quận Ba Đình", successor="unknown"))

    assert (stored["unit_code"], stored["successor_code"], stored["undecided"]) == ("00007", None, True)


def test_several_places_of_one_name_are_offered() -> None:
    places = RegisterOfUnits(TODAY).matching("Tân Phú")
    assert len(places) > 1

    asked = form(text="Tân Phú")

    assert not asked.is_valid()
    assert f'name="home_unit" value="{places[0].value}"' in str(asked["home"])
    assert kept(form(text="Tân Phú", unit=places[0].value, shown_for="Tân Phú"))["unit_code"] == places[0].code


def test_a_choice_made_for_another_text_does_not_count() -> None:
    places = RegisterOfUnits(TODAY).matching("Tân Phú")

    assert not form(text="Tân Phú", unit=places[0].value, shown_for="Tân Thành").is_valid()


def test_an_answer_about_another_place_does_not_count() -> None:
    asked = form(text="Phường Cống Vị, Quận Ba Đình", successor="unknown", shown_for="Phường Kim Mã, Quận Ba Đình")

    assert not asked.is_valid()
    assert 'name="home_successor" value="00025"' in str(asked["home"])


def test_an_unknown_place_needs_the_tick() -> None:
    asked = form(text="Thị trấn Không Tưởng")

    assert not asked.is_valid()
    assert 'name="home_undecided"' in str(asked["home"])
    assert kept(form(text="Thị trấn Không Tưởng", undecided="1")) == {
        "unit_code": None,
        "valid_from": None,
        "successor_code": None,
        "undecided": True,
        "label": "Thị trấn Không Tưởng",
    }


def test_the_suggestions_know_the_name_of_the_input(client: Client) -> None:
    url = "/dia-ban/goi-y/?field=home_text"
    assert f'hx-get="{url}"' in str(build_form(SCHEMA, today=TODAY)["home"])

    assert "Phường Ba Đình, Thành phố Hà Nội" in client.get(url, {"field": "home_text", "home_text": "ba dinh"}).content.decode()


def test_an_address_that_a_form_repeats_is_looked_up_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    register = RegisterOfUnits(TODAY)
    first = register.matching("Phường Ba Đình, Thành phố Hà Nội")

    with django_assert_num_queries(0):
        again = register.matching("Phường Ba Đình, Thành phố Hà Nội")

    assert [place.code for place in again] == [place.code for place in first] == ["00004"]


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("Thôn 3, Xã Nam Chính, Huyện Tiền Hải, Tỉnh Thái Bình", "", "Thôn 3"),
        ("số 5, to 2, xa nam chinh, huyen tien hai, thai binh", "nhà sau", "nhà sau, số 5, to 2"),
    ],
)
def test_a_whole_address_in_the_box_of_the_place_is_parted(text: str, line: str, expected: str) -> None:
    home = kept(form(text=text, line=line))
    assert str(home["label"]).startswith(f"{expected}, Xã Nam Chính, Huyện Tiền Hải")


def test_a_commune_that_is_not_found_is_not_taken_for_a_detail() -> None:
    assert not form(text="Xã Không Có Đâu, Huyện Hoài Đức, Hà Nội").is_valid()
    assert not form(text="Thôn 3, Xã Không Có Đâu, Huyện Hoài Đức, Hà Nội").is_valid()


@pytest.mark.parametrize("separator_tail", ["|12042022", ""], ids=["a card of today", "an older one without day of issue"])
def test_the_text_of_a_cards_code_pasted_into_an_address_counts_as_its_address(separator_tail: str) -> None:
    card = f"048198003456|201234567|Lê Thị Hồng Vân|30061998|Nữ|Thôn 3, Xã Nam Chính, Huyện Tiền Hải, Tỉnh Thái Bình{separator_tail}"

    pasted, typed = kept(form(text=card)), kept(form(text="Thôn 3, Xã Nam Chính, Huyện Tiền Hải, Tỉnh Thái Bình"))

    assert pasted == typed
    assert "048198003456" not in str(form(text=card)["home"])
