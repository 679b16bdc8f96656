"""The names of attached forms, which are glued to the end of a component's name."""

import re

from procedures.catalogue_load.national.wording import is_syllable

_EXTENSION = re.compile(r"\.(?:docx?|pdf|xlsx?|rar|zip|rtf|odt|jpe?g|png|pptx?)$", re.IGNORECASE)
_TWO_FILES = re.compile(r"(?<=\.)(docx?|pdf|xlsx?|rtf)(?=[^\s.,;:)\]])(?!x)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+$")
_AFTER_MARK = re.compile(r"[.;:,)\]»”\"](?=[^\s.,;:)\]»”\"])")
_FORM = re.compile(
    r"(?<=[^\s(“\"_/-])(?=(?:Mẫu|MẪU|mẫu số|Mau|mau so|Mus|Phụ lục|PHỤ LỤC|Phu luc|Phuluc|Phlc|PHLC|Biểu mẫu|Biểu số|Bm\.|Đơn|"
    r"Tờ khai)(?:[IVX]{0,4}(?:[\s\d_.-]|$)))"
)
_ACT_NUMBER = re.compile(r"\d/(?:NĐ-CP|QĐ-TTg)(?=[A-ZĐÀ-Ỹ])")
_LETTERS = re.compile(r"[^\W\d_]+")
_OPENERS = (
    *("mẫu", "mau", "bm", "phụ", "phu", "phl", "phlc", "pl", "đơn", "don", "tờ", "to", "tk", "bản", "ban"),
    *("giấy", "giay", "văn", "van", "biểu"),
)
LONGEST_NAME = 24
"""Words; file names longer than this do not occur."""


def split_attachments(text: str) -> tuple[str, tuple[str, ...]]:
    """The component's name, and the files attached to it; no files when the text does not end with one."""
    files: list[str] = []
    rest = text.rstrip()
    while _EXTENSION.search(rest) and not _ADDRESS.search(rest):
        pieces = _TWO_FILES.split(rest)
        if len(pieces) >= 3 and pieces[-1]:
            files.insert(0, pieces[-1].strip())
            rest = "".join(pieces[:-1])
            continue
        at = _start_of_file(rest)
        files.insert(0, rest[at:].strip())
        rest = rest[:at].rstrip()
        break
    return rest, tuple(name for name in files if name)


def _start_of_file(text: str) -> int:
    """Where the last file's name begins: after the nearest place at which two cells are glued."""
    words = list(re.finditer(r"\S+", text))
    first = words[-LONGEST_NAME:][0].start()
    if form := _FORM.search(text, first + 1):
        return form.start()
    for word in reversed(words[-LONGEST_NAME:]):
        glue = _glue(word.group(), is_last=word is words[-1])
        if glue is not None:
            return word.start() + glue
    return words[-1].start() if len(words) > 1 else 0


def _glue(word: str, *, is_last: bool) -> int | None:
    """The place within the word where one cell ends and the next begins."""
    if act := _ACT_NUMBER.search(word):
        return act.end()
    for mark in _AFTER_MARK.finditer(word):
        tail = word[mark.end() :]
        whole = word[: mark.start()]
        head = whole.rstrip('.;:,)]»”"').lstrip('(“"')
        if (
            not mark.start()
            or (is_last and _EXTENSION.fullmatch(word[mark.start() :]))
            or head.isdigit()
            or not _is_end(whole, head, mark.group(), tail)
        ):
            continue
        return mark.end()
    letters = _LETTERS.match(word.lstrip('(“"/-'))
    if letters is None:
        return _after_number(word)
    start = word.index(letters.group())
    run = letters.group()
    for at in range(len(run) - 1, 0, -1):
        head, tail = run[:at], run[at:]
        if head[-1].islower() and tail[0].isupper() and is_syllable(head):
            return start + at
    if len(run) > 1 and not is_syllable(run):
        return _lower_glue(run, start)
    if (
        is_syllable(run)
        and run[-1].islower()
        and word[start + len(run) : start + len(run) + 1].isdigit()
        and _is_file_like(word[start + len(run) :])
    ):
        return start + len(run)
    return None


def _is_end(whole: str, head: str, mark: str, tail: str) -> bool:
    """Whether a name can end with this word and mark. A full stop also stands inside file names, but no stroke does."""
    return mark != "." or is_syllable(head) or (whole.endswith(")") and not tail[:1].isdigit()) or "/" in head


def _lower_glue(run: str, start: int) -> int | None:
    """Two syllables glued without a capital: "địnhbản"."""
    lowered = run.lower()
    for at in range(len(run) - 1, 1, -1):
        if lowered[at:].startswith(_OPENERS) and is_syllable(run[:at]) and any(ord(char) > 127 for char in run):
            return start + at
    return None


def _after_number(word: str) -> int | None:
    """A form's number glued to a file: "01Mẫu", "2025Don"."""
    match = re.match(r"\(?[\d./-]*\d(?=[A-ZĐÀ-Ỹ][^\W\d_])", word)
    return match.end() if match and "." not in word[: match.end()] else None


def _is_file_like(text: str) -> bool:
    return bool(re.match(r"\d+[._-]", text))
