"""The form compiler: conditions, checks at publishing, and what a filled form keeps."""

from collections.abc import Sequence
from datetime import date

import pytest
from django.http import QueryDict
from django.utils.translation import override

from procedures.formschema.answers import answers, clean_partial, place_facts, post_data, prefill, read_back, validate_answers
from procedures.formschema.check import check_schema
from procedures.formschema.compile import DeclarationForm, build_form
from procedures.formschema.conditions import Json, holds, parse_condition
from procedures.formschema.library import expand
from procedures.formschema.places import Place
from procedures.formschema.schema import RawSchema

TODAY = date(2026, 11, 22)
SINCE = date(2025, 7, 1)


class OnePlace:
    """A register that knows one ward."""

    def matching(self, text: str, /) -> Sequence[Place]:
        return [Place("00004", SINCE, "Phường Ba Đình, Thành phố Hà Nội")] if "dinh" in text.lower() or "đình" in text.lower() else []

    def successors(self, _place: Place, /) -> Sequence[Place]:
        return []


SCHEMA: RawSchema = expand(
    {
        "code": "9.1",
        "title": ["Tờ khai thử", "Test form"],
        "sections": [
            {
                "key": "person",
                "title": ["Người khai", "Person"],
                "fields": [
                    {"key": "full_name", "type": "name", "required": True, "prefill": "full_name", "label": ["Họ và tên", "Full name"]},
                    {"key": "personal_id", "type": "cccd", "prefill": "personal_id", "label": ["Số định danh", "Personal id"]},
                    {"key": "phone", "type": "phone", "prefill": "phone", "label": ["Điện thoại", "Telephone"]},
                    {"key": "born", "type": "partial_date", "past": True, "label": ["Ngày sinh", "Born"]},
                    {"key": "filed", "type": "date", "past": True, "label": ["Ngày nộp", "Filed"]},
                    {"key": "capital", "type": "money", "label": ["Vốn", "Capital"]},
                    {"key": "home", "type": "address", "fact": "residence", "prefill": "address_text", "label": ["Nơi cư trú", "Home"]},
                    {"key": "married", "type": "yesno", "required": True, "label": ["Đã kết hôn", "Married"]},
                    {
                        "key": "spouse",
                        "type": "name",
                        "required": True,
                        "show": {"field": "married", "eq": True},
                        "label": ["Vợ/chồng", "Spouse"],
                        "missing": ["Nhập tên vợ/chồng", "Enter the spouse"],
                    },
                    {"key": "note_text", "type": "text", "required": {"field": "capital", "gt": 1000}, "label": ["Ghi chú", "Note"]},
                ],
            },
            {
                "key": "children",
                "title": ["Con", "Children"],
                "show": {"field": "married", "eq": True},
                "fields": [
                    {
                        "key": "children",
                        "type": "repeat",
                        "label": ["Các con", "Children"],
                        "columns": [
                            {"key": "name", "type": "name", "required": True, "label": ["Tên", "Name"]},
                            {"key": "copies", "type": "int", "min": 1, "label": ["Số bản", "Copies"]},
                        ],
                    },
                    {"key": "total", "type": "computed", "label": ["Tổng", "Total"], "compute": {"sum": "children.copies"}},
                ],
            },
        ],
    }
)


def filled(**parts: str) -> QueryDict:
    """What a browser posts."""
    data = QueryDict(mutable=True)
    data.update({"full_name": "Đặng  Thị Ước", "married": "no"} | parts)
    return data


def form(**parts: str) -> DeclarationForm:
    return build_form(SCHEMA, data=filled(**parts), today=TODAY, find=OnePlace())


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"field": "a", "eq": "x"}, True),
        ({"field": "a", "ne": "x"}, False),
        ({"field": "a", "in": ["x", "y"]}, True),
        ({"field": "list", "has": "p"}, True),
        ({"field": "list", "has": "q"}, False),
        ({"field": "n", "gt": 2}, True),
        ({"field": "n", "lt": 2}, False),
        ({"field": "day", "gt": "2026-01-01"}, True),
        ({"field": "nothing", "gt": 2}, False),
        ({"field": "nothing", "filled": True}, False),
        ({"field": "nothing", "filled": False}, True),
        ({"field": "no"}, False),
        ({"not": {"field": "no"}}, True),
        ({"all": [{"field": "a", "eq": "x"}, {"field": "n", "gt": 2}]}, True),
        ({"any": [{"field": "a", "eq": "y"}, {"field": "n", "gt": 9}]}, False),
    ],
    ids=str,
)
def test_conditions(condition: Json, expected: bool) -> None:
    known: dict[str, Json] = {"a": "x", "list": ["p"], "n": 3, "day": "2026-05-05", "no": False}

    assert holds(parse_condition(condition), known) is expected


