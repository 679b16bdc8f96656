"""Results, and the page's furniture that was scraped along with them."""

import re

from procedures.catalogue_load.national.values import Findings, Outcome
from procedures.catalogue_load.national.wording import NOTHING, one_line

_FURNITURE = re.compile(r"Từ khóa(?:Không có thông tin|.{0,300}?)Mô tả", re.DOTALL)
_PICKER = re.compile(r"Chọn cơ quan thực hiện(?:Tỉnh/ Thành phố)?.*$", re.DOTALL)
_CODE = r"(?:KQ[.\-]?|TP-|[A-Z]{2,5}-|\d{3}\.)[A-Z0-9.\-]*\d+|\d{1,6}(?=[^\d])|Chưa có(?: mã)?|[a-z]{2,12}\d*(?=[A-ZĐ]|$|\n)"
_RESULT = re.compile(rf"(?P<name>.*?)Mã: ?(?P<code>{_CODE})", re.DOTALL)


def without_furniture(text: str) -> tuple[str, str]:
    """The text before the page's keyword and picker blocks, and the description that stood between them."""
    match = _FURNITURE.search(text)
    if match is None:
        return _PICKER.sub("", text), ""
    description = _PICKER.sub("", text[match.end() :]).strip()
    return text[: match.start()], "" if description == NOTHING else description


def results(text: str, found: Findings) -> tuple[Outcome, ...]:
    """The results with their codes, once each. Codes that the national list does not have stay as they are."""
    body, _description = without_furniture(text)
    named: list[Outcome] = []
    end = 0
    for match in _RESULT.finditer(body):
        name = one_line(match["name"]).strip(" -+*;.")
        code = "" if match["code"].startswith("Chưa") else match["code"]
        if not name:
            found.missing("results", "no_name", code)
        named.append(Outcome(code, name or f"Kết quả {code}"))
        end = match.end()
    rest = one_line(body[end:]).strip(" -+*;.")
    if rest and not named:
        found.missing("results", "no_code", rest)
        named.append(Outcome("", rest))
    if not named:
        found.missing("results", "none_given", "")
    return tuple(dict.fromkeys(named))
