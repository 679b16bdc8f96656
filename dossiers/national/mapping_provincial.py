"""Our words in the codes of the older, provincial generation. Pure. Source: services DongBoHoSoMC and CapNhatTienDoHoSoMC.

The ten states are the same numbers as later; the kind of owner, the papers and the payment are not. The table of states is
written out here, and tested against our states, so that neither generation follows a change of the other.
"""

from collections.abc import Mapping
from typing import Any

from dossiers.national.mapping2026 import code, stamp
from dossiers.national.words import ACT, TITLE
from dossiers.states import State

STATUS: Mapping[str, int] = {
    State.SUBMITTED: 1,
    State.AWAITING_RECEPTION: 1,
    State.ACCEPTED: 2,
    State.IN_TRANSFER_TO_AGENCY: 2,
    State.REFUSED: 3,
    State.ASSIGNED: 4,
    State.AWAITING_SIGNATURE: 4,
    State.SUPPLEMENT_REQUESTED: 5,
    State.PAYMENT_REQUIRED: 6,
    State.WITHDRAWN: 7,
    State.STOPPED: 8,
    State.ISSUED: 9,
    State.IN_TRANSFER_TO_COUNTER: 9,
    State.READY_FOR_COLLECTION: 9,
    State.CLOSED: 10,
}
CHANNEL: Mapping[str, str] = {"direct": "1", "online": "2", "postal": "3"}
SUBJECT: Mapping[str, str] = {"person": "1", "organisation": "2", "household": "2"}
FILED_AT_NATIONAL: Mapping[bool, str] = {True: "1", False: "2"}
FEE_KIND: Mapping[str, str] = {"charge": "1", "levy": "2"}
AT_RECEIPT, PAID_ONLINE, PAID_OTHERWISE = "1", "1", "3"
NEW, REUSED = "0", "1"
RETURNED: Mapping[str, str] = {"direct": "0", "post": "1"}
SUPPLEMENT: Mapping[str, str] = {"asked": "0", "answered": "1", "expired": "2"}
LONGEST_PERSON = 50


def dossier_of(content: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The whole dossier after this step: `before` is what the portal shows, empty at the creation. Raises Malformed."""
    row = {**before, **_state(content)}
    if content["seq"] == 1 and not content.get("remote", {}).get("steps"):
        row |= _creation(content)
    return row


def progress_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """The step as a line of the history there. Raises Malformed."""
    handler = content.get("handler") or {"name": content["agency"], "unit": content["agency"]}
    return {
        "MaHoSo": code_of(content),
        "NguoiXuLy": handler["name"][:LONGEST_PERSON],
        "ChucDanh": code(TITLE, handler["role"], "role") if "role" in handler else "",
        "ThoiDiemXuLy": stamp(content["occurred_at"]),
        "PhongBanXuLy": handler["unit"],
        "NoiDungXuLy": ACT.get(content.get("verb", ""), "") or content.get("note", ""),
        "TrangThai": str(code(STATUS, content["state"], "state")),
        "NgayBatDau": stamp(content["occurred_at"]),
        "NgayKetThucTheoQuyDinh": stamp(content["due_at"]) if content.get("due_at") else "",
        "MaBuoc": str(content["seq"]),
    }


def code_of(content: Mapping[str, Any]) -> str:
    """The code under which the portal has the dossier: ours, unless it had it before us."""
    return str((content.get("remote") or content)["code"])


def _state(content: Mapping[str, Any]) -> dict[str, Any]:
    moments = {
        "NgayTiepNhan": content.get("accepted_at"),
        "NgayHenTra": content.get("due_at"),
        "NgayKetThucXuLy": content.get("finished_at"),
        "NgayTra": content.get("returned_at"),
        "NgayTuChoi": content["occurred_at"] if content["state"] == State.REFUSED else None,
    }
    row = {
        "MaHoSo": code_of(content),
        "TrangThaiHoSo": str(code(STATUS, content["state"], "state")),
        "DonViXuLy": content["agency"],
        "GhiChu": content.get("note", ""),
        "HinhThuc": RETURNED.get(content.get("returned", ""), RETURNED["direct"]),
        "MaBuoc": str(content["seq"]),
    }
    if content.get("supplement"):
        row["DanhSachHoSoBoSung"] = [_supplement(content["supplement"])]
    return row | {name: stamp(moment) for name, moment in moments.items() if moment}


def _supplement(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "HoSoBoSungId": row["id"],
        "NguoiYeuCau": row["asked_by"],
        "NoiDung": row["text"],
        "NgayBoSung": stamp(row["asked_at"]),
        "NguoiTiepNhan": row.get("received_by", ""),
        "TrangThaiBoSung": code(SUPPLEMENT, row["state"], "state of a supplement"),
    }
    moments = {"NgayTiepNhanBoSung": "received_at", "NgayHenTraTruoc": "due_before_at", "NgayHenTraMoi": "due_at"}
    return found | {theirs: stamp(row[ours]) for theirs, ours in moments.items() if row.get(ours)}


def _creation(content: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "MaTTHC": content["procedure"],
        "TenTTHC": content["procedure_name"],
        "TenLinhVuc": content["field"],
        "TrichYeuHoSo": content["title"][:1000],
        "ChuHoSo": content["owner_name"],
        "LoaiDoiTuong": code(SUBJECT, content["owner_kind"], "kind of owner"),
        "KenhThucHien": code(CHANNEL, content["channel"], "channel"),
        "NoiNopHoSo": code(FILED_AT_NATIONAL, content["filed_at_national"], "place of filing"),
        "NgayNopHoSo": stamp(content["filed_at"]),
        "TaiLieuNop": [
            {
                "TenTepDinhKem": paper["name"][:4000],
                "MaThanhPhanHoSo": paper["key"],
                "DuocSoHoa": "1" if paper["sha256"] else "0",
                "DuocTaiSuDung": NEW,
                "IsDeleted": "False",
            }
            for paper in content.get("papers", [])
        ],
        "DanhSachLePhi": [
            {
                "TenPhiLePhi": fee["name"],
                "LoaiPhiLePhi": code(FEE_KIND, fee["kind"], "kind of fee"),
                "HinhThucThu": AT_RECEIPT,
                "Gia": str(0 if fee["exempt"] else fee["amount_vnd"]),
            }
            for fee in content.get("fees", [])
            if fee["amount_vnd"] is not None or fee["exempt"]
        ],
        "DuocThanhToanTrucTuyen": PAID_ONLINE if content["channel"] == "online" else PAID_OTHERWISE,
    }
    return row
