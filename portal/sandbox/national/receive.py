"""Applying a batch of synchronisation messages: judged one by one in their order, written together in one transaction."""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from portal.sandbox.national.judge import Answer, Item, Known, files_in, judge, opened
from portal.sandbox.national.models import MirroredDossier, ReceivedMessage, Refusal, UploadedFile
from portal.sandbox.national.schema import moment, number


@dataclass(slots=True)
class Mirror(Known):
    """A dossier as it will be written; `changed` holds what its snapshot gains."""

    status: int = 1
    agency: str = ""
    procedure_name: str = ""
    owner_name: str = ""
    province: str = ""
    filed_on: date | None = None
    changed: dict[str, Any] = field(default_factory=dict)


def receive(items: Sequence[Any], *, at: datetime, rejected: Collection[str] = (), lose: bool = False, naive: bool = False) -> list[Answer]:
    """Each item is applied, or refused with a reason that is kept; the answers are in the order of the items.

    With `lose` they are answered and then forgotten; with `naive` whatever comes is applied, as by a receiver that takes no care.
    """
    try:
        return _receive(items, at=at, rejected=rejected, lose=lose, naive=naive)
    except IntegrityError:  # a key that another sender used at the same moment: each item by itself finds out which
        if len(items) == 1:
            raise
        return [_receive([item], at=at, rejected=rejected, lose=lose, naive=naive)[0] for item in items]


@transaction.atomic
def _receive(items: Sequence[Any], *, at: datetime, rejected: Collection[str], lose: bool, naive: bool) -> list[Answer]:
    sound = [opened(item) for item in items]
    messages = [item for item in sound if isinstance(item, Item)]
    mirrors, keys = _load(messages)
    files = _files(messages)
    answers: list[Answer] = []
    applied, repeated, refused = [], [], []
    for item in sound:
        if isinstance(item, Answer):
            answers.append(item)
            continue
        known = mirrors.setdefault(item.code, Mirror())
        if naive:
            answer = Answer(item.key, item.code, item.seq, "applied", item.seq)
        else:
            answer = judge(item, known, used_keys=keys, rejected=rejected, files=files)
        answers.append(answer)
        if answer.result == "applied":
            applied.append(item)
            keys[item.key] = (item.code, item.seq)
            _apply(known, item)
        elif answer.result == "duplicate":
            repeated.append((item.code, item.seq))
        else:
            refused.append(answer)
    _write(applied, mirrors, at=at, naive=naive)
    _note(repeated, refused, at=at)
    if lose:
        transaction.set_rollback(True)
    return answers


def _load(messages: Sequence[Item]) -> tuple[dict[str, Mirror], dict[str, tuple[str, int]]]:
    """What is known of the dossiers and keys of a batch. The dossiers, also those that do not exist yet, are ours until the commit."""
    codes = sorted({item.code for item in messages})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(h) FROM (SELECT DISTINCT hashtextextended(c, 0) AS h FROM unnest(%s::text[]) c ORDER BY 1) s",
            [codes],
        )
    columns = ("code", "head", "procedure_code", "status", "agency", "procedure_name", "owner_name", "province", "filed_on")
    mirrors = {}
    for row in MirroredDossier.objects.filter(code__in=codes).values(*columns):
        code = row.pop("code")
        mirrors[code] = Mirror(**row)
    keys = {}
    asked = ReceivedMessage.objects.filter(key__in=[item.key for item in messages])
    for key, code, seq in asked.values_list("key", "dossier__code", "seq"):
        keys[key] = (code, seq)
    old = [item for item in messages if item.code in mirrors and item.seq <= mirrors[item.code].head]
    if old:
        steps = ReceivedMessage.objects.filter(dossier__code__in={item.code for item in old}, seq__in={item.seq for item in old})
        for code, seq, body_hash in steps.values_list("dossier__code", "seq", "body_hash"):
            mirrors[code].hashes[seq] = body_hash
    return mirrors, keys


