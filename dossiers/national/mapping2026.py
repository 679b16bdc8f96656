"""Our words in the codes of the 2026 generation. Pure. The tables are part of the adapter: no setting changes them.

Every table is total over our words; a word that it lacks is a defect that a test finds, and at run time a clear refusal.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from dossiers.national.faults import Malformed
from dossiers.national.port import Uploaded
from dossiers.national.words import ACT, TITLE
from dossiers.states import State

Word = TypeVar("Word")
Code = TypeVar("Code")
NOTHING: Mapping[str, Uploaded] = {}

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
CHANNEL: Mapping[str, int] = {"direct": 1, "online": 2, "postal": 3}
SUBJECT: Mapping[str, int] = {"person": 0, "organisation": 1, "household": 2}
FILED_AT_NATIONAL: Mapping[bool, int] = {True: 1, False: 2}
COPY: Mapping[str, int] = {"original": 0, "copy": 1, "electronic": 2}
FEE_KIND: Mapping[str, int] = {"charge": 1, "levy": 2}
SUPPLEMENT: Mapping[str, int] = {"asked": 0, "answered": 1, "expired": 2}
RETURNED: Mapping[str, int] = {"direct": 0, "post": 1}
"""What was opened as a file was returned in neither way, and says nothing."""
AT_RECEIPT, PAID_ONLINE, PAID_OTHERWISE = 1, 1, 3
LONGEST_PERSON = 50

MOMENTS = {
    "accepted_at": "NgayTiepNhan",
    "due_at": "NgayHenTra",
    "finished_at": "NgayKetThucXuLy",
    "returned_at": "NgayTra",
}


def body_of(content: Mapping[str, Any], files: Mapping[str, Uploaded] = NOTHING) -> dict[str, Any]:
    """The body of one step. Raises Malformed for a word that has no code. A row of version 1 is a finished body already."""
    if "schema" not in content:
        return dict(content)
    if content.get("kind") == "progress":
        return _common(content) | handling(content) | {"TrangThai": code(STATUS, content["state"], "state")}
    body = _step(content, files)
    if content["seq"] == 1 and not content.get("remote", {}).get("steps"):
        body |= _creation(content, files)
    return body


def code(table: Mapping[Word, Code], word: Word, what: str) -> Code:
    """The portal's code of our word. Raises Malformed."""
    try:
        return table[word]
    except (KeyError, TypeError):
        raise Malformed(f"no code for {what} '{word}'") from None


def stamp(iso: str) -> str:
    """yyyyMMddHHmmss of a moment that is written with Vietnamese time."""
    digits = iso[:4] + iso[5:7] + iso[8:10] + iso[11:13] + iso[14:16] + iso[17:19]
    if len(digits) == 14 and digits.isdigit() and iso[10:11] == "T":
        return digits
    return datetime.fromisoformat(iso).strftime("%Y%m%d%H%M%S")


def _common(content: Mapping[str, Any]) -> dict[str, Any]:
    body = {
        "MaHoSo": content["code"],
        "ThoiDiemXuLy": stamp(content["occurred_at"]),
        "DonViXuLy": content["agency"][:300],
        "DonViTiepNhan": content["receiving_office"][:300],
    }
    if remote := content.get("remote"):
        body |= {"MaHoSo": remote["code"], "MaHoSoDiaPhuong": content["code"]}
    return body


def _step(content: Mapping[str, Any], files: Mapping[str, Uploaded]) -> dict[str, Any]:
    body: dict[str, Any] = _common(content)
    body["TrangThaiHoSo"] = code(STATUS, content["state"], "state")
    for ours, theirs in MOMENTS.items():
        if ours in content:
            body[theirs] = stamp(content[ours])
    if content.get("no_time_limit"):
        body["KhongCoThoiHan"] = True
    if content["state"] == State.REFUSED:
        body["NgayTuChoi"] = stamp(content["occurred_at"])
    if content.get("note"):
        body["GhiChu"] = content["note"]
    if content.get("handler"):
        body |= handling(content)
    if content.get("returned") in RETURNED:
        body["HinhThuc"] = RETURNED[content["returned"]]
    if content.get("supplement"):
        body["DanhSachHoSoBoSung"] = [_supplement(content["supplement"], files)]
    if content.get("results"):
        body["DanhSachGiayToKetQua"] = [_result(result, files) for result in content["results"]]
    return body


