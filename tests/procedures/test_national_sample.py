"""The records of the national catalogue that a person compared with the source, and how much of all of it is structured."""

from collections import Counter
from pathlib import Path

import pytest

from procedures.catalogue_load.national.record import read_record
from tests.procedures.national_sample import COLUMNS, DRAWN, MISSING, drawn, lines_of, real_catalogue, real_records, short, verdicts

WHERE = "the real catalogue is in ../shared/data/national_catalogue.jsonl.gz or named by NATIONAL_CATALOGUE"


@pytest.fixture(scope="module")
def catalogue() -> dict[str, dict[str, str]]:
    file: Path | None = real_catalogue()
    if file is None:
        pytest.skip(f"no real records here: {WHERE}")
    return real_records(file)


def test_of_sixty_records_read_by_hand_95_per_cent_of_the_fields_are_right() -> None:
    lines = verdicts()
    judged = Counter(line["verdict"] for line in lines)

    assert tuple(lines[0]) == COLUMNS
    assert len({line["record"] for line in lines}) == DRAWN
    assert set(judged) == {"right", "wrong"}
    assert all(bool(line["remark"]) == (line["verdict"] == "wrong") for line in lines), "what is wrong is named"
    assert judged["right"] / judged.total() >= 0.95
    assert judged.total() > 2500


def test_the_verdicts_are_about_what_is_read_today(catalogue: dict[str, dict[str, str]]) -> None:
    """A parser that reads a field of the sample otherwise makes its verdict void: read the record again and judge it anew."""
    lines = verdicts()
    assert list(dict.fromkeys(line["record"] for line in lines)) == drawn(catalogue)
    judged = {(line["record"], line["field"]): line["read"] for line in lines if not line["field"].endswith(MISSING)}
    read = {(code, line.field): short(line.read) for code in drawn(catalogue) for line in lines_of(catalogue[code])}
    assert read == judged


def test_97_per_cent_of_all_real_records_are_structured(catalogue: dict[str, dict[str, str]]) -> None:
    sheets = [read_record(texts)[0] for texts in catalogue.values()]
    structured = [sheet for sheet in sheets if sheet.papers and sheet.methods]
    assert len(sheets) >= 1756
    assert len(structured) / len(sheets) >= 0.97
