import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import UnreadableAmount, format_vnd, in_words, parse_vnd


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "không đồng"),
        (5, "năm đồng"),
        (10, "mười đồng"),
        (11, "mười một đồng"),
        (15, "mười lăm đồng"),
        (21, "hai mươi mốt đồng"),
        (105, "một trăm linh năm đồng"),
        (110, "một trăm mười đồng"),
        (8_000, "tám nghìn đồng"),
        (15_500, "mười lăm nghìn năm trăm đồng"),
        (1_005, "một nghìn không trăm linh năm đồng"),
        (1_000_021, "một triệu không trăm hai mươi mốt đồng"),
        (1_234_567, "một triệu hai trăm ba mươi bốn nghìn năm trăm sáu mươi bảy đồng"),
        (1_000_000_000, "một tỷ đồng"),
        (2_000_005_000, "hai tỷ không trăm linh năm nghìn đồng"),
        (12_000_000_000_000, "mười hai nghìn tỷ đồng"),
        (-8_000, "âm tám nghìn đồng"),
    ],
)
def test_amounts_in_words(amount: int, words: str) -> None:
    assert in_words(amount) == words


@pytest.mark.parametrize(
    ("amount", "shown"), [(0, "0 đ"), (500, "500 đ"), (8_000, "8.000 đ"), (1_234_567, "1.234.567 đ"), (-8_000, "-8.000 đ")]
)
def test_amounts_in_digits(amount: int, shown: str) -> None:
    assert format_vnd(amount) == shown


@pytest.mark.parametrize("text", ["1.234.567", "1,234,567 đ", " 1 234 567 VND", "1234567đồng", "1.234.567 ₫"])
def test_amounts_are_read_as_people_write_them(text: str) -> None:
    assert parse_vnd(text) == 1_234_567


@pytest.mark.parametrize("text", ["", "đ", "1.5", "12.34", "-5", "1e3", "1.234,567", "٣٠٠", "tám nghìn"])
def test_what_is_not_a_whole_amount_is_refused(text: str) -> None:
    with pytest.raises(UnreadableAmount):
        parse_vnd(text)


@given(st.integers(0, 10**15))
def test_what_is_shown_can_be_read_back(amount: int) -> None:
    assert parse_vnd(format_vnd(amount)) == amount


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_different_amounts_have_different_words(one: int, other: int) -> None:
    assert (in_words(one) == in_words(other)) == (one == other)
