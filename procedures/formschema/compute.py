"""Answers that follow from other answers. Pure.

{"date_words": "birth_date"}                    the date in words
{"money_words": "capital_vnd"}                  the amount in words
{"pieces": ["{id_type} số {id_number}", …]}     each piece whose answers are all given, joined by ", "; else "otherwise"
{"sum": "documents.copies"}                     the column's total
{"sum_product": ["documents.pages", "documents.copies"]}
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from portal.core.money import in_words
from procedures.formschema.conditions import Answers, Json

_NAME = re.compile(r"{(\w+)}")
TextOf = Callable[[str], str]


def compute(rule: Json, answers: Answers, text_of: TextOf) -> Json:
    """The computed answer, or None while something it needs is missing. `text_of` reads an answer out in Vietnamese."""
    if not isinstance(rule, dict):
        return None
    if "date_words" in rule:
        return date_in_words(answers.get(str(rule["date_words"])))
    if "money_words" in rule:
        amount = answers.get(str(rule["money_words"]))
        return _capitalised(in_words(amount)) if isinstance(amount, int) else None
    if "pieces" in rule and isinstance(rule["pieces"], list):
        return _pieces([str(piece) for piece in rule["pieces"]], text_of) or _pieces([str(rule.get("otherwise") or "")], text_of) or None
    if "sum" in rule:
        return sum(_column(answers, str(rule["sum"])))
    if "sum_product" in rule and isinstance(rule["sum_product"], list):
        return _sum_product(rule, answers)
    return None


def date_in_words(value: Json) -> str | None:
    """ "2026-05-12" is "Ngày mười hai tháng năm năm hai nghìn không trăm hai mươi sáu"."""
    if not isinstance(value, str):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return f"Ngày {number_in_words(day.day)} tháng {_month(day.month)} năm {number_in_words(day.year)}"


def number_in_words(value: int) -> str:
    """The number as it is spoken."""
    return in_words(value).removesuffix(" đồng")


def _month(month: int) -> str:
    return "tư" if month == 4 else number_in_words(month)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _pieces(pieces: list[str], text_of: TextOf) -> str:
    said = []
    for piece in filter(None, pieces):
        texts: Mapping[str, str] = {name: text_of(name) for name in _NAME.findall(piece)}
        if all(texts.values()):
            said.append(piece.format_map(texts))
    return ", ".join(said)


def _column(answers: Answers, path: str) -> list[int]:
    table, _, column = path.partition(".")
    rows = answers.get(table)
    found = [row.get(column) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [value if isinstance(value, int) else 0 for value in found]


def _sum_product(rule: dict[str, Json], answers: Answers) -> int:
    paths = rule["sum_product"]
    first, second = (_column(answers, str(path)) for path in paths) if isinstance(paths, list) else ([], [])
    return sum(left * right for left, right in zip(first, second, strict=True))
