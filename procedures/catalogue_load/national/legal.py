"""The table of legal bases, flattened: title and number of each act, glued together."""

import re

from procedures.catalogue_load.national.values import Findings, LegalAct
from procedures.catalogue_load.national.wording import NOTHING, clean, one_line

HEAD = "Tên văn bản pháp lýMã văn bản"
_MINISTRIES = (
    "BTNMT BNNPTNT BNN&PTNT BNNMT BLĐTBXH BGTVT BGDĐT BGD&ĐT BKHĐT BKHCN BKH&CN BVHTTDL BTTTT BTC BTP BCA BQP BNG BNV BXD BYT BCT "
    "BTM BTS BCN BVHTT BHXH BNN BTTTT NHNN VPCP VPQH TTCP TANDTC VKSNDTC UBDT KTNN TTg HĐTP UBND HĐND TLĐ TCHQ TCT UBCK TLĐLĐVN TTLT"
)
_MINISTRY = "|".join(sorted(set(_MINISTRIES.split()), key=len, reverse=True))
_SUFFIX = (
    rf"NĐ-CP|NQ-CP|NQLT-CP-UBTƯMTTQVN|QH\d{{2}}|QĐ-TTg|"
    rf"NQ-UBTVQH\d{{2}}|UBTVQH\d{{2}}|PL-UBTVQH\d{{2}}|NQ-HĐND|NQ-HĐTP|QĐ-UBND|VBHN-(?:{_MINISTRY})|"
    rf"TTLT-(?:(?:{_MINISTRY})(?:-(?=[A-Z]))?){{1,5}}|(?:TT|QĐ|CT|CV)-(?:{_MINISTRY})|NĐ-C(?!P)|NQ-TW|SL|L-CTN"
)
_NUMBER = re.compile(rf"(?P<number>\d+(?:\.\d+)?/(?:(?:19|20)\d{{2}}/)?(?:{_SUFFIX}))")
_LABEL = re.compile(
    r"(?<=[^\s:;,(/-])(?P<label>(?:Luật|Luất|Thông tư|Nghị định|Nghị quyết|Quyết định|Pháp lệnh|Bộ luật|Số|số)(?: liên tịch)?(?: số)?:? ?)$"
)
_LABELS = frozenset(["Số", "số", "Luật", "Thông tư", "Nghị định", "Nghị quyết", "Quyết định", "Thông tư số", "Luật số", "Nghị định số"])
_IN_FORCE = re.compile(r"hiệu lực (?:thi hành )?(?:từ|kể từ)", re.IGNORECASE)
_DATED = re.compile(r"ngày (\d{1,2})\s*(?:/|-|\.|tháng)\s*(\d{1,2})\s*(?:/|-|\.|năm)\s*(\d{4})", re.IGNORECASE)


def legal_acts(text: str, found: Findings) -> tuple[LegalAct, ...]:
    """Every act with its number, and date and title where they are given."""
    body = clean(text).removeprefix(HEAD).split("Cơ quan thực hiện", 1)[0]
    body = re.sub(r"(?<=NĐ-|QĐ-) (?=[A-ZT])", "", body)
    if not body or body == NOTHING:
        found.missing("legal_basis", "none_given", "")
        return ()
    acts: list[LegalAct] = []
    start = 0
    for match in _NUMBER.finditer(body):
        if not _ends_a_row(body, match, start):
            continue
        end = match.end()
        cut = re.match(r"\d+/\d{4}(?!/)", body[end:])  # the number's cell, cut short: the title has the whole number
        is_cut = cut is not None and match["number"].startswith(f"{cut.group()}/")
        acts.append(_act(body[start : end if is_cut else match.start()], match["number"], found))
        start = end + (len(cut.group()) if is_cut and cut else 0)
    rest = one_line(body[start:]).strip(" ;,.")
    if len(rest) > 8:
        named = _NUMBER.search(rest)
        acts.append(LegalAct(named["number"] if named else "", rest, _own_date(rest, named["number"] if named else "?")))
        if not named:
            found.missing("legal_basis", "no_number", rest)
    return tuple(_once(acts))


def _once(acts: list[LegalAct]) -> list[LegalAct]:
    """Without rows that only repeat the number of another one."""
    titled = {act.number for act in acts if act.title}
    kept: list[LegalAct] = []
    for act in dict.fromkeys(acts):
        repeats = any(act.number and act.number == other.number for other in kept)
        if act.title or (act.number not in titled and not repeats):
            kept.append(act)
    return kept


def _ends_a_row(body: str, match: re.Match[str], start: int) -> bool:
    """A number that ends a row is glued to the title before it or to what follows; one inside a title stands between blanks."""
    before, rest, number = body[start : match.start()], body[match.end() :], match["number"]
    if before.rstrip(" ").endswith("\n") and before.strip():
        return True
    if not rest[:1].strip():
        is_last = not rest.strip()
        return is_last or before[-1:].isalpha() or bool(_LABEL.search(before)) or _ends_before_blank(before, rest, number)
    if rest.startswith("ngày"):
        return False
    if before[-1:].isalpha() or _LABEL.search(before) or (number in before and not before[-1:].isspace()):
        return True
    following = _NUMBER.match(rest)
    if following:
        return following["number"] != number and not before[-1:].isspace()
    return not rest.lstrip(":;,. ").startswith(number) and (rest[0].isalnum() or rest[0] in '-“"')


def _ends_before_blank(before: str, rest: str, number: str) -> bool:
    if before.rstrip().endswith(number) or (number in before and not before[-1:].isspace()):
        return True
    return not before[-1:].isspace() and bool(before) and rest.lstrip()[:1].isupper()


def _act(title: str, number: str, found: Findings) -> LegalAct:
    glued = re.match(r"(?P<year>(?:19|20)\d{2}\.?)(?P<own>\d{1,3}(?:\.\d)?/.+)", number)
    if glued:
        title, number = title + glued["year"], glued["own"]
    if number.endswith("NĐ-C"):
        found.repaired("legal_basis", "legal_number", number, f"{number}P")
        number += "P"
    label = _LABEL.search(title)
    title = one_line(title[: label.start()] if label else title).strip(" ;,.")
    return LegalAct(number, "" if title == number or title in _LABELS else title, _own_date(title, number))


def _own_date(title: str, number: str) -> str:
    """The act's own date; the titles of amending acts also name the dates of the acts they amend."""
    own = re.search(rf"{re.escape(number)}[\s,]*(?=ngày)", title)
    if own:
        return _date(title[own.end() : own.end() + 40])
    title = _IN_FORCE.split(title, maxsplit=1)[0]
    return "" if _NUMBER.search(title) or re.search(r"\d+/\d{4}/", title) else _date(title)


def _date(text: str) -> str:
    match = _DATED.search(text)
    if not match:
        return ""
    day, month, year = (int(part) for part in match.groups())
    return f"{year:04}-{month:02}-{day:02}" if 1 <= day <= 31 and 1 <= month <= 12 and 1945 <= year <= 2100 else ""
