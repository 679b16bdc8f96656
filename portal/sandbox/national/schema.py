"""What the national portal asks of a payload. Pure.

Field names and codes are those of the 2026 generation; what is required per kind is documented in docs/sandbox.md.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

STATUSES = {
    1: "Mới đăng ký",
    2: "Được tiếp nhận",
    3: "Không được tiếp nhận",
    4: "Đang xử lý",
    5: "Yêu cầu bổ sung giấy tờ",
    6: "Yêu cầu thực hiện nghĩa vụ tài chính",
    7: "Công dân yêu cầu rút hồ sơ",
    8: "Dừng xử lý",
    9: "Đã xử lý xong",
    10: "Đã trả kết quả",
}
CHANNELS = {1: "Trực tiếp", 2: "Trực tuyến", 3: "Bưu chính"}
SUBJECT_KINDS = {0: "Công dân", 1: "Doanh nghiệp", 2: "Hộ kinh doanh"}
PLACES = {1: "Cổng Dịch vụ công quốc gia", 2: "Địa phương"}

CODE = re.compile(r"[A-Z0-9.]+-\d{6}(\d{2})?-\d{4,7}")
PROCEDURE = re.compile(r"\d\.\d{6}(\.[A-Z0-9.]+)?")
MOMENT = re.compile(r"\d{14}")

CREATE_TEXTS = {"TenTTHC": 1000, "ChuHoSo": 200, "DonViXuLy": 300}
PROGRESS_TEXTS = {"NguoiXuLy": 50, "ChucDanh": 200, "PhongBanXuLy": 300, "NoiDungXuLy": 2000}
DATES = ("NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy", "NgayTra", "NgayTuChoi", "ThoiDiemXuLy", "NgayBatDau",
         "NgayKetThucTheoQuyDinh")  # fmt: skip
NEEDED_BY_STATUS = {
    2: ("NgayTiepNhan", "NgayHenTra"),
    3: ("NgayTuChoi", "GhiChu"),
    8: ("GhiChu",),
    9: ("NgayKetThucXuLy",),
    10: ("NgayTra",),
}
LISTS = ("TaiLieuNop", "DanhSachLePhi", "DanhSachHoSoBoSung", "DanhSachGiayToKetQua", "DanhSachTepDinhKemKhac")


def number(value: Any) -> int | None:
    """The value as a small number: 2 and "2" are both 2."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 4 else None


def moment(value: Any) -> datetime | None:
    """A yyyyMMddHHmmss text as local time, or None if it is not one."""
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        return None
    try:
        return datetime.strptime(value, "%Y%m%d%H%M%S")  # noqa: DTZ007 -- the interface has local times without a zone
    except ValueError:
        return None


def problems(kind: str, code: str, body: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with the body, in readable Vietnamese; empty if it is acceptable."""
    found: list[str] = []
    if body.get("MaHoSo") != code:
        found.append(f"MaHoSo phải trùng với dossier_code ({code})")
    if kind == "create":
        found += _create_problems(body)
    elif kind == "status":
        found += _status_problems(body)
        if not body.get("ThoiDiemXuLy"):
            found.append("Thiếu ThoiDiemXuLy")
    else:
        found += _text_problems(body, PROGRESS_TEXTS)
        if not body.get("ThoiDiemXuLy"):
            found.append("Thiếu ThoiDiemXuLy")
        if number(body.get("TrangThai")) not in STATUSES:
            found.append("TrangThai phải là một trong 10 mã trạng thái (1–10)")
    found += [f"{name} phải có dạng yyyyMMddHHmmss" for name in DATES if body.get(name) and moment(body[name]) is None]
    found += [f"{name} phải là danh sách" for name in LISTS if not isinstance(body.get(name, []), list)]
    return found


def _text_problems(body: Mapping[str, Any], limits: Mapping[str, int]) -> list[str]:
    found = []
    for name, limit in limits.items():
        value = body.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > limit:
            found.append(f"{name} là chuỗi bắt buộc, tối đa {limit} ký tự")
    return found


def _status_problems(body: Mapping[str, Any]) -> list[str]:
    status = number(body.get("TrangThaiHoSo"))
    if status is None or status not in STATUSES:
        return ["TrangThaiHoSo phải là một trong 10 mã trạng thái (1–10)"]
    needed = [name for name in NEEDED_BY_STATUS.get(status, ()) if not (name == "NgayHenTra" and body.get("KhongCoThoiHan") is True)]
    return [f"Trạng thái {status} ({STATUSES[status]}) cần {name}" for name in needed if not body.get(name)]


def _create_problems(body: Mapping[str, Any]) -> list[str]:
    found = _text_problems(body, CREATE_TEXTS) + _status_problems(body)
    if not PROCEDURE.fullmatch(str(body.get("MaTTHC", ""))):
        found.append("MaTTHC phải có dạng 1.000656")
    for name, known in (("KenhThucHien", CHANNELS), ("NoiNopHoSo", PLACES), ("LoaiDoiTuong", SUBJECT_KINDS)):
        if number(body.get(name)) not in known:
            found.append(f"{name} phải là một trong: " + ", ".join(f"{key} ({text})" for key, text in known.items()))
    if not body.get("NgayNopHoSo"):
        found.append("Thiếu NgayNopHoSo")
    if len(str(body.get("TrichYeuHoSo", ""))) > 1000:
        found.append("TrichYeuHoSo tối đa 1000 ký tự")
    if body.get("MaTinh") and not re.fullmatch(r"\d{2}", str(body["MaTinh"])):
        found.append("MaTinh gồm 2 chữ số")
    owner = body.get("DinhDanhCHS")
    if owner and not (isinstance(owner, dict) and number(owner.get("LoaiDinhDanh")) in {1, 2} and owner.get("SoDinhDanh")):
        found.append("DinhDanhCHS cần LoaiDinhDanh (1 hoặc 2) và SoDinhDanh")
    return found
