"""Vietnamese text, made comparable: searching, sorting, storing."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_STROKED = str.maketrans({"đ": "d", "ð": "d"})
"""Neither decomposes. The Icelandic letter is what some keyboards type for the Vietnamese one."""

_TONES = {"": "0", "\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
"""Ngang, huyền, hỏi, ngã, sắc, nặng: the order of Vietnamese dictionaries."""

_SHAPES = {"\u0306": "1", "\u0302": "2", "\u031b": "3"}
"""Breve, circumflex, horn: a ă â, e ê, o ô ơ, u ư."""


def normalise(text: str) -> str:
    """The text is composed (NFC) and has no blanks around it."""
    return unicodedata.normalize("NFC", text).strip()


def fold(text: str) -> str:
    """The text is lower case, without diacritics, with single spaces: "Đặng  Ân" is "dang an"."""
    decomposed = unicodedata.normalize("NFD", text.lower()).translate(_STROKED)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _SPACES.sub(" ", bare).strip()


def search_key(text: str) -> str:
    """The folded text with y written i and punctuation as spaces: "Lý-Mỹ" and "li mi" are one."""
    return _NOT_WORD.sub(" ", fold(text)).replace("y", "i").strip()


def vietnamese_sort_key(text: str) -> str:
    """An ASCII key whose byte order is the Vietnamese alphabetical order.

    Syllable by syllable, letters before tones, numbers by their value, case ignored. Store it
    in a column with the "C" collation: the database has no Vietnamese collation of its own.
    """
    words = _NOT_WORD.sub(" ", unicodedata.normalize("NFC", text).lower()).split()
    return " ".join(_word_key(word) for word in words)


def _word_key(word: str) -> str:
    letters: list[str] = []
    tone = "0"
    for char in unicodedata.normalize("NFD", word):
        if char in _TONES:
            tone = _TONES[char]
        elif char in _SHAPES and letters:
            letters[-1] = letters[-1][0] + _SHAPES[char]
        elif char in "đð":
            letters.append("d1")
        elif char.isdigit() or not unicodedata.combining(char):
            letters.append(char if char.isdigit() else char + "0")
    spelled = "".join(letters)
    if word.isdigit():
        spelled = _DIGITS.sub(lambda match: match.group().zfill(8), spelled)
    # "!" sorts below every letter, so a short syllable comes before its longer neighbours.
    return f"{spelled}!{tone}"
