"""The pages of the national portal that a person can look at."""

import uuid

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.sandbox.national.models import LegacyDossier, MirroredDossier, ReceivedMessage, Refusal
from portal.sandbox.national.schema import CHANNELS, PLACES, STATUSES, SUBJECT_KINDS, moment, number
from portal.sandbox.paging import page_before

LABELS = {
    "MaTTHC": "Mã thủ tục",
    "TenTTHC": "Tên thủ tục",
    "ChuHoSo": "Chủ hồ sơ",
    "LoaiDoiTuong": "Loại đối tượng",
    "KenhThucHien": "Kênh thực hiện",
    "NoiNopHoSo": "Nơi nộp hồ sơ",
    "DonViXuLy": "Đơn vị xử lý",
    "TrichYeuHoSo": "Trích yếu",
    "NgayNopHoSo": "Ngày nộp",
    "NgayTiepNhan": "Ngày tiếp nhận",
    "NgayHenTra": "Ngày hẹn trả",
    "NgayKetThucXuLy": "Ngày kết thúc xử lý",
    "NgayTra": "Ngày trả kết quả",
    "NgayTuChoi": "Ngày từ chối",
    "GhiChu": "Ghi chú",
    "NguoiXuLy": "Người xử lý",
    "ChucDanh": "Chức danh",
    "PhongBanXuLy": "Phòng ban",
    "NoiDungXuLy": "Nội dung xử lý",
    "ThoiDiemXuLy": "Thời điểm",
    "NgayBatDau": "Bắt đầu",
    "NgayKetThucTheoQuyDinh": "Kết thúc theo quy định",
}
WORDS = {"LoaiDoiTuong": SUBJECT_KINDS, "KenhThucHien": CHANNELS, "NoiNopHoSo": PLACES}
STEP_KINDS = {"create": "Tạo hồ sơ", "status": "Cập nhật trạng thái", "progress": "Cập nhật tiến trình"}
TONES = {1: "wait", 2: "go", 3: "bad", 4: "go", 5: "warn", 6: "warn", 7: "bad", 8: "bad", 9: "ok", 10: "ok"}


def _shown(name: str, value: object) -> str:
    code = number(value)
    if name in WORDS and code is not None:
        return WORDS[name].get(code, str(value))
    when = moment(value)
    return f"{when:%H:%M:%S %d/%m/%Y}" if when else str(value)


def _facts(body: dict[str, object]) -> list[tuple[str, str]]:
    """Labels and readable values of what is known and filled."""
    return [(label, _shown(name, body[name])) for name, label in LABELS.items() if body.get(name) not in (None, "", [])]


def _status(step: ReceivedMessage) -> str:
    return STATUSES.get(number(step.body.get("TrangThaiHoSo", step.body.get("TrangThai"))) or 0, "")


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The mirrored dossiers, newest first, filtered by text and state."""
    rows: QuerySet[MirroredDossier] = MirroredDossier.objects.all()
    text, state = request.GET.get("q", "").strip().replace("\x00", ""), request.GET.get("status", "")
    if text:
        rows = rows.filter(code__icontains=text)
    if number(state) in STATUSES:
        rows = rows.filter(status=number(state))
    page, older = page_before(rows, request.GET.get("before", ""))
    context = {
        "rows": [(row, STATUSES.get(row.status, ""), TONES.get(row.status, "wait")) for row in page],
        "older": older,
        "q": text,
        "status": state,
        "statuses": [(str(key), word) for key, word in STATUSES.items()],
        "refusals": Refusal.objects.order_by("-pk")[:5],
        "older_generation": LegacyDossier.objects.order_by("-pk")[:20],
    }
    return render(request, "sandbox/dossiers.html", context)


def steps_of(dossier: MirroredDossier) -> QuerySet[ReceivedMessage]:
    """Every step received, in order."""
    return ReceivedMessage.objects.filter(dossier=dossier).order_by("seq")


@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One mirrored dossier with every step received and everything refused."""
    dossier = get_object_or_404(MirroredDossier, code=code)
    steps = [(step, STEP_KINDS[step.kind], _status(step), _facts(step.body)) for step in steps_of(dossier)]
    context = {
        "dossier": dossier,
        "status": STATUSES.get(dossier.status, ""),
        "tone": TONES.get(dossier.status, "wait"),
        "facts": _facts(dossier.snapshot),
        "steps": steps,
        "refusals": Refusal.objects.filter(code=code).order_by("-pk")[:20],
    }
    return render(request, "sandbox/dossier.html", context)


def uuid_or_none(text: str) -> uuid.UUID | None:
    """The text as a UUID."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
