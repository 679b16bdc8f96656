"""Records of the national database become draft versions, in batches that are each one transaction.

A record that was read before and says the same is left alone. Nothing here publishes, and a draft that a person works on is never touched.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from portal.core.text import search_key
from procedures.actions.national_drafts import Wanted, write_drafts
from procedures.actions.national_report import REPEATED, UNCHANGED, NationalReport, Row
from procedures.catalogue_load.national.reading import Arrival, value_of
from procedures.catalogue_load.national.record import checked, fingerprint, read_record
from procedures.catalogue_load.national.values import Findings, Refused
from procedures.models import NationalRecord, Procedure

READER_VERSION = 3
"""Raised when the parsers read the same text differently, so that every record is read again."""

BATCH = 100
_ONE_IMPORT = 71_002_026
Outcome, Standing = NationalRecord.Outcome, NationalRecord.Standing
_TRIED_AGAIN = (Standing.WAITING, Standing.REFUSED, Standing.REPEALED)


@dataclass(frozen=True, slots=True)
class _Checked:
    reference: str
    texts: dict[str, str]
    digest: str


def import_national(
    records: Iterable[Arrival], *, source: str, at: datetime, on_batch: Callable[[int], None] = lambda _done: None
) -> NationalReport:
    """Every record is a draft, is what is published, waits, or is refused with its reason; the report has each of them.

    An interruption ends it between two batches: what was reported is kept, what was not is as before.
    """
    report = NationalReport()
    seen: dict[str, tuple[str, str]] = {}
    stream = iter(records)
    try:
        while batch := list(islice(stream, BATCH)):
            report.rows += _batch(batch, seen, source, at)
            on_batch(len(report.rows))
    except KeyboardInterrupt:
        report.interrupted = True
    return report


def _batch(batch: list[Arrival], seen: dict[str, tuple[str, str]], source: str, at: datetime) -> list[Row]:
    rows, good = _sorted_out(batch, seen)
    digests = {each.reference: each.digest for each in good}
    known = _known(digests)
    read = {each.reference: read_record(each.texts) for each in good if each.reference not in known}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_IMPORT])
        known |= _known({reference: digests[reference] for reference in read})
        todo = [each for each in good if each.reference not in known]
        before = (
            NationalRecord.objects.filter(reference__in=[each.reference for each in todo])
            .defer("raw", "content")
            .in_bulk(field_name="reference")
        )
        wanted = [Wanted(*read[each.reference], before.get(each.reference)) for each in todo]
        done = write_drafts(wanted, _procedures([want.read.code for want in wanted]))
        records = [_record(each, read[each.reference][1], done[each.reference], source, at) for each in todo]
        records += [_refusal(row, source, at) for row in rows if row.outcome == Outcome.REFUSED]
        _save(records)
    rows += [_row(record) for record in records if record.outcome != Outcome.REFUSED]
    return rows + [Row(reference, outcome, UNCHANGED) for reference, outcome in known.items()]


def _known(digests: dict[str, str]) -> dict[str, str]:
    """Of these records, those that were read before and say the same, with their outcome. What waits is tried again."""
    rows = NationalRecord.objects.filter(reference__in=digests, reader_version=READER_VERSION).exclude(standing__in=_TRIED_AGAIN)
    found = rows.values_list("reference", "content_hash", "outcome")
    return {reference: outcome for reference, digest, outcome in found if digests[reference] == digest}


def _sorted_out(batch: list[Arrival], seen: dict[str, tuple[str, str]]) -> tuple[list[Row], list[_Checked]]:
    """The refused and repeated rows, and the records that can be read."""
    rows, good = [], []
    for arrival in batch:
        try:
            texts = checked(value_of(arrival))
        except Refused as refused:
            rows.append(Row(arrival.reference, Outcome.REFUSED, Standing.REFUSED, str(refused)[:400]))
            continue
        code, digest = texts["ma_thu_tuc"].strip(), fingerprint(texts)
        if code not in seen:
            seen[code] = (arrival.reference, digest)
            good.append(_Checked(code, texts, digest))
        elif seen[code][1] == digest:
            rows.append(Row(arrival.reference, REPEATED, UNCHANGED, f"lặp lại {seen[code][0]}"))
        else:
            reason = f"mã {code} đã có ở {seen[code][0]} với nội dung khác"
            rows.append(Row(arrival.reference, Outcome.REFUSED, Standing.REFUSED, reason))
    return rows, good


def _procedures(codes: list[str]) -> dict[str, Procedure]:
    rows = Procedure.objects.select_for_update(of=("self",)).filter(code__in=codes).order_by("code")
    return {procedure.code: procedure for procedure in rows}


def _outcome(found: Findings) -> str:
    return Outcome.REPAIRED if found.repairs else Outcome.IMPORTED


def _record(each: _Checked, found: Findings, done: "tuple[dict[str, Any], str]", source: str, at: datetime) -> NationalRecord:
    placed, reason = done
    return NationalRecord(
        reference=each.reference,
        outcome=_outcome(found),
        reason=reason,
        name_vi=placed["content"]["name"],
        search_key=search_key(f"{each.reference} {placed['content']['name']} {placed['content']['field']}"),
        content_hash=each.digest,
        reader_version=READER_VERSION,
        raw={name: text.replace("\x00", "") for name, text in each.texts.items()},
        repairs=[asdict(repair) for repair in found.repairs],
        gaps=[asdict(gap) for gap in found.gaps],
        source=source[:120],
        read_at=at,
        **placed,
    )


def _refusal(row: Row, source: str, at: datetime) -> NationalRecord:
    return NationalRecord(
        reference=row.reference,
        outcome=Outcome.REFUSED,
        standing=Standing.REFUSED,
        reason=row.reason,
        search_key=search_key(row.reference),
        source=source[:120],
        read_at=at,
    )


def _save(records: list[NationalRecord]) -> None:
    fields = [field.name for field in NationalRecord._meta.concrete_fields if field.name not in {"id", "reference"}]
    NationalRecord.objects.bulk_create(records, update_conflicts=True, unique_fields=["reference"], update_fields=fields)


def _row(record: NationalRecord) -> Row:
    return Row(record.reference, record.outcome, record.standing, record.reason, tuple(record.repairs), tuple(record.gaps))


def arrivals_of(values: Iterable[object], source: str) -> Iterator[Arrival]:
    """JSON values of a feed as arrivals."""
    return (Arrival(f"{source}:{number}", value) for number, value in enumerate(values, 1))
