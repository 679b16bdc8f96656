"""How people write the names of places: type words, their abbreviations, and the usual short names of cities. Pure."""

import re

from portal.core.text import search_key

TYPE_WORDS = ("thanh pho", "thi xa", "thi tran", "dac khu", "tinh", "huyen", "quan", "phuong", "xa")
ABBREVIATIONS = {
    "tp": "thanh pho",
    "tx": "thi xa",
    "tt": "thi tran",
    "q": "quan",
    "p": "phuong",
    "f": "phuong",
    "h": "huyen",
    "x": "xa",
    "dk": "dac khu",
}
NICKNAMES = {
    "ho chi minh": "hcm tphcm sai gon sg hcmc",
    "ha noi": "hn hanoi",
    "da nang": "dn",
    "hue": "thua thien hue tth",
    "ba ria vung tau": "brvt",
}

_GLUED = re.compile(r"\b(p|q|f|tp|tx|tt)(\d+)\b")
_LEADING_TYPE = re.compile(rf"^({'|'.join(TYPE_WORDS)}) (?=\D)")
_ZEROS = re.compile(r"\b0+(?=\d+\b)")
_NOTE = re.compile(r"\(.*?\)|\(.*$")


def spoken(text: str) -> str:
    """The folded text with abbreviated type words written out: "P.Bến Nghé, Q1" is "phuong ben nghe quan 1"."""
    words = _GLUED.sub(r"\1 \2", search_key(text)).split()
    full = [ABBREVIATIONS.get(word, word) if position + 1 < len(words) else word for position, word in enumerate(words)]
    return _ZEROS.sub("", " ".join(full))


def bare(text: str) -> str:
    """The spoken text without its leading type word; numbered places keep theirs ("quan 1")."""
    return _LEADING_TYPE.sub("", spoken(text))


def segments(text: str) -> list[str]:
    """The parts between commas, as people type an address, without notes in brackets."""
    return [part.strip() for part in _NOTE.sub("", text).split(",") if part.strip()]


def path_words(*names: str) -> str:
    """Everything by which a unit with these names (its own first, then its parents') is found."""
    words: list[str] = []
    for name in names:
        words.append(spoken(name))
        words.append(NICKNAMES.get(bare(name), ""))
    return " ".join(word for word in words if word)


def lowered(name: str) -> str:
    """The name inside a sentence: "phường Ba Đình", "tỉnh Lào Cai"; the city's name "Thành phố Hồ Chí Minh" keeps its capital."""
    if name == "Thành phố Hồ Chí Minh":
        return name
    return name[:1].lower() + name[1:]


def without_type(name: str) -> str:
    """ "Tỉnh Lào Cai" becomes "Lào Cai"; numbered places keep their type word."""
    for word in ("Thành phố ", "Thị xã ", "Thị trấn ", "Đặc khu ", "Tỉnh ", "Huyện ", "Quận ", "Phường ", "Xã "):
        rest = name.removeprefix(word)
        if rest != name and not rest[:1].isdigit():
            return rest
    return name
