import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.text import fold, normalise, search_key, vietnamese_sort_key

VOWELS = {
    "a": "aàảãáạ", "ă": "ăằẳẵắặ", "â": "âầẩẫấậ", "e": "eèẻẽéẹ", "ê": "êềểễếệ", "i": "iìỉĩíị", "o": "oòỏõóọ", "ô": "ôồổỗốộ",
    "ơ": "ơờởỡớợ", "u": "uùủũúụ", "ư": "ưừửữứự", "y": "yỳỷỹýỵ",
}  # fmt: skip
ALPHABET = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
BASES = str.maketrans("ăâđêôơư", "aadeoou")
LETTERS = [(letter, base.translate(BASES)) for base in ALPHABET for letter in VOWELS.get(base, base)]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_letter_folds_to_its_base(form: str) -> None:
    assert len(LETTERS) == 89
    for letter, base in LETTERS:
        for written in (letter, letter.upper()):
            assert fold(unicodedata.normalize(form, written)) == base  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_letter_sorts_at_its_place(form: str) -> None:
    in_order = [letter for letter, _ in LETTERS]
    written = [unicodedata.normalize(form, letter) for letter in reversed(in_order)]  # type: ignore[arg-type]

    assert [unicodedata.normalize("NFC", letter) for letter in sorted(written, key=vietnamese_sort_key)] == in_order


def test_folding_collapses_blanks() -> None:
    assert fold("  Đăng   ký\tKHAI SINH ") == "dang ky khai sinh"


@pytest.mark.parametrize(("typed", "meant"), [("ly my", "Lý–Mỹ"), ("qui dinh", "Quy định"), ("ba ria vung tau", "Bà Rịa - Vũng Tàu")])
def test_search_does_not_mind_y_i_and_punctuation(typed: str, meant: str) -> None:
    assert search_key(typed) == search_key(meant)


def test_names_sort_as_in_a_dictionary() -> None:
    names = [
        "An Giang",
        "Ăn Chay",
        "Ân Thi",
        "Bình Định",
        "Cà Mau",
        "Đà Nẵng",
        "Đắk Lắk",
        "Điện Biên",
        "Hà Nam",
        "Hà Nội",
        "Hải Phòng",
        "Huế",
    ]

    assert sorted(sorted(names, key=len), key=vietnamese_sort_key) == names


def test_letters_come_before_tones_and_syllables_before_words() -> None:
    assert sorted(["ban", "bàn", "bá", "ba ban", "bà", "ba"], key=vietnamese_sort_key) == ["ba", "ba ban", "bà", "bá", "ban", "bàn"]


def test_numbers_sort_by_value() -> None:
    assert sorted(["Phường 10", "Phường 2"], key=vietnamese_sort_key) == ["Phường 2", "Phường 10"]


def test_stored_text_is_composed_and_trimmed() -> None:
    assert normalise("  " + unicodedata.normalize("NFD", "Nguyễn Thị Ổn") + "\n") == "Nguyễn Thị Ổn"


@given(st.text())
def test_no_text_breaks_and_folding_is_final(text: str) -> None:
    vietnamese_sort_key(text)

    assert search_key(search_key(text)) == search_key(text)
