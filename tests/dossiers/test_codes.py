from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.codes import (
    ID_WARNINGS,
    SECRET_ALPHABET,
    CardText,
    DossierCode,
    IdWarning,
    check_personal_id,
    check_tax_code,
    format_code,
    format_secret,
    new_secret,
    normalise_code,
    normalise_phone,
    normalise_secret,
    parse_card_text,
    parse_code,
)


def test_a_code_is_office_day_and_number() -> None:
    assert format_code("H26.101", date(2026, 11, 22), 7) == "H26.101-261122-0007"
    assert format_code("H26.101", date(2026, 11, 22), 12345) == "H26.101-261122-12345"
    assert parse_code("H26.101-261122-0007") == DossierCode("H26.101-261122-0007", "H26.101", date(2026, 11, 22), 7)


@pytest.mark.parametrize(
    "typed",
    [
        "h26.101-261122-0007",
        "  H26.101 - 261122 - 0007\n",
        "H26.101–261122–0007",
        "H26.101 261122 0007",
        "H26.101-26 1122-00 07",
        "H26.101-261122-OOO7",
        "https://motcua.example/t/H26.101-261122-0007?x=1",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert normalise_code(typed) == "H26.101-261122-0007"


def test_national_codes_with_long_dates_and_sequences_are_read() -> None:
    code = parse_code("G09.20-20260609-0092637")

    assert code == DossierCode("G09.20-20260609-0092637", "G09.20", date(2026, 6, 9), 92637)


@pytest.mark.parametrize(
    "text", ["", "H26.101", "H26.101-261332-0001", "H26.101-261122-001", "H26-2611220-0001", "không có mã", "-261122-0001"]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert parse_code(text) is None


@pytest.mark.parametrize(("office", "number"), [("", 1), ("H26", 0)])
def test_no_code_is_made_from_nothing(office: str, number: int) -> None:
    with pytest.raises(ValueError, match="No dossier code"):
        format_code(office, date(2026, 11, 22), number)


@given(st.text())
def test_no_text_breaks_the_reading_of_a_code(text: str) -> None:
    code = normalise_code(text)

    assert code is None or normalise_code(code) == code


@given(
    st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{1,3}){0,3}", fullmatch=True),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(1, 9_999_999),
)
def test_every_code_reads_back(office: str, on: date, number: int) -> None:
    code = parse_code(format_code(office, on, number))

    assert code is not None
    assert (code.office, code.on, code.number) == (office, on, number)


def test_a_secret_has_eight_characters_without_look_alikes() -> None:
    secret = new_secret()

    assert len(secret) == 8
    assert set(secret) <= set(SECRET_ALPHABET)
    assert not set(SECRET_ALPHABET) & set("0O1IL5S8BZ")
    assert new_secret(lambda letters: letters[0]) == SECRET_ALPHABET[0] * 8
    assert normalise_secret(format_secret(secret).lower()) == secret


@pytest.mark.parametrize("text", ["", "ACDE-FGH", "ACDEFGHJK", "ACDEFGH0", "ÁCDEFGHJ"])
def test_what_cannot_be_a_secret_is_none(text: str) -> None:
    assert normalise_secret(text) is None


@pytest.mark.parametrize(
    ("text", "birth_year", "sex", "warnings"),
    [
        ("001 190 012 345", 1990, "female", ()),
        ("079085012345", 1985, "male", ()),
        ("001203012345", 2003, "male", ()),
        ("001203012345", 1903, "female", (IdWarning.BIRTH_YEAR_DIFFERS, IdWarning.SEX_DIFFERS)),
        ("003085012345", None, "", (IdWarning.PROVINCE_UNKNOWN,)),
        ("101085012345", None, "", ()),
        ("001985012345", None, "", (IdWarning.CENTURY_UNKNOWN,)),
    ],
)
def test_a_personal_id_warns_and_does_not_block(text: str, birth_year: int | None, sex: str, warnings: tuple[IdWarning, ...]) -> None:
    checked = check_personal_id(text, birth_year=birth_year, sex=sex)

    assert (checked.is_valid, checked.warnings) == (True, warnings)


@pytest.mark.parametrize("text", ["", "12345678901", "1234567890123", "00119001234a", "٠٠١١٩٠٠١٢٣٤٥"])
def test_twelve_digits_are_asked(text: str) -> None:
    assert not check_personal_id(text).is_valid


def test_every_warning_has_a_text() -> None:
    assert set(ID_WARNINGS) == set(IdWarning)


def test_a_scanned_card_fills_its_seven_fields() -> None:
    text = "001190012345|012345678|Nguyễn Thị Ổn|05031990|Nữ|Số 1, Hoàn Kiếm, Hà Nội|01022022"
    card = CardText("001190012345", "012345678", "Nguyễn Thị Ổn", date(1990, 3, 5), "female", "Số 1, Hoàn Kiếm, Hà Nội", date(2022, 2, 1))

    assert parse_card_text(text) == card
    assert parse_card_text(f" {text}|cha|mẹ\r\n") == card


def test_a_card_with_fewer_or_unreadable_fields_is_still_read() -> None:
    assert parse_card_text("001190012345||Nguyễn Thị Ổn|1990") == CardText("001190012345", "", "Nguyễn Thị Ổn", None, "", "", None)


@pytest.mark.parametrize("text", ["", "hello", "001190012345", "123|x|y|z", "||||||"])
def test_what_is_no_card_is_none(text: str) -> None:
    assert parse_card_text(text) is None


@pytest.mark.parametrize(
    ("text", "shown", "is_valid"),
    [
        ("0100109106", "0100109106", True),
        ("0100109106-001", "0100109106-001", True),
        ("0100109107", "0100109107", False),
        ("0300588569", "0300588569", True),
        ("010010910", "010010910", False),
        ("001190012345", "001190012345", True),
    ],
)
def test_tax_codes_have_a_check_digit(text: str, shown: str, is_valid: bool) -> None:
    checked = check_tax_code(text)

    assert (checked.text, checked.is_valid) == (shown, is_valid)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("0912 345 678", "0912345678"),
        ("+84 912.345.678", "0912345678"),
        ("84912345678", "0912345678"),
        ("0084912345678", "0912345678"),
        ("0212345678", None),
        ("091234567", None),
        ("", None),
    ],
)
def test_mobile_numbers_are_brought_to_one_form(text: str, phone: str | None) -> None:
    assert normalise_phone(text) == phone
