"""Amounts of money: integer đồng, as people write and say them."""

import re

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+")
_CURRENCY = re.compile(r"\s*(?:đồng|vnđ|vnd|đ|₫)\.?$", re.IGNORECASE)
_BILLION = 10**9
MOST_VND = 100_000_000_000
"""More than any fee or obligation of one dossier: a larger amount was mistyped."""


class UnreadableAmount(ValueError):
    """The text is not a whole amount of đồng."""


def format_vnd(amount_vnd: int) -> str:
    """The amount with dots between thousands: 8000 is "8.000 đ"."""
    return f"{amount_vnd:,}".replace(",", ".") + " đ"


def parse_vnd(text: str) -> int:
    """The whole đồng that the text names: "1.234.567", "8,000 đ", "50000 VND".

    Raises UnreadableAmount for decimals, signs and anything that is not one number.
    """
    cleaned = _CURRENCY.sub("", " ".join(text.split()))
    if not cleaned.isascii() or not _GROUPED.fullmatch(cleaned):
        raise UnreadableAmount(text)
    return int(re.sub(r"\D", "", cleaned))


def in_words(amount_vnd: int) -> str:
    """The amount as it stands on a receipt: 8000 is "tám nghìn đồng"."""
    if amount_vnd < 0:
        return f"âm {in_words(-amount_vnd)}"
    return f"{' '.join(_number(amount_vnd)) or 'không'} đồng"


def _number(value: int) -> list[str]:
    """Words of the value, without zero groups; empty for zero."""
    if value >= _BILLION:
        billions, rest = divmod(value, _BILLION)
        return [*_number(billions), "tỷ", *_below_billion(rest, is_leading=False)]
    return _below_billion(value, is_leading=True)


def _below_billion(value: int, *, is_leading: bool) -> list[str]:
    words: list[str] = []
    for size, name in ((10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        group = value // size % 1000
        if not group:
            continue
        words += _below_thousand(group, is_leading=is_leading and not words)
        if name:
            words.append(name)
    return words


def _below_thousand(value: int, *, is_leading: bool) -> list[str]:
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    words = [] if is_leading and not hundreds else [_DIGITS[hundreds], "trăm"]
    if tens > 1:
        words += [_DIGITS[tens], "mươi"]
    elif tens == 1:
        words.append("mười")
    elif ones and words:
        words.append("linh")
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 5 and tens:
        words.append("lăm")
    elif ones:
        words.append(_DIGITS[ones])
    return words