def test_a_sound_schema_has_no_problems() -> None:
    assert check_schema(SCHEMA) == []


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ({"key": "full_name", "type": "text", "label": "Hai lần"}, "extra.full_name: key is used twice"),
        ({"key": "x", "type": "video", "label": "X"}, "extra.x: unknown type 'video'"),
        ({"key": "x", "type": "text", "label": ""}, "extra.x: has no Vietnamese text"),
        ({"key": "x", "type": "text", "label": "X", "show": {"field": "later"}}, "extra.x: depends on 'later', which is not asked before"),
        (
            {"key": "x", "type": "text", "label": "X", "show": {"field": "y", "near": 3}},
            "form.extra.x: unknown field or operator: {'field': 'y', 'near': 3}",
        ),
        ({"key": "x", "type": "choice", "label": "X"}, "extra.x: has no choices"),
        ({"key": "x", "type": "address", "label": "X", "fact": "moon"}, "extra.x: unknown fact 'moon'"),
        ({"key": "x", "type": "address", "label": "X", "fact": "residence"}, "x: fact 'residence' is already given by 'home'"),
        ({"key": "X-1", "type": "text", "label": "X"}, "extra.X-1: key is not a lower-case name"),
        (
            {"key": "x", "type": "repeat", "label": "X", "columns": [{"key": "a", "type": "address", "label": "A"}]},
            "extra.x: column a cannot be of type 'address'",
        ),
        (
            {"key": "x", "type": "computed", "label": "X", "compute": {"sum": "nobody.copies"}},
            "extra.x: computes from unknown answer 'nobody'",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_problems_are_found_before_publishing(field: RawSchema, problem: str) -> None:
    sections = SCHEMA["sections"]
    assert isinstance(sections, list)
    broken = expand(SCHEMA | {"sections": [*sections, {"key": "extra", "title": "Thêm", "fields": [field]}]})

    assert [str(found) for found in check_schema(broken)] == [problem]


def test_a_comparison_with_no_choice_is_a_problem() -> None:
    raw = expand(
        {
            "title": "T",
            "sections": [
                {
                    "key": "s",
                    "title": "S",
                    "fields": [
                        {"key": "kind", "type": "choice", "choices": {"a": "A"}, "label": "K"},
                        {"key": "more", "type": "text", "label": "M", "show": {"field": "kind", "eq": "b"}},
                    ],
                }
            ],
        }
    )

    assert [str(problem) for problem in check_schema(raw)] == ["s.more: compares 'kind' with 'b', which is no choice"]


def test_answers_are_normalised() -> None:
    asked = form(
        personal_id="001 098 012345",
        phone="+84 912 345 678",
        born="3/1950",
        filed="05/09/2025",
        capital="1.500",
        note_text="x",
        home_text="Ba Đình",
        home_line="5 phố A",
    )

    assert asked.is_valid(), asked.errors
    assert answers(asked) == {
        "full_name": "Đặng Thị Ước",
        "personal_id": "001098012345",
        "phone": "0912345678",
        "born": "1950-03",
        "filed": "2025-09-05",
        "capital": 1500,
        "note_text": "x",
        "married": False,
        "home": {
            "text": "Ba Đình",
            "unit_code": "00004",
            "valid_from": "2025-07-01",
            "line": "5 phố A",
            "successor_code": None,
            "undecided": False,
            "label": "5 phố A, Phường Ba Đình, Thành phố Hà Nội",
        },
    }


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ({"personal_id": "12345"}, "personal_id"),
        ({"phone": "12"}, "phone"),
        ({"born": "31/02/2020"}, "born"),
        ({"born": "2030"}, "born"),
        ({"filed": "31/04/2025"}, "filed"),
        ({"filed": "23/11/2026"}, "filed"),
        ({"capital": "nhiều"}, "capital"),
        ({"full_name": "Nam 2"}, "full_name"),
        ({"home_text": "Nơi không có"}, "home"),
        ({"home_line": "chỉ số nhà"}, "home"),
        ({"capital": "5000"}, "note_text"),
        ({"married": "yes"}, "spouse"),
    ],
    ids=str,
)
def test_bad_input_is_refused_at_its_question(typed: dict[str, str], key: str) -> None:
    assert list(form(**typed).errors) == [key]


def test_hidden_answers_are_dropped_and_not_required() -> None:
    asked = form(married="no", spouse="Bị ẩn", children_rows="1", children_0_name="Ẩn", children_0_copies="x")

    assert asked.is_valid(), asked.errors
    assert answers(asked) == {"full_name": "Đặng Thị Ước", "married": False}


def test_missing_says_what_to_do() -> None:
    with override("vi"):
        assert form(married="yes").errors["spouse"] == ["Nhập tên vợ/chồng"]


def test_table_rows() -> None:
    asked = form(
        married="yes",
        spouse="Lý A",
        children_rows="3",
        children_0_name="Bé",
        children_0_copies="2",
        children_2_name="Tí",
        children_2_copies="3",
    )

    assert asked.is_valid(), asked.errors
    assert answers(asked)["children"] == [{"name": "Bé", "copies": 2}, {"name": "Tí", "copies": 3}]
    assert answers(asked)["total"] == 5


