"""The Vietnamese message catalogue: parts that each module keeps, merged and compiled without GNU gettext."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from portal.core import paths

if TYPE_CHECKING:
    import polib

LOCALE = paths.ROOT / "portal" / "locale"
PARTS = LOCALE / "parts"
TARGET = LOCALE / "vi" / "LC_MESSAGES"
METADATA = {
    "Project-Id-Version": "motcua",
    "Language": "vi",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


class CatalogueError(Exception):
    """The parts cannot be merged; each line of the message names a file and what is wrong in it."""


def merge(folder: Path = PARTS, *, report: Callable[[str], None] | None = None) -> "polib.POFile":
    """One catalogue of every part, sorted by msgid.

    Empty texts and two texts of one msgid raise CatalogueError; with `report` they are told instead, and the first text wins.
    """
    import polib  # noqa: PLC0415 -- a development tool; the compiled catalogue is committed

    merged: dict[tuple[str, str], tuple[str, polib.POEntry]] = {}
    problems: list[str] = []
    for part in sorted(folder.glob("*.po")):
        for entry in polib.pofile(str(part), encoding="utf-8"):
            if entry.obsolete:
                continue
            problems += _problems_of(part.name, entry, merged)
            if _text(entry):
                merged.setdefault((entry.msgctxt or "", entry.msgid), (part.name, entry))
    if problems and not report:
        raise CatalogueError("\n".join(problems))
    if report:
        for problem in problems:
            report(problem)
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = METADATA
    for _key, (_name, entry) in sorted(merged.items(), key=lambda pair: pair[0]):
        plural = (
            {"msgid_plural": entry.msgid_plural, "msgstr_plural": {0: _text(entry)}} if entry.msgid_plural else {"msgstr": entry.msgstr}
        )
        flags = ["python-format"] if "%(" in entry.msgid else []
        catalogue.append(polib.POEntry(msgid=entry.msgid, msgctxt=entry.msgctxt, flags=flags, **plural))
    return catalogue


def compiled(catalogue: "polib.POFile") -> bytes:
    """The .mo of a catalogue; the same catalogue gives the same bytes."""
    return bytes(catalogue.to_binary())


def _problems_of(name: str, entry: "polib.POEntry", merged: "dict[tuple[str, str], tuple[str, polib.POEntry]]") -> list[str]:
    if not _text(entry):
        return [f"{name}: no text for {entry.msgid!r}"]
    first = merged.get((entry.msgctxt or "", entry.msgid))
    if first and _text(first[1]) != _text(entry):
        return [f"{name}: {entry.msgid!r} is {_text(entry)!r}, but in {first[0]} it is {_text(first[1])!r}"]
    return []


def _text(entry: "polib.POEntry") -> str:
    return str(entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr)
