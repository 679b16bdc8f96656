"""What a PDF shows and where, as small data: runs of text with their place and size, one list a page."""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from ctypes import c_double, c_int, create_string_buffer
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
from pypdfium2 import raw

GOLDEN = Path(__file__).parent / "golden"
LOCK = threading.Lock()
GAP, LINE = 9.0, 2.5
"""Points to the right, or up and down, after which a new run begins."""

NEAR_X, NEAR_Y, NEAR_SIZE = 2.5, 4.0, 0.6
"""What a new version of the drawing libraries may move; a field that was moved or dropped differs by more."""


@dataclass(frozen=True)
class Glyph:
    text: str
    x: float
    y: float
    right: float
    size: float
    font: str


def glyphs(page: pypdfium2.PdfPage) -> Iterator[Glyph]:
    """The letters of the page in reading order; blanks, which libraries make up differently, are left out."""
    text = page.get_textpage()
    height = page.get_height()
    for index in range(text.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(text.raw, index))
        if letter.isspace() or letter in "\x00\ufeff\ufffe\u00ad":
            continue
        x, y = c_double(), c_double()
        raw.FPDFText_GetCharOrigin(text.raw, index, x, y)
        left, _bottom, right, _top = text.get_charbox(index)
        matrix = raw.FS_MATRIX()
        raw.FPDFText_GetMatrix(text.raw, index, matrix)
        size = raw.FPDFText_GetFontSize(text.raw, index) * (matrix.c**2 + matrix.d**2) ** 0.5
        yield Glyph(letter, left, height - y.value, right, size, _font(text, index))


def _font(text: pypdfium2.PdfTextPage, index: int) -> str:
    flags = c_int()
    length = raw.FPDFText_GetFontInfo(text.raw, index, None, 0, flags)
    buffer = create_string_buffer(length)
    raw.FPDFText_GetFontInfo(text.raw, index, buffer, length, flags)
    return buffer.value.decode()


def runs(page: pypdfium2.PdfPage) -> list[list[Any]]:
    """[x, y, size, text] of each run."""
    found: list[list[Any]] = []
    last: Glyph | None = None
    for glyph in glyphs(page):
        is_new = last is None or abs(glyph.y - last.y) > LINE or not -GAP < glyph.x - last.right < GAP
        if is_new:
            found.append([round(glyph.x), round(glyph.y), round(glyph.size * 2) / 2, glyph.text])
        else:
            found[-1][3] += glyph.text
        last = glyph
    return found


def layout(pdf: bytes, hidden: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each page: its size, and its runs without what is random (`hidden`: text to sign)."""
    with LOCK:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [
                {"size": [round(page.get_width()), round(page.get_height())], "runs": [_masked(run, hidden) for run in runs(page)]}
                for page in document
            ]
        finally:
            document.close()


def _masked(run: list[Any], hidden: Mapping[str, str]) -> list[Any]:
    text = run[3]
    for value, sign in hidden.items():
        text = text.replace(re.sub(r"\s", "", value), sign)
    return [*run[:3], text]


def fonts_and_sizes(pdf: bytes) -> dict[tuple[str, float], int]:
    """How many letters are in which font and size."""
    counts: dict[tuple[str, float], int] = {}
    with LOCK:
        document = pypdfium2.PdfDocument(pdf)
        try:
            for page in document:
                for glyph in glyphs(page):
                    key = (glyph.font, round(glyph.size * 2) / 2)
                    counts[key] = counts.get(key, 0) + 1
        finally:
            document.close()
    return counts


def differences(now: list[dict[str, Any]], golden: list[dict[str, Any]]) -> list[str]:
    """Where the pages differ, in words; empty when they show the same at the same places."""
    if [page["size"] for page in now] != [page["size"] for page in golden]:
        return [f"pages {[page['size'] for page in now]} instead of {[page['size'] for page in golden]}"]
    told = []
    for number, (page, wanted) in enumerate(zip(now, golden, strict=True), 1):
        texts, wanted_texts = [run[3] for run in page["runs"]], [run[3] for run in wanted["runs"]]
        told += [f"page {number} lacks “{text}”" for text in wanted_texts if text not in texts]
        told += [f"page {number} has “{text}” too" for text in texts if text not in wanted_texts]
        if not told and texts != wanted_texts:
            told.append(f"page {number} is in another order")
        if not told:
            told += [
                f"page {number}: “{run[3]}” at {run[:3]} instead of {place[:3]}"
                for run, place in zip(page["runs"], wanted["runs"], strict=True)
                if abs(run[0] - place[0]) > NEAR_X or abs(run[1] - place[1]) > NEAR_Y or abs(run[2] - place[2]) > NEAR_SIZE
            ]
    return told


def golden_of(name: str) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    return pages


def write_golden(name: str, pages: list[dict[str, Any]]) -> None:
    """A run a line, so that a change reads well."""
    lines = []
    for page in pages:
        shown = ",\n".join("  " + json.dumps(run, ensure_ascii=False) for run in page["runs"])
        lines.append(f'{{"size": {json.dumps(page["size"])}, "runs": [\n{shown}\n]}}')
    (GOLDEN / f"{name}.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")
