"""What a person reads on a page, piece by piece, and what must never be among it."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

import polib

from portal.core import paths

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SILENT = {"script", "style", "template", "svg"}
INLINE = {"strong", "em", "b", "i", "span", "a", "abbr", "small", "sup", "sub", "time", "mark", "q"}
SPOKEN = ("title", "aria-label", "placeholder", "alt", "label", "data-th")
ENGLISH = re.compile(
    r"\b(the|and|of|with|this|that|your|from|not|is|are|was|please|dossier|agency|office|procedure|submit|save|required|error|until|days?|"
    r"counter|search|invalid|yes|unknown|page|next|previous|file|name|date|state|result|paper|form)\b"
)
MACHINE = (
    ("a key", re.compile(r"\b[a-z]{2,}(?:_[a-z0-9]+)+\b")),
    ("a Python value", re.compile(r"\b(None|True|False|NaN|nan)\b|<[\w.]+ object|\bobject at 0x")),
    ("JSON or a template", re.compile(r"[{}]|\[['\"\]]|%\(\w+\)|\\u[0-9a-f]{4}")),
    ("escaped HTML", re.compile(r"&(?:lt|gt|amp|quot|#\d+);")),
)


class _Reader(HTMLParser):
    """Collects texts; what is marked as another language, and `data-raw` of the kit, is not read."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.texts: list[str] = [""]
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        if self.foreign or tag in SILENT or (tag != "html" and given.get("lang", self.language) != self.language):
            if tag not in VOID:
                self.foreign.append(tag)
            return
        spoken = [given[name] for name in SPOKEN if given.get(name)]
        if tag == "input" and given.get("type") in {"submit", "button"}:
            spoken.append(given.get("value", ""))
        if tag not in INLINE:
            self.texts.append("")
        if spoken:
            self.texts[-1:] = [*spoken, self.texts[-1]]

    def handle_endtag(self, tag: str) -> None:
        if self.foreign:
            if tag == self.foreign[-1]:
                self.foreign.pop()
        elif tag not in INLINE:
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if not self.foreign:
            self.texts[-1] += data


def read(page: str) -> tuple[str, list[str]]:
    """The language the page declares, and its texts."""
    reader = _Reader()
    reader.feed(page)
    return reader.language, [text for text in (" ".join(text.split()) for text in reader.texts) if text]


@cache
def _catalogue() -> list[tuple[str, str]]:
    files = (paths.ROOT / "portal" / "locale" / "parts").glob("*.po")
    entries = [entry for file in files for entry in polib.pofile(str(file))]
    pairs = [(entry.msgid, entry.msgstr or entry.msgstr_plural.get(0, "")) for entry in entries]
    return [(" ".join(english.split()), " ".join(vietnamese.split())) for english, vietnamese in pairs if english != vietnamese]


def bare(text: str) -> str:
    """The text without a single mark."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


@cache
def _english() -> tuple[frozenset[str], tuple[str, ...]]:
    msgids = [english for english, _vietnamese in _catalogue()]
    return frozenset(msgids), tuple(msgid for msgid in msgids if msgid.count(" ") > 1 and "%" not in msgid)


@cache
def _stripped() -> frozenset[str]:
    return frozenset(bare(text).lower() for _english, text in _catalogue() if bare(text) != text and "%" not in text)


def faults(texts: list[str]) -> Iterator[str]:
    """What a Vietnamese page must not say, each with the piece of text."""
    msgids, sentences = _english()
    for text in texts:
        if text in msgids or any(sentence in text for sentence in sentences):
            yield f"untranslated: {text[:120]}"
        elif found := ENGLISH.search(text):
            yield f"English '{found[0]}': {text[:120]}"
        if " " in text and text.lower() in _stripped():
            yield f"without marks: {text[:120]}"
        for what, pattern in MACHINE:
            if found := pattern.search(text):
                yield f"{what}, '{found[0]}': {text[:120]}"
