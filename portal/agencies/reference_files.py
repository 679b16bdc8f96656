"""The committed reference files under `data/`, read as plain rows. Where they come from: `data/README.md`."""

import csv
import gzip
from datetime import date, timedelta
from pathlib import Path

from portal.core.paths import ROOT

DATA = ROOT / "data"
ONE_DAY = timedelta(days=1)


def read_rows(name: str, folder: Path = DATA) -> list[dict[str, str]]:
    """The rows of `name`.csv or `name`.csv.gz, keyed by the header."""
    packed = folder / f"{name}.csv.gz"
    if packed.exists():
        with gzip.open(packed, "rt", encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def first_day(text: str) -> date | None:
    """The date of a `valid_from` cell; None when it is empty."""
    return date.fromisoformat(text) if text else None


def last_day(text: str) -> date | None:
    """The last day of validity. The files name the first day on which a unit no longer holds."""
    return date.fromisoformat(text) - ONE_DAY if text else None
