"""The older generation in a compact form: one session address and one endpoint with named services.

Its enumerations clash with the newer ones (LoaiDoiTuong), so it only keeps snapshots beside the ordered mirror.
"""

import json
import secrets
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.core.clock import technical_now
from portal.sandbox import settings
from portal.sandbox.national.models import CatalogueEntry, LegacyDossier
from portal.sandbox.national.schema import CODE, DATES, STATUSES, moment, number

ENUMERATIONS = {
    "TrangThaiHoSo": set(STATUSES),
    "LoaiDoiTuong": {1, 2, 3, 4},  # citizen, business, state agency, other: unlike the newer generation
    "KenhThucHien": {1, 2, 3},
    "NoiNopHoSo": {1, 2},
}
REQUIRED = ("MaTTHC", "TenTTHC", "ChuHoSo", "NgayNopHoSo", "DonViXuLy")
COLLECTIONS = {1, 2, 4}
SESSION = timedelta(minutes=30)
CHUNK = 10


def _answer(code: str, text: str, **more: Any) -> JsonResponse:
    # Always 200: in this generation only error_code tells success from failure.
    return JsonResponse({"error_code": code, "message": text, **more})


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) and "\\u0000" not in json.dumps(body) else {}


@csrf_exempt
@require_POST
def session(request: HttpRequest) -> HttpResponse:
    """A session for thirty minutes."""
    body = _read(request)
    name, secret = str(body.get("username", "")), str(body.get("password", ""))
    if not (constant_time_compare(name, settings.NATIONAL_CLIENT_ID) and constant_time_compare(secret, settings.NATIONAL_CLIENT_SECRET)):
        return _answer("-1", "Sai tên đăng nhập hoặc mật khẩu")
    value = secrets.token_hex(16)
    cache.set(f"npsp-session-{value}", "1", int(SESSION.total_seconds()))
    return _answer("0", "Thành công", session=value)


@csrf_exempt
@require_POST
def service(request: HttpRequest) -> HttpResponse:
    """The one endpoint: `service` names what is wanted."""
    body = _read(request)
    if not cache.get(f"npsp-session-{str(body.get('session', ''))[:64]}"):
        return _answer("-2", "Phiên làm việc không hợp lệ hoặc đã hết hạn")
    rows = body.get("data")
    match body.get("service"):
        case "TraCuuHoSo":
            return _look_up(str(body.get("mahoso", "")))
        case "LayDanhSachTTHC":
            rows = CatalogueEntry.objects.filter(is_withdrawn=False).order_by("code").values_list("code", flat=True)
            return _answer("0", "Thành công", data=[{"MATTHC": code} for code in rows])
        case "LayThuTuc":
            entry = CatalogueEntry.objects.filter(code=str(body.get("maTTHC", ""))[:40]).first()
            return _answer("0", "Thành công", data=[entry.record]) if entry else _answer("2", "Không tìm thấy thủ tục")
        case "DongBoHoSoMC" | "CapNhatTienDoHoSoMC" if not isinstance(rows, list) or not 0 < len(rows) <= CHUNK:
            return _answer("1", f"data là danh sách từ 1 đến {CHUNK} mục")
        case "DongBoHoSoMC":
            return _store(list(rows or []), is_updating=body.get("isUpdating") == "True")
        case "CapNhatTienDoHoSoMC":
            return _progress(list(rows or []))
        case _:
            return _answer("1", "Dịch vụ không có")


def _look_up(code: str) -> JsonResponse:
    found = LegacyDossier.objects.filter(code=code).first()
    return _answer("0", "Thành công", data=[found.snapshot]) if found else _answer("2", "Không tìm thấy hồ sơ")


@transaction.atomic
def _store(rows: list[Any], *, is_updating: bool) -> JsonResponse:
    for row in rows:
        if not isinstance(row, dict) or not CODE.fullmatch(str(row.get("MaHoSo", ""))):
            return _refused("Mã hồ sơ không hợp lệ")
        problem = _problem(row)
        if problem:
            return _refused(f"{row['MaHoSo']}: {problem}")
        known = LegacyDossier.objects.select_for_update().filter(code=row["MaHoSo"]).first()
        if known and not is_updating:
            return _refused(f"Hồ sơ {known.code} đã tồn tại", "3")
        if known is None and is_updating:
            return _refused(f"Hồ sơ {row['MaHoSo']} chưa có")
        dossier = known or LegacyDossier(code=row["MaHoSo"])
        dossier.snapshot, dossier.updated_at = row, technical_now()
        dossier.save()
    return _answer("0", "Đồng bộ thành công")


def _problem(row: dict[str, Any]) -> str:
    """What is wrong with a snapshot of this generation; empty if it is acceptable."""
    for name, known in ENUMERATIONS.items():
        if number(row.get(name)) not in known:
            return f"{name} không hợp lệ ({min(known)}–{max(known)})"
    for name in REQUIRED:
        if not str(row.get(name) or "").strip():
            return f"Thiếu {name}"
    for name in DATES:
        if row.get(name) and moment(row[name]) is None:
            return f"{name} phải có dạng yyyyMMddHHmmss"
    for fee in row.get("DanhSachLePhi") or []:
        if not isinstance(fee, dict) or number(fee.get("HinhThucThu")) not in COLLECTIONS:
            return "HinhThucThu của DanhSachLePhi là 1, 2 hoặc 4"
    return ""


@transaction.atomic
def _progress(rows: list[Any]) -> JsonResponse:
    for row in rows:
        code = str(row.get("MaHoSo", "")) if isinstance(row, dict) else ""
        dossier = LegacyDossier.objects.select_for_update().filter(code=code).first()
        if dossier is None or number(row.get("TrangThai")) not in STATUSES:
            return _refused(f"Không cập nhật được tiến độ của hồ sơ {code}")
        if row not in dossier.progress:
            dossier.progress = [*dossier.progress, row]
            dossier.save(update_fields=["progress"])
    return _answer("0", "Cập nhật thành công")


def _refused(text: str, code: str = "1") -> JsonResponse:
    """An error that takes back the whole chunk."""
    transaction.set_rollback(True)
    return _answer(code, text)
