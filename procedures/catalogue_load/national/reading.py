"""The lines of a national catalogue file, one after the other, whatever their size and whatever stands in them."""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from procedures.catalogue_load.files import UnknownFormat
from procedures.catalogue_load.national.values import Refused

LONGEST_LINE = 4_000_000
GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One record as it arrived: where it stood, and the JSON value or why there is none."""

    reference: str
    value: object = None
    fault: str = ""


def is_national(path: Path) -> bool:
    """Whether the file is in the national format, by its name."""
    return any(suffix in {".jsonl", ".ndjson", ".json"} for suffix in path.suffixes)


def arrivals(path: Path) -> Iterator[Arrival]:
    """One arrival for each line that is not empty; memory is bounded by the longest line. Raises UnknownFormat."""
    if not path.is_file():
        raise UnknownFormat(f"Không có tệp {path}")
    with path.open("rb") as stream:
        packed = stream.read(2) == GZIP
    with gzip.open(path, "rb") if packed else path.open("rb") as lines:
        number = 0
        while True:
            try:
                line = lines.readline(LONGEST_LINE + 1)
            except (OSError, EOFError, zlib.error) as error:
                raise UnknownFormat(f"{path.name}: tệp nén bị hỏng sau dòng {number} ({error})") from error
            if not line:
                return
            number += 1
            reference = f"{path.name}:{number}"[-120:]
            if len(line) > LONGEST_LINE:
                while line and not line.endswith(b"\n"):
                    line = lines.readline(LONGEST_LINE)
                yield Arrival(reference, fault=f"dòng dài hơn {LONGEST_LINE} byte")
            elif line.strip():
                yield _arrival(reference, line.removeprefix(b"\xef\xbb\xbf"))


def _arrival(reference: str, line: bytes) -> Arrival:
    try:
        return Arrival(reference, json.loads(line))
    except (ValueError, RecursionError) as error:
        return Arrival(reference, fault=f"không phải JSON: {str(error)[:200]}")


def value_of(arrival: Arrival) -> object:
    """The JSON value. Raises Refused."""
    if arrival.fault:
        raise Refused(arrival.fault)
    return arrival.value
