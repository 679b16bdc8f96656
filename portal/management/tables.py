"""CSV files that other systems hand over: read whole, with the expected columns, or refused."""

import csv
from collections.abc import Sequence
from pathlib import Path

from django.core.management.base import CommandError


def lines_of(file: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The lines under the heading. Raises CommandError for a file that cannot be read or has other columns."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            if reader.fieldnames != list(columns):
                raise CommandError(f"The first line must be: {','.join(columns)}")
            return list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error
