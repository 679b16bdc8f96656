"""Vietnamese text as the national catalogue has it: cleaning, and finding where two cells were glued together."""

import re
import unicodedata

NOTHING = "Không có thông tin"
_SPACES = re.compile(r"[ \t\u00a0]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_LINES = re.compile(r"\s*\n\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_VOWELS = "aăâeêioôơuưy"
_ONSET = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx]"
_SYLLABLE = re.compile(rf"(?:{_ONSET})?[{_VOWELS}]{{1,3}}(?:ng|nh|ch|[cmnpt])?")
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}


def clean(text: str) -> str:
    """Composed, without control characters, single blanks, lines kept."""
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).replace("\r", "\n"))
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def one_line(text: str) -> str:
    """The cleaned text in one line."""
    return " ".join(clean(text).split())


def stated(text: str) -> str:
    """The text, or nothing where the source says that it has no information."""
    found = clean(text)
    return "" if found in {NOTHING, "--", "-"} else found


def toneless(word: str) -> str:
    """Lower case without tone marks; the letters keep their shape (ê stays ê)."""
    bare = "".join(char for char in unicodedata.normalize("NFD", word.lower()) if char not in _TONES)
    return unicodedata.normalize("NFC", bare)


def is_syllable(word: str) -> bool:
    """Whether it could be one Vietnamese syllable."""
    return bool(_SYLLABLE.fullmatch(toneless(word)))


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, ended at a clause or a word."""
    text = one_line(text)
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    clause = max(cut.rfind(mark) for mark in (";", " (", ", "))
    at = clause if clause > limit * 0.6 else cut.rfind(" ")
    return cut[: at if at > 0 else limit - 1].rstrip(" ,;:(-–") + "…"


def capitalised(text: str) -> str:
    """The first letter upper case."""
    return text[:1].upper() + text[1:]
