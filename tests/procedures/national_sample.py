"""What the importer reads of a record of the national catalogue, field by field, as a person compared it with the source.

`national_sample.csv` holds the verdicts: one line for each field of 60 records drawn by SEED, with the beginning of what the source
says, what was read, and whether that is right. The beginnings are short; the catalogue itself is not part of this repository.
"""

import csv
import hashlib
import os
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from portal.core import paths
from procedures.catalogue_load.national.reading import arrivals, value_of
from procedures.catalogue_load.national.record import checked, read_record
from procedures.catalogue_load.national.values import NationalProcedure, Paper

SEED, DRAWN = 30112026, 60
VERDICTS = Path(__file__).with_suffix(".csv")
COLUMNS = ("record", "field", "source", "read", "verdict", "remark")
MISSING = "missing"
"""A field of this name stands for something that the source says and nobody read; nothing can be compared with it."""
LONGEST, TAIL = 70, 22


class Line(NamedTuple):
    """One field of a record as it was read, and the part of the source in which it stands."""

    field: str
    read: str
    part: str


def real_catalogue() -> Path | None:
    """The file of real records: named by NATIONAL_CATALOGUE, or in `shared` beside the checkout; None where there is none."""
    named = os.environ.get("NATIONAL_CATALOGUE")
    for found in [Path(named)] if named else [paths.ROOT.parent / "shared" / "data" / "national_catalogue.jsonl.gz"]:
        if found.is_file():
            return found
    return None


def real_records(file: Path) -> dict[str, dict[str, str]]:
    """The texts of every record by its code."""
    texts = (checked(value_of(arrival)) for arrival in arrivals(file))
    return {each["ma_thu_tuc"].strip(): each for each in texts}


def drawn(codes: Mapping[str, object]) -> list[str]:
    """The sample: the same codes from the same file, for ever."""
    return random.Random(SEED).sample(sorted(codes), DRAWN)


def lines_of(texts: Mapping[str, str]) -> Iterator[Line]:
    """Every field that is compared, in the order of the record."""
    sheet, _findings = read_record(texts)
    yield from _head(sheet)
    for number, method in enumerate(sheet.methods, 1):
        price = method.price
        fee = " ".join(str(each) for each in (price.state, price.kind, price.amount_vnd, price.foreign) if each not in ("", None))
        yield Line(f"channel {number}", method.channel, "cach_thuc_thuc_hien")
        yield Line(f"time {number}", method.time.rule, "cach_thuc_thuc_hien")
        yield Line(f"fee {number}", fee, "cach_thuc_thuc_hien")
    for number, group in enumerate(sheet.groups, 1):
        if group.title:
            yield Line(f"heading {number}", f"{group.kind}: {group.title}", "thanh_phan_ho_so")
    papers = [paper for group in sheet.groups for paper in group.papers]
    for number, paper in enumerate(papers, 1):
        yield from _paper(number, paper)
    yield Line("forms", " | ".join(file for paper in papers for file in paper.attachments), "thanh_phan_ho_so")
    for number, act in enumerate(sheet.legal_basis, 1):
        yield Line(f"act {number}", f"{act.number} {act.issued_on}".strip(), "can_cu_phap_ly")
        yield Line(f"act title {number}", act.title, "can_cu_phap_ly")
    for number, outcome in enumerate(sheet.results, 1):
        yield Line(f"result {number}", f"{outcome.code} {outcome.name}", "ket_qua_xu_ly")


def _head(sheet: NationalProcedure) -> Iterator[Line]:
    yield Line("code", sheet.code, "ma_thu_tuc")
    yield Line("name", sheet.name, "ten_thu_tuc")
    yield Line("field", sheet.field, "linh_vuc")
    yield Line("decision", sheet.decision, "so_quyet_dinh")
    yield Line("level", ", ".join(sheet.levels), "cap_thuc_hien")
    yield Line("subjects", " | ".join(sheet.subjects), "doi_tuong_thuc_hien")
    yield Line("competent", sheet.competent, "co_quan_co_tham_quyen")
    yield Line("executing", " | ".join(sheet.executing), "co_quan_thuc_hien")
    yield Line("conditions", sheet.preconditions, "yeu_cau_dieu_kien")


def _paper(number: int, paper: Paper) -> Iterator[Line]:
    counts = f"{paper.originals} original, {paper.copies} copies, {paper.certified} certified"
    yield Line(f"paper {number}", paper.name, "thanh_phan_ho_so")
    yield Line(f"role {number}", f"{paper.role}: {paper.condition}" if paper.condition else paper.role, "thanh_phan_ho_so")
    yield Line(f"quantity {number}", counts, "thanh_phan_ho_so")


def short(text: str) -> str:
    """A long text by its beginning, its end and a few digits of its hash, so that any change of it shows."""
    flat = " ".join(text.split())
    if len(flat) <= LONGEST:
        return flat
    mark = hashlib.sha256(flat.encode()).hexdigest()[:6]
    return f"{flat[: LONGEST - TAIL]}…{flat[-TAIL:]} #{mark}"


def verdicts() -> list[dict[str, str]]:
    """The lines of the file."""
    with VERDICTS.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))
