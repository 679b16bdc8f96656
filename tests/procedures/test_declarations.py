"""The real declarations: complete, valid, filled with realistic answers, printed."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from django.utils.html import strip_tags

from portal.agencies.queries import match_place
from procedures.declarations import DossierInfo, declaration_html
from procedures.formschema import paper
from procedures.formschema.answers import CHOICE, answers, chosen_fact, place_facts, read_back, validate_answers
from procedures.formschema.check import check_schema
from procedures.formschema.compile import DeclarationForm
from procedures.formschema.conditions import Json
from procedures.formschema.kinds import read_out
from procedures.formschema.library import FOLDER, common_place_facts, form_for, hand_made_codes, print_template, sample_answers
from procedures.formschema.schema import RawSchema, parse_schema

TODAY = date(2026, 11, 22)
CODES = hand_made_codes()
ROOT = Path(__file__).resolve().parents[2]
INFO = DossierInfo(agency="Ủy ban nhân dân phường Bến Thành", code="000.00.00.H29-261122-0001", place="Hà Nội", on=TODAY)


def filled(code: str) -> dict[str, Json]:
    """The sample as it is stored after the real form accepted it."""
    form = validate_answers(form_for(code), sample_answers(code), today=TODAY)
    assert form.is_valid(), form.errors
    return answers(form)


def test_the_twelve_and_the_two_of_linked_procedures() -> None:
    assert hand_made_codes() == [
        *["1.000656", "1.000894", "1.001193", "1.001612", "1.004194", "1.004222", "1.004873", "1.013225"],
        *["1.013978", "2.000635", "2.000815", "2.002913", "3.000333", "3.000722"],
    ]
    assert sorted(path.stem for path in (FOLDER / "samples").glob("*.yaml")) == CODES


@pytest.mark.parametrize("code", CODES)
def test_the_form_can_be_published(code: str) -> None:
    assert check_schema(form_for(code)) == []


@pytest.mark.parametrize("code", CODES)
def test_every_question_reaches_the_paper(code: str) -> None:
    schema = parse_schema(form_for(code))

    assert [item.key for item in paper.unprinted(schema)] == []
    known = {item.key for _section, item in schema.fields()}
    assert paper.printed_keys(f"{schema.print_template}.html") - known == set()


@pytest.mark.parametrize("code", CODES)
def test_every_question_names_its_line(code: str) -> None:
    fields = [item for _section, item in parse_schema(form_for(code)).fields()]

    assert [item.key for item in fields if not item.paper and not item.not_printed] == []


def test_the_committed_table_is_current() -> None:
    assert (ROOT / "docs" / "declarations.md").read_text(encoding="utf-8") == paper.table()


@pytest.mark.django_db
@pytest.mark.parametrize("code", CODES)
def test_the_sample_is_accepted_unchanged(code: str) -> None:
    given = {key: value for key, value in sample_answers(code).items() if key != CHOICE}

    stored = filled(code)

    assert {key: stored.get(key) for key in given} == given


@pytest.mark.django_db
@pytest.mark.parametrize("code", CODES)
def test_every_printed_answer_stands_in_the_paper(code: str) -> None:
    schema, stored = parse_schema(form_for(code)), filled(code)

    text = strip_tags(declaration_html(schema, stored, INFO, is_standalone=True)).replace("&#x27;", "'")

    printed = paper.printed_by(schema)
    for _section, item in schema.fields():
        if item.type in ("repeat", "yesno", "choice", "many") or item.key not in printed:
            continue
        assert read_out(item, stored.get(item.key), "vi") in text, item.key
    assert INFO.agency in text
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text


@pytest.mark.parametrize("code", CODES)
def test_an_empty_declaration_prints(code: str) -> None:
    text = declaration_html(form_for(code), {}, DossierInfo(), is_standalone=True)

    assert "None" not in text
    assert "@page" in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "facts", "chosen"),
    [
        ("1.001193", {"place_of_event": "26743", "residence_mother": "26560", "residence_father": "26743"}, "residence_father"),
        ("1.000894", {"residence_other": "24640", "residence": "00376"}, "residence_other"),
        ("1.000656", {"residence": "06688", "place_of_event": "06688"}, None),
        ("1.004873", {"residence": "20242"}, None),
        ("2.000815", {"residence": "00283"}, None),
        ("1.013978", {"parcel": "06688"}, None),
        ("3.000333", {"residence": "31135"}, None),
        ("1.001612", {"seat": "00283"}, None),
        ("1.013225", {"building_site": "31135"}, None),
        ("1.004222", {"applied_address": "00097"}, None),
        ("1.004194", {"applied_address": "25747"}, None),
        ("2.000635", {"register_holder": "25747"}, None),
    ],
)
def test_what_decides_competence(code: str, facts: dict[str, str], chosen: str | None) -> None:
    stored = filled(code)

    assert {fact: place.unit_code for fact, place in place_facts(form_for(code), stored).items()} == facts
    assert chosen_fact(form_for(code), stored) is None
    assert chosen_fact(form_for(code), sample_answers(code)) == chosen


def test_pages_and_copies_for_the_fee() -> None:
    form = validate_answers(
        form_for("2.000815"),
        {
            "requester_name": "Lý A",
            "requester_id_kind": "personal_id",
            "requester_personal_id": "001090023456",
            "language": "vietnamese",
            "electronic_copy": False,
            "documents": [{"name": "Bằng", "pages": 1, "copies": 3}, {"name": "Bảng điểm", "pages": 4, "copies": 2}],
        },
        today=TODAY,
    )

    assert form.is_valid(), form.errors
    stored = answers(form)
    assert [stored[key] for key in ("copies", "pages")] == [5, 11]


def test_all_procedures_have_a_form() -> None:
    catalogue = ROOT / "data" / "procedures.yaml"
    for row in yaml.safe_load(catalogue.read_text(encoding="utf-8"))["procedures"]:
        assert check_schema(form_for(row["code"])) == []


@pytest.mark.parametrize("fact", ["", *common_place_facts()])
def test_the_common_form(fact: str) -> None:
    raw = form_for("1.004884", fact)

    assert check_schema(raw) == []
    assert print_template("1.004884") == "common"
    facts = [item.fact for _section, item in parse_schema(raw).fields() if item.fact]
    assert facts == ([fact] if fact else [])


def typed_places(raw: RawSchema, **places: str) -> DeclarationForm:
    kept: dict[str, Json] = {"applicant_kind": "person", "full_name": "Lý A Sềnh", "request_text": "Đăng ký lại", "copies": 1}
    kept |= {"id_kind": "personal_id", "personal_id": "001090023456"}
    kept |= {key: {"text": text, "line": "", "label": text} for key, text in places.items()}
    return validate_answers(raw, kept, today=TODAY)


@pytest.mark.django_db
def test_the_common_form_asks_for_each_place_of_a_lawful_choice_and_needs_one() -> None:
    raw = form_for("1.004884", "register_holder", ["register_holder", "residence"])

    assert check_schema(raw) == []
    assert [item.fact for _section, item in parse_schema(raw).fields() if item.fact] == ["register_holder", "residence"]
    assert "place_residence" in typed_places(raw).errors
    assert "place_register_holder" not in typed_places(raw).errors
    for given in ("place_residence", "place_register_holder"):
        form = typed_places(raw, **{given: "Phường Ba Đình, Thành phố Hà Nội"})
        assert not {"place_residence", "place_register_holder"} & set(form.errors)


@pytest.mark.django_db
def test_a_place_that_stands_in_is_asked_only_while_none_of_the_others_is_known() -> None:
    raw = form_for("1.000689", "", ["residence_father", "residence_mother"], ["residence"])

    assert check_schema(raw) == []
    assert "place_residence" in typed_places(raw).errors
    known = typed_places(raw, place_residence_mother="Phường Ba Đình, Thành phố Hà Nội")
    assert not {"place_residence", "place_residence_father"} & set(known.errors)


def test_the_common_paper_prints_every_answer() -> None:
    raw = form_for("1.004884", "residence")
    stored: dict[str, Json] = {"full_name": "Lý A Sềnh", "request_text": "Đăng ký lại khai sinh", "copies": 2}

    text = strip_tags(declaration_html(raw, stored, INFO, is_standalone=True))

    assert all(value in text for _title, lines in read_back(raw, stored, "vi") for _label, value in lines)


@pytest.mark.django_db
def test_samples_live_in_real_places() -> None:
    for code in CODES:
        for key, value in sample_answers(code).items():
            if isinstance(value, dict) and "unit_code" in value:
                named = match_place(str(value["text"])).named
                assert [unit.code for unit in named] == [value["unit_code"]], f"{code}.{key}"