def handling(content: Mapping[str, Any]) -> dict[str, Any]:
    """Who did what in the house, of a step that moved the dossier there. Raises Malformed."""
    handler = content["handler"]
    row = {
        "NguoiXuLy": handler["name"][:LONGEST_PERSON],
        "ChucDanh": code(TITLE, handler["role"], "role"),
        "PhongBanXuLy": handler["unit"][:300],
        "NoiDungXuLy": code(ACT, content["verb"], "act"),
        "NgayBatDau": stamp(content["occurred_at"]),
    }
    return row | ({"NgayKetThucTheoQuyDinh": stamp(content["due_at"])} if content.get("due_at") else {})


def _supplement(row: Mapping[str, Any], files: Mapping[str, Uploaded]) -> dict[str, Any]:
    moments = {
        "NgayTiepNhanBoSung": row.get("received_at"),
        "NgayHenTraTruoc": row.get("due_before_at"),
        "NgayHenTraMoi": row.get("due_at"),
    }
    found = {
        "HoSoBoSungId": row["id"],
        "NguoiYeuCau": row["asked_by"][:LONGEST_PERSON],
        "NoiDung": row["text"][:2000],
        "NgayBoSung": stamp(row["asked_at"]),
        "HanBoSung": stamp(row["answer_by"]),
        "TrangThaiBoSung": code(SUPPLEMENT, row["state"], "state of a supplement"),
        "TaiLieuNop": papers(row.get("papers", ()), files),
    }
    if row.get("received_by"):
        found["NguoiTiepNhan"] = row["received_by"][:LONGEST_PERSON]
    return found | {name: stamp(moment) for name, moment in moments.items() if moment}


def _creation(content: Mapping[str, Any], files: Mapping[str, Uploaded]) -> dict[str, Any]:
    body = {
        "MaTTHC": content["procedure"],
        "TenTTHC": content["procedure_name"][:1000],
        "TenLinhVuc": content["field"],
        "TrichYeuHoSo": content["title"][:1000],
        "ChuHoSo": content["owner_name"][:200],
        "LoaiDoiTuong": code(SUBJECT, content["owner_kind"], "kind of owner"),
        "KenhThucHien": code(CHANNEL, content["channel"], "channel"),
        "NoiNopHoSo": code(FILED_AT_NATIONAL, content["filed_at_national"], "place of filing"),
        "NgayNopHoSo": stamp(content["filed_at"]),
        "MaTinh": content["province"],
    }
    if content.get("papers"):
        body["TaiLieuNop"] = papers(content["papers"], files)
    if content.get("fees"):
        body["DanhSachLePhi"] = fees(content["fees"], content["channel"])
    return body


def papers(rows: Sequence[Mapping[str, Any]], files: Mapping[str, Uploaded] = NOTHING) -> list[dict[str, Any]]:
    """One entry for each kind in which a paper was handed in: original, copy, electronic."""
    found = []
    for row in rows:
        sha256 = row["sha256"]
        counts = (("original", row["originals"]), ("copy", row["copies"]), ("electronic", 1 if sha256 else 0))
        common = {"TenTepDinhKem": row["name"][:4000], "MaThanhPhanHoSo": row["key"], "DuocSoHoa": 1 if sha256 else 0}
        for kind, count in counts:
            if count:
                paper = {**common, "LoaiBan": COPY[kind], "SoLuong": count}
                found.append(paper | _file(sha256, sha256, files) if kind == "electronic" else paper)
    return found


def _file(source: str, digest: str, files: Mapping[str, Uploaded]) -> dict[str, str]:
    """The file as the portal keeps it; one that was never handed over is known by our fingerprint."""
    kept = files.get(source)
    return {"IdTepTin": kept.id, "HashTepTin": kept.sha256} if kept else {"HashTepTin": digest}


def fees(rows: Sequence[Mapping[str, Any]], channel: str) -> list[dict[str, Any]]:
    """Every fee line that has an amount; what a council has not decided yet is not told as free."""
    paid = PAID_ONLINE if channel == "online" else PAID_OTHERWISE
    return [
        {
            "TenPhiLePhi": row["name"],
            "LoaiPhiLePhi": code(FEE_KIND, row["kind"], "kind of fee"),
            "HinhThucThu": AT_RECEIPT,
            "Gia": 0 if row["exempt"] else row["amount_vnd"],
            "DuocThanhToanTrucTuyen": paid,
        }
        for row in rows
        if row["amount_vnd"] is not None or row["exempt"]
    ]


def _result(row: Mapping[str, Any], files: Mapping[str, Uploaded]) -> dict[str, Any]:
    return {
        "TenGiayTo": row["name"],
        "MaThanhPhanHoSo": row["type"],
        "GiayToId": row["document"],
        "MaGiayToKetQua": row["number"],
    } | _file(row["document"], row["sha256"], files)