def test_a_bad_cell_is_marked_in_its_row() -> None:
    asked = form(married="yes", spouse="Lý A", children_rows="2", children_0_name="Bé", children_0_copies="0", children_1_copies="2")

    assert not asked.is_valid()
    assert len(asked.errors["children"]) == 2
    html = str(asked["children"])
    assert 'id="id_children_0_copies_error"' in html
    assert 'value="Bé"' in html


def test_one_more_row_is_no_submission() -> None:
    asked = form(married="yes", spouse="Lý A", children_rows="2", children_0_name="Bé", children_add="1")

    assert asked.adds_row
    assert 'name="children_2_name"' in str(asked["children"])
    assert not form(married="yes").adds_row


def test_a_draft_keeps_what_is_invalid() -> None:
    typed = form(
        full_name="",
        filed="31/02/2025",
        born="1950",
        home_text="Xã lạ",
        home_line="9",
        married="yes",
        children_rows="1",
        children_0_copies="x",
    )

    kept = clean_partial(typed)

    assert kept == {
        "filed": "31/02/2025",
        "born": "1950",
        "home": {"text": "Xã lạ", "line": "9", "undecided": False, "label": ""},
        "married": True,
        "children": [{"copies": "x"}],
    }
    again = build_form(SCHEMA, initial=kept, today=TODAY, find=OnePlace())
    html = "".join(str(item.bound) for section in again.sections() for item in section.items if item.bound)
    assert all(f'value="{text}"' in html for text in ("31/02/2025", "1950", "Xã lạ", "9", "x"))


def test_one_section_at_a_time() -> None:
    first: dict[str, Json] = {"full_name": "Đặng Thị Ước", "married": True, "spouse": "Lý A"}
    data = QueryDict("children_rows=1&children_0_name=B%C3%A9&children_0_copies=1")

    second = build_form(SCHEMA, data=data, initial=first, today=TODAY, sections=["children"], find=OnePlace())

    assert second.is_valid(), second.errors
    assert list(second.fields) == ["children"]
    assert answers(second) == first | {"children": [{"name": "Bé", "copies": 1}], "total": 1}


def test_kept_answers_can_be_posted_again() -> None:
    asked = form(
        born="02/03/1950",
        capital="900",
        home_text="Ba Đình",
        married="yes",
        spouse="Lý A",
        children_rows="1",
        children_0_name="Bé",
        children_0_copies="1",
    )
    assert asked.is_valid(), asked.errors
    kept = answers(asked)

    again = validate_answers(SCHEMA, kept, today=TODAY, find=OnePlace())

    assert again.is_valid(), again.errors
    assert answers(again) == kept
    assert post_data(SCHEMA, kept)["married"] == "yes"


def test_read_back_uses_the_citizens_labels() -> None:
    kept: dict[str, Json] = {"full_name": "Đặng Thị Ước", "married": True, "capital": 1500, "children": [{"name": "Bé", "copies": 2}]}

    assert read_back(SCHEMA, kept, "vi") == [
        ("Người khai", [("Họ và tên", "Đặng Thị Ước"), ("Vốn", "1.500 đ"), ("Đã kết hôn", "Có")]),
        ("Con", [("Các con – 1", "Tên: Bé; Số bản: 2")]),
    ]


def test_prefill_from_the_profile() -> None:
    person: dict[str, Json] = {"full_name": "Lý A", "personal_id": "001098012345", "phone": "", "address_text": "Phường Ba Đình"}

    assert prefill(SCHEMA, person) == {
        "full_name": "Lý A",
        "personal_id": "001098012345",
        "home": {"text": "Phường Ba Đình", "line": "", "label": "Phường Ba Đình"},
    }


def test_place_facts() -> None:
    asked = form(home_text="Ba Đình")
    assert asked.is_valid(), asked.errors

    facts = place_facts(SCHEMA, answers(asked))

    assert {fact: (place.unit_code, place.unit_valid_from, place.is_undecided) for fact, place in facts.items()} == {
        "residence": ("00004", SINCE, False)
    }


def test_labels_follow_the_language() -> None:
    with override("en"):
        assert build_form(SCHEMA, today=TODAY, find=OnePlace()).fields["full_name"].label == "Full name"
    with override("vi"):
        assert build_form(SCHEMA, today=TODAY, find=OnePlace()).fields["full_name"].label == "Họ và tên"


def test_words_with_a_colon_need_quotes() -> None:
    """YAML reads a mapping otherwise, and people would read it in the form."""
    with pytest.raises(TypeError, match="need quotes"):
        expand({"sections": [{"key": "a", "title": [{"Nếu là tổ chức": "tên"}, "If an organisation"], "fields": []}]})
