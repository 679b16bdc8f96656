"""What people do on the national portal is handed to the one-stop-shop portal by a signed call: filed, supplemented, paid, asked."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from portal.core.clock import LOCAL
from portal.sandbox.delivery.announce import announce
from portal.sandbox.delivery.models import Delivery
from portal.sandbox.national.models import InboundFiling

INBOUND_PATH = "/api/v1/national/inbound"
Kind = InboundFiling.Kind
WORDS = {Kind.FILING: "HoSo", Kind.SUPPLEMENT: "BoSung", Kind.PAYMENT: "ThanhToan", Kind.QUESTION: "HoiDap"}
"""LoaiBanTin of each kind."""


@transaction.atomic
def hand_over(kind: InboundFiling.Kind, values: dict[str, Any], *, at: datetime) -> InboundFiling:
    """It is on record here and owed to the one-stop-shop portal under a remote id that never changes."""
    remote_id = uuid.uuid4()
    body = {"remote_id": str(remote_id), "LoaiBanTin": WORDS[kind]} | _BODIES[kind](values, _stamp(at))
    filing = InboundFiling.objects.create(
        kind=kind,
        remote_id=remote_id,
        procedure_code=body.get("MaTTHC", ""),
        owner_name=str(body.get("ChuHoSo") or body.get("NguoiHoi") or body.get("NguoiNop") or "")[:200],
        body=body,
        created_at=at,
    )
    announce(Delivery.Scheme.NATIONAL, str(remote_id), INBOUND_PATH, body, at=at)
    return filing


def _stamp(at: datetime) -> str:
    return at.astimezone(LOCAL).strftime("%Y%m%d%H%M%S")


def _filing(values: dict[str, Any], stamp: str) -> dict[str, Any]:
    return {
        "MaTTHC": values["procedure_code"],
        "ChuHoSo": values["owner_name"],
        "LoaiDoiTuong": 0,
        "DinhDanhCHS": {"LoaiDinhDanh": 1, "SoDinhDanh": values["owner_citizen_id"]},
        "SoDienThoai": values.get("owner_phone", ""),
        "MaXa": values["place_code"],
        "KenhThucHien": 2,
        "NoiNopHoSo": 1,
        "NgayNopHoSo": stamp,
        "ToKhai": values.get("answers") or {},
    }


def _about(values: dict[str, Any]) -> dict[str, Any]:
    """Which dossier is meant: by its code, or by the remote id under which it was filed there."""
    filed = values.get("filing_id")
    return {"MaHoSo": values.get("dossier_code", ""), "HoSoId": str(filed) if filed else ""}


def _supplement(values: dict[str, Any], stamp: str) -> dict[str, Any]:
    return _about(values) | {
        "NoiDung": values["text"],
        "NgayBoSung": stamp,
        "TaiLieuNop": values.get("papers") or [],
        "ToKhai": values.get("answers") or {},
    }


def _payment(values: dict[str, Any], stamp: str) -> dict[str, Any]:
    return _about(values) | {
        "MaThamChieu": values["reference"],
        "SoTien": values["amount"],
        "LoaiTien": "VND",
        "TrangThai": "DaThanhToan",
        "NguoiNop": values.get("payer", ""),
        "ThoiGianGD": stamp,
    }


def _question(values: dict[str, Any], stamp: str) -> dict[str, Any]:
    return _about(values) | {
        "NguoiHoi": values["asker"],
        "SoDienThoai": values.get("phone", ""),
        "Email": values.get("email", ""),
        "MaTTHC": values.get("procedure_code", ""),
        "NoiDung": values["text"],
        "NgayHoi": stamp,
    }


_BODIES = {Kind.FILING: _filing, Kind.SUPPLEMENT: _supplement, Kind.PAYMENT: _payment, Kind.QUESTION: _question}
