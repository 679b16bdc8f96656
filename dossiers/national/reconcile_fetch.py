"""What the portal has and we lack is fetched: calls that were lost, and dossiers that it shows under codes unknown here.

It takes the way of everything handed over (kept by remote id, handled once), and counts as not received until it is here.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import structlog
from django.db.models import Max

from dossiers.models import InboundCall, InboundFiling, ReconciliationRun, SyncDifference
from dossiers.national.faults import NotOffered
from dossiers.national.inbound import keep
from dossiers.national.inbound_calls import KINDS, OtherContent, keep_call
from dossiers.national.port import NationalPort, status_told
from dossiers.states import NATIONAL_STATUS, State
from portal.core.clock import technical_now

log = structlog.get_logger()
OVERLAP = 2000
"""Running numbers there become visible out of order, so every reading begins that far behind the last."""
_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "urn:motcua:national-dossier")
_UNTOUCHED = NATIONAL_STATUS[State.SUBMITTED]
"""Filed there and nothing since. Our first step says the same; what went on there would be set back by it."""
_NOTHING = "The portal shows the code and nothing about it."
_WANTED = ("MaTTHC", "ChuHoSo", "LoaiDoiTuong", "DinhDanhCHS", "SoDienThoai", "MaXa", "KenhThucHien", "NgayNopHoSo", "ToKhai")


def fetch_lost(port: NationalPort, *, is_all: bool) -> tuple[int, int]:
    """Whatever people did there is on record here; returns how many calls had been lost, and the number read up to."""
    reached = 0 if is_all else ReconciliationRun.objects.aggregate(last=Max("fetched_to"))["last"] or 0
    after, count = max(reached - OVERLAP, 0), 0
    has_more = True
    while has_more:
        try:
            page, has_more = port.handed_over(after)
        except NotOffered:
            return 0, reached
        known = _known(body for _number, body in page)
        for number, body in page:
            count += _kept(body, known)
            after = max(after, number)
    return count, max(after, reached)


def _known(bodies: Iterable[Mapping[str, Any]]) -> set[uuid.UUID]:
    ids = [found for body in bodies if (found := _uuid(body.get("remote_id")))]
    return {
        *InboundFiling.objects.filter(remote_id__in=ids).values_list("remote_id", flat=True),
        *InboundCall.objects.filter(remote_id__in=ids).values_list("remote_id", flat=True),
    }


def _kept(body: dict[str, Any], known: set[uuid.UUID]) -> bool:
    remote_id, word = _uuid(body.get("remote_id")), body.get("LoaiBanTin", "HoSo")
    if remote_id is None or remote_id in known or not (word == "HoSo" or word in KINDS):
        return False
    try:
        if word == "HoSo":
            keep(remote_id, body, at=technical_now())
        else:
            keep_call(KINDS[word], remote_id, body, at=technical_now())
    except OtherContent:
        return False  # it came in between, and what came first stands
    return True


def fetch_extra(port: NationalPort, rows: Iterable[SyncDifference], *, at: datetime) -> None:
    """Each dossier that only the portal knows is on record as a filing from there; one that was worked on there waits for a person."""
    for row in rows:
        if row.kind != SyncDifference.Kind.EXTRA or row.inbound_id or row.needs_person:
            continue
        shown = port.record(row.code)
        if shown is None:
            continue
        content, status = shown.get("snapshot"), status_told(shown.get("TrangThaiHoSo"))
        if status != _UNTOUCHED or not isinstance(content, dict):
            row.theirs_status, row.needs_person = status, True
            row.note = "The portal has worked on it: steps of ours would set its state back." if status != _UNTOUCHED else _NOTHING
            row.save(update_fields=["theirs_status", "needs_person", "note"])
            continue
        remote_id = uuid.uuid5(_NAMES, row.code)
        body = {"remote_id": str(remote_id), "LoaiBanTin": "HoSo", "MaHoSo": row.code, "SoBuoc": shown.get("seq", 0)}
        body |= {name: content[name] for name in _WANTED if name in content}
        row.inbound = InboundFiling.objects.filter(remote_id=remote_id).first() or keep(remote_id, body, at=at)
        row.save(update_fields=["inbound"])


def _uuid(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None
