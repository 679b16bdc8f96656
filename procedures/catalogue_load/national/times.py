"""Processing times: the cell of the table, and the unit where the cell has none."""

import re

from procedures.catalogue_load.national.spoken import spoken
from procedures.catalogue_load.national.values import Duration, Findings
from procedures.catalogue_load.national.wording import NOTHING

UNITS = {
    "ngày làm việc": "working_day",
    "ngày": "day",
    "giờ làm việc": "hour",
    "giờ": "hour",
    "tháng": "month",
    "năm": "year",
    "tuần": "week",
}
UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_CELL = re.compile(rf"(\d+)(?: ({UNIT}))?", re.IGNORECASE)
_DECIDING = r"(?:thời (?:hạn|gian) (?:giải quyết|thực hiện|trả kết quả)|tổng thời gian)"
_SAME_DAY = re.compile(r"ngay trong ngày(?: tiếp nhận| làm việc| nhận)?|trong ngày làm việc|trả kết quả ngay", re.IGNORECASE)
_WORDS = {2: "hai", 3: "ba", 4: "bốn", 5: "năm", 6: "sáu", 7: "bảy", 8: "tám", 9: "chín", 10: "mười", 15: "mười lăm", 20: "hai mươi"}


def duration(cell: str, description: str, steps: str, found: Findings) -> Duration:
    """The time of one way of filing. A number without a unit gets the unit that the texts give to the same number."""
    said = " ".join(cell.split())
    match = _CELL.fullmatch(said)
    if match is None:
        if said not in {NOTHING, ""}:
            found.missing("time", "no_time", said)
        return Duration(None, "", "" if said == NOTHING else said)
    value, named = int(match[1]), (match[2] or "").lower()
    if value == 0:
        found.missing("time", "zero_time", said)
        return Duration(None, "", said)
    if named:
        return _in_rules(value, UNITS[named], said)
    unit = unit_in_text(value, description) or unit_in_text(value, steps)
    if not unit:
        found.missing("time", "no_unit", said)
        return Duration(None, "", said)
    time = _in_rules(value, unit, said)
    found.repaired("time", "time_unit", said, spoken(time))
    return time


def _in_rules(value: int, unit: str, said: str) -> Duration:
    if unit == "week":
        return Duration(value * 7, "day", said)
    return Duration(None if unit == "in_day" else value, unit, said)


def unit_in_text(value: int, text: str) -> str:
    """The unit that the text gives to this number as a processing time; empty when it gives none, or several.

    1 is what people type when a table insists on a number, so it counts only beside the words "processing time",
    or as "within the same day".
    """
    spelled = _WORDS.get(value)
    number = rf"0?{value}(?: ?\([^)]{{1,30}}\))?" + (rf"|{spelled}(?: ?\(0?{value}\))?" if spelled else "")
    phrase = rf"(?<![\d/.,])(?:{number}) ({UNIT})\b"
    stated = {m[1].lower() for m in re.finditer(rf"{_DECIDING}[^.;\n]{{0,60}}?{phrase}", text, re.IGNORECASE)}
    if len(stated) == 1:
        return UNITS[stated.pop()]
    if value == 1:
        return "in_day" if not stated and _SAME_DAY.search(text) else ""
    within = {
        m[1].lower()
        for m in re.finditer(rf"(?:trong(?: thời)? (?:hạn|vòng)|không quá|thời hạn|tối đa)[^.;\n]{{0,20}}?{phrase}", text, re.IGNORECASE)
    }
    return UNITS[within.pop()] if len(within) == 1 else ""