def _files(messages: Sequence[Item]) -> dict[str, str]:
    """The fingerprints of the uploaded files among those that the batch names."""
    named = {name for item in messages for name, _digest in files_in(item.body)}
    known = [name for name in named if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", name)]
    rows = UploadedFile.objects.filter(file_id__in=known).values_list("file_id", "sha256") if known else []
    return {str(file_id): digest for file_id, digest in rows}


def _apply(mirror: Mirror, item: Item) -> None:
    """The dossier shows this step. Progress adds to the history and leaves the state alone."""
    body = item.body
    mirror.head = item.seq
    mirror.hashes[item.seq] = item.body_hash
    if item.kind != "progress":
        mirror.status = number(body.get("TrangThaiHoSo")) or mirror.status
        mirror.agency = str(body.get("DonViXuLy") or mirror.agency)[:300]
        mirror.changed |= body
    elif body.get("DonViXuLy"):  # who handles it now; the state and everything else stay
        mirror.agency = str(body["DonViXuLy"])[:300]
        mirror.changed["DonViXuLy"] = mirror.agency
    if item.kind == "create":
        filed = moment(body.get("NgayNopHoSo"))
        mirror.procedure_code, mirror.procedure_name = str(body.get("MaTTHC", "")), str(body.get("TenTTHC", ""))
        mirror.owner_name, mirror.province = str(body.get("ChuHoSo", "")), str(body.get("MaTinh", ""))
        mirror.filed_on = filed.date() if filed else None


_UPSERT = """
    INSERT INTO sandbox_npsp_dossier AS d
        (code, head, status, agency, procedure_code, procedure_name, owner_name, province, filed_on, snapshot, updated_at)
    SELECT t.*, %s::timestamptz
    FROM unnest(%s::text[], %s::int[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::jsonb[]) t
    ON CONFLICT (code) DO UPDATE SET head = EXCLUDED.head, status = EXCLUDED.status, agency = EXCLUDED.agency,
        procedure_code = EXCLUDED.procedure_code, procedure_name = EXCLUDED.procedure_name, owner_name = EXCLUDED.owner_name,
        province = EXCLUDED.province, filed_on = EXCLUDED.filed_on, snapshot = d.snapshot || EXCLUDED.snapshot,
        updated_at = EXCLUDED.updated_at"""
_STEPS = """
    WITH step AS (
        SELECT t.*, d.id FROM unnest(%(codes)s::text[], %(seqs)s::int[], %(keys)s::text[], %(kinds)s::text[], %(bodies)s::jsonb[],
            %(hashes)s::text[]) WITH ORDINALITY AS t(code, seq, key, kind, body, body_hash, n) JOIN sandbox_npsp_dossier d USING (code)),
    kept AS (
        INSERT INTO sandbox_npsp_message (dossier_id, seq, key, kind, body, body_hash, times_received, received_at)
        SELECT id, seq, key, kind, body, body_hash, 1, %(at)s::timestamptz FROM step ORDER BY n {on_conflict})
    INSERT INTO sandbox_npsp_effect (code, seq, kind, body_hash, happened_at)
    SELECT code, seq, kind, body_hash, %(at)s::timestamptz FROM step ORDER BY n"""


def _write(applied: Sequence[Item], mirrors: dict[str, Mirror], *, at: datetime, naive: bool = False) -> None:
    """The dossiers, their steps and the ledger of effects."""
    if not applied:
        return
    codes = sorted({item.code for item in applied})
    rows = [mirrors[code] for code in codes]
    names = ("head", "status", "agency", "procedure_code", "procedure_name", "owner_name", "province", "filed_on")
    columns = [[getattr(row, name) for row in rows] for name in names]
    steps: dict[str, Any] = {
        "codes": [item.code for item in applied],
        "seqs": [item.seq for item in applied],
        "keys": [item.key for item in applied],
        "kinds": [item.kind for item in applied],
        "bodies": [item.text for item in applied],
        "hashes": [item.body_hash for item in applied],
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [at, codes, *columns, [json.dumps(row.changed, ensure_ascii=False) for row in rows]])
        cursor.execute(_STEPS.format(on_conflict="ON CONFLICT DO NOTHING" if naive else ""), steps)


def _note(repeated: Sequence[tuple[str, int]], refused: Sequence[Answer], *, at: datetime) -> None:
    """What was repeated is counted, what was refused is kept."""
    for code, seq in repeated:
        ReceivedMessage.objects.filter(dossier__code=code, seq=seq).update(times_received=F("times_received") + 1)
    Refusal.objects.bulk_create(
        [Refusal(code=row.dossier_code, seq=row.seq, result=row.result, reason=row.reason[:500], refused_at=at) for row in refused]
    )
