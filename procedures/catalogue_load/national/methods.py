"""The table of ways to file, flattened: channel, time, fee and description stand glued one to the other."""

import re
from dataclasses import dataclass

from procedures.catalogue_load.national.prices import DONG, price, split_glued
from procedures.catalogue_load.national.times import duration
from procedures.catalogue_load.national.values import Findings, Method
from procedures.catalogue_load.national.wording import clean

HEAD = "Hình thức nộpThời gianPhí, lệ phíMô tả"
CHANNELS = {"Trực tiếp": "direct", "Trực tuyến": "online", "Dịch vụ bưu chính": "postal"}
_CHANNEL = "(?P<channel>Trực tiếp|Trực tuyến|Dịch vụ bưu chính)"
_UNITS = r"Ngày làm việc|Ngày|Giờ làm việc|Giờ|Tháng|Năm|Tuần"
_CURRENCY = r"VNĐ|Việt Nam Đồng|USD|EUR|[A-Z]{3}(?=[(\s]|$)"
_FEE = rf"(?P<fee>Miễn phí|Không có thông tin|\d[\d,]* (?P<currency>{_CURRENCY}))"
_ROW = re.compile(rf"{_CHANNEL}(?P<time>Không có thông tin|\d+ (?:{_UNITS})|\d+(?=Miễn phí|Không có)|(?=\d[\d,]* (?:{_CURRENCY}))){_FEE}")
_LOOSE_ROW = re.compile(rf"{_CHANNEL}(?P<time>[^\d\s][^\n]{{0,300}}?) ?{_FEE}")


_LEAST_NOTE = 4
_FEE_SENTENCE = re.compile(
    r"(?:^|[\n.;+-])\s*(?P<said>(?:(?:các loại |mức )?phí, lệ phí|các loại phí|lệ phí|phí|mức (?:thu )?(?:phí|lệ phí))"
    r"[^:\n]{0,30}:\s*[^\n]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Row:
    channel: str
    time: str
    fee: str
    currency: str
    note: str
    description: str


def methods(text: str, steps: str, found: Findings) -> tuple[Method, ...]:
    """The rows of the flattened table in their order."""
    body = text.removeprefix(HEAD)
    rows = [_row(match, body[match.end() : end]) for match, end in _matches(body)]
    bare = {row.time for row in rows if row.time.isdigit()}
    foreign = any(row.currency and row.currency not in DONG for row in rows)
    read = []
    for row in rows:
        time, fee = row.time, row.fee
        if not time:
            time, fee = split_glued(fee, bare, row.note)
            found.repaired("methods", "glued_digits", f"{row.fee} {row.currency}", f"{time} | {fee} {row.currency}")
        read.append(
            Method(
                CHANNELS[row.channel],
                duration(time, row.description, steps, found),
                price(fee, row.currency, row.note or _fee_described(row), foreign, found),
                row.description,
            )
        )
    if not read:
        found.missing("methods", "no_methods", body)
    return tuple(read)


def _fee_described(row: _Row) -> str:
    """The sentence of the description that names the fee, where the fee's own cell says nothing."""
    said = [match["said"].strip() for match in _FEE_SENTENCE.finditer(row.description)]
    return "; ".join(said) if len(said) > 1 or not row.currency else ""


def _matches(body: str) -> list[tuple[re.Match[str], int]]:
    """The openings of the rows, each with the end of the row."""
    found = list(_ROW.finditer(body))
    if not found or found[0].start() > 0:
        strict = found[0].start() if found else len(body)
        loose = list(_LOOSE_ROW.finditer(body, 0, strict))
        first = loose[0]["time"] if loose else ""
        loose = [match for match in loose if match.start() == 0 or match["time"] == first or not body[match.start() - 1].isspace()]
        found = loose + found
    ends = [match.start() for match in found[1:]] + [len(body)]
    return list(zip(found, ends, strict=False))


def _row(match: re.Match[str], rest: str) -> _Row:
    note, description = _note(rest)
    currency = match["currency"] or ""
    return _Row(match["channel"], match["time"].strip(), match["fee"].removesuffix(currency).strip(), currency, note, clean(description))


def _note(rest: str) -> tuple[str, str]:
    """The note in brackets directly after the fee, and what follows. The bracket ends where it is balanced."""
    if not rest.startswith("("):
        return "", rest
    depth = 0
    for at, char in enumerate(rest):
        depth += (char == "(") - (char == ")")
        if depth == 0 and at < _LEAST_NOTE:
            return "", rest  # "(1)" opens the description
        if depth == 0:
            return clean(rest[1:at]), rest[at + 1 :]
    return clean(rest[1:]), ""
