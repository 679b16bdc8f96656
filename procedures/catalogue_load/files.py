"""The catalogue files, read and checked for shape."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from portal.core.errors import DomainError
from portal.core.paths import ROOT

Row = dict[str, Any]
DATA = ROOT / "data"
OURS = DATA / "procedures.yaml"
_NEEDED = {"code", "name", "short_name", "field", "levels", "location_scope", "online_level", "statutory", "fee", "components", "results"}


class UnknownFormat(DomainError):
    """The file is not a catalogue that this portal can read."""


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of a catalogue with what the portal decided about them."""

    rows: list[Row]
    choices: Row
    fees: Row
    competence: list[Row]
    origin: str


def read_source(path: Path = OURS) -> Source:
    """The catalogue of `path` and the companions of our own. Raises UnknownFormat."""
    return Source(
        rows=_read_rows(path),
        choices=_read(DATA / "catalogue_choices.yaml"),
        fees=_read(DATA / "catalogue_fees.yaml"),
        competence=_read(DATA / "catalogue_competence.yaml")["rules"],
        origin=f"{path.name}; chatbot-tthc/chatbot_tthc@53229487 (2026-07-20)",
    )


@cache
def choices() -> Row:
    """What the portal decided about catalogue rows; `data/catalogue_choices.yaml`."""
    loaded: Row = _read(DATA / "catalogue_choices.yaml")
    return loaded


def _read_rows(path: Path) -> list[Row]:
    if path.suffix not in {".yaml", ".yml"}:
        raise UnknownFormat(f"{path.name}: định dạng chưa được hỗ trợ; cần tệp .yaml cùng cấu trúc với data/procedures.yaml")
    if not path.is_file():
        raise UnknownFormat(f"Không có tệp {path}")
    try:
        loaded = _read(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UnknownFormat(f"{path.name}: không đọc được YAML ({error})") from error
    rows = loaded.get("procedures") if isinstance(loaded, dict) else None
    if not isinstance(rows, list) or not rows:
        raise UnknownFormat(f"{path.name}: không có danh sách `procedures`")
    for number, row in enumerate(rows, 1):
        missing = _NEEDED - row.keys() if isinstance(row, dict) else _NEEDED
        if missing:
            raise UnknownFormat(f"{path.name}, mục {number}: thiếu {', '.join(sorted(missing))}")
    return rows


def _read(path: Path) -> Any:
    with path.open(encoding="utf-8") as stream:
        return yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 -- both are safe loaders
