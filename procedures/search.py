"""Ranking and repairing a search for procedures. Pure.

Vietnamese syllables are short, so trigrams confuse them; what counts is the exact accented phrase, then the folded
phrase, then all words, then position and length. A misspelt word is only repaired when nothing was found.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from portal.core.text import search_key

MAX_WORDS = 12
FILLERS = frozenset(
    [
        "lam",
        "xin",
        "muon",
        "can",
        "thu",
        "tuc",
        "toi",
        "cho",
        "o",
        "dau",
        "cach",
        "giup",
        "voi",
        "nhu",
        "the",
        "nao",
        "de",
        "di",
        "mot",
        "ban",
        "ve",
    ]
)
"""Words of everyday questions that name no procedure, folded."""

OPENINGS = ("đăng ký ", "cấp giấy ", "cấp ", "dang ki ", "cap giai ", "cap ")
"""Verbs with which most names open; what follows them counts as the beginning. As written, and folded."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A procedure as far as ranking needs it; keys are folded, `name` is as written."""

    code: str
    name: str
    name_key: str
    keyword_keys: tuple[str, ...]
    is_ended: bool = False


def words_of(text: str) -> list[str]:
    """The folded words of the question, at most MAX_WORDS."""
    return search_key(text).split()[:MAX_WORDS]


def without_fillers(words: Sequence[str]) -> list[str]:
    """The words that can name a procedure; all of them when none would be left."""
    return [word for word in words if word not in FILLERS] or list(words)


def repaired(words: Sequence[str], vocabulary: Iterable[str]) -> list[str]:
    """Each word that the vocabulary lacks, replaced by its nearest; one slip in a short word, two in a long one."""
    known = sorted(set(vocabulary))
    beginnings = {word[:length] for word in known for length in range(1, len(word) + 1)}
    return [word if word in beginnings else _nearest(word, known) for word in words]


def _nearest(word: str, known: Sequence[str]) -> str:
    allowed = 1 if len(word) <= 5 else 2
    near = [(OSA.distance(word, other, score_cutoff=allowed), other) for other in known if abs(len(other) - len(word)) <= allowed]
    best = min(near, key=lambda pair: (pair[0], sorted(pair[1]) != sorted(word), pair[1]), default=(allowed + 1, word))
    return best[1] if best[0] <= allowed else word


def ranked(text: str, words: Sequence[str], found: Iterable[Candidate]) -> list[tuple[int, Candidate]]:
    """The candidates best first, each with a score from 0 to 100."""
    spoken = unicodedata.normalize("NFC", text).lower().strip()
    phrase = " ".join(words)
    ordered = sorted(((_rank(spoken, phrase, words, each), each) for each in found), key=lambda pair: (pair[0], pair[1].code))
    return [(max(0, 100 - 15 * rank[1] - min(rank[2], 9) - (40 if rank[0] else 0)), each) for rank, each in ordered]


def _rank(spoken: str, phrase: str, words: Sequence[str], each: Candidate) -> tuple[bool, int, int, int]:
    tier, position = _match(spoken, phrase, words, each)
    return each.is_ended, tier, position, len(each.name_key)


def _match(spoken: str, phrase: str, words: Sequence[str], each: Candidate) -> tuple[int, int]:
    """How well it fits, 0 best, and where. Whole words come before beginnings of words."""
    if spoken == each.code:
        return 0, 0
    name = each.name.lower()
    if spoken in name:
        return 1, _position(spoken, name)
    padded = f" {each.name_key} "
    if f" {phrase} " in padded:
        return 2, _position(phrase, each.name_key)
    if phrase in each.keyword_keys:
        return 2, 0
    if f" {phrase}" in padded:
        return 3, padded.index(f" {phrase}")
    if any(f" {phrase}" in f" {key}" for key in each.keyword_keys):
        return 3, 5
    present = sum(f" {word}" in padded for word in words)
    return (4, 0) if present == len(words) else (5, len(words) - present)


def _position(phrase: str, name: str) -> int:
    """Where the phrase stands; directly after an opening verb is as good as the beginning."""
    at = name.index(phrase)
    return 0 if name[:at] in OPENINGS else at
