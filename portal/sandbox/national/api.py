"""The interface of the 2026 generation: codes, files, and the steps of dossiers in batches with an answer per item."""

import hashlib
import json
from typing import Any
from urllib.parse import unquote

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.core.clock import LOCAL, technical_now
from portal.sandbox.faults.draw import Fault, draw, is_on, rejected_codes
from portal.sandbox.faults.kinds import BATCH
from portal.sandbox.national.auth import refuse, signed
from portal.sandbox.national.forget import forget_recent
from portal.sandbox.national.judge import Answer, names
from portal.sandbox.national.models import MirroredDossier, UploadedFile
from portal.sandbox.national.receive import receive

BATCH_LIMIT = 100
SERVICES = {"NoiHoSo": "create", "CapNhatTienTrinh": "progress", "CapNhatTrangThai": "status"}


@csrf_exempt
@require_POST
@signed
def messages(request: HttpRequest) -> HttpResponse:
    """Each item of the batch is answered by itself; the batch as a whole is 200 whenever it could be read."""
    return _take(request, read(request).get("items"))


@csrf_exempt
@require_POST
@signed
def named(request: HttpRequest, service: str) -> HttpResponse:
    """The same under the name of one service: all items are of its kind, which they need not repeat."""
    items = read(request).get("items")
    kind = SERVICES[service]
    if isinstance(items, list):
        items = [{"kind": kind} | item if isinstance(item, dict) else item for item in items]
        if any(isinstance(item, dict) and item["kind"] != kind for item in items):
            return refuse(400, "invalid", f"{service} chỉ nhận các mục {kind}")
    return _take(request, items, with_ids=service == "NoiHoSo")


def _take(request: HttpRequest, items: Any, *, with_ids: bool = False) -> HttpResponse:
    if not isinstance(items, list) or not 0 < len(items) <= BATCH_LIMIT:
        return refuse(400, "invalid", f"Cần items: danh sách từ 1 đến {BATCH_LIMIT} mục")
    fault = draw("national", BATCH, request.path)
    request.META["SANDBOX_FAULT"] = fault.kind if fault else ""
    answers = _answers(items, fault)
    if fault and fault.kind == "token_lost_mid_batch":
        return refuse(401, "invalid_token", "Mã truy cập đã hết hạn trong khi xử lý")
    if with_ids:
        ids = dict(MirroredDossier.objects.filter(code__in=[row["dossier_code"] for row in answers]).values_list("code", "pk"))
        answers = [row | ({"idHoSo": str(ids[row["dossier_code"]])} if row["dossier_code"] in ids else {}) for row in answers]
    return JsonResponse({"items": answers})


def _answers(items: list[Any], fault: Fault | None) -> list[dict[str, Any]]:
    """The answers in the order of the items, spoilt as the fault wants."""
    kind = fault.kind if fault else ""
    reject = rejected_codes("national")
    if fault and kind == "schema_reject":
        reject.add(str(fault.params.get("code") or names(items[0])[0]))
    taken = items[: len(items) // 2] if kind in {"partial_batch", "token_lost_mid_batch"} else items
    taken = taken[::-1] if kind == "reordered" else taken
    naive = is_on("national", "naive_receiver")
    done = receive(taken, at=technical_now(), rejected=reject, lose=kind == "lost_write", naive=naive) if taken else []
    answers = [answer.as_json() for answer in done]
    for item in items[len(taken) :]:
        code, seq, key = names(item)
        answers.append(Answer(key, code, seq, "error", reason="Hệ thống bận, xin gửi lại").as_json())
    if kind == "restored_backup" and fault:
        forget_recent(fault.seconds(30), at=technical_now())
    if kind == "duplicate_ack":
        answers = [answer for answer in answers for _copy in range(2)]
    if kind == "wrong_item":
        answers = [answer | {"key": answer["key"] + "-x", "dossier_code": "H00-000101-0000"} for answer in answers]
    return answers


def read(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the request; empty if it is none."""
    try:
        text = request.body.decode()
        body = json.loads(text)
        if "\\ud" in text.lower():
            json.dumps(body, ensure_ascii=False).encode()  # refuses lone surrogates, which no database stores
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


@csrf_exempt
@require_POST
@signed
def next_value(request: HttpRequest) -> HttpResponse:
    """The next dossier code of a unit, never given twice."""
    body = read(request)
    unit, day = str(body.get("MaDonVi", "")), str(body.get("Ngay") or technical_now().astimezone(LOCAL).strftime("%y%m%d"))
    if not 2 <= len(unit) <= 35 or not unit.replace(".", "").isalnum() or not unit.isascii() or len(day) != 6 or not day.isdigit():
        return refuse(400, "invalid", "MaDonVi như H26.1; Ngay dạng yyMMdd")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sandbox_npsp_code_series AS s (unit, day, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (unit, day) DO UPDATE SET last = s.last + 1 RETURNING last",
            [unit.upper(), day],
        )
        (last,) = cursor.fetchone()
    return JsonResponse({"MaHoSo": f"{unit.upper()}-{day}-{last:04d}"})


@csrf_exempt
@require_POST
@signed
def upload(request: HttpRequest) -> HttpResponse:
    """The raw body is the file, its name is in X-File-Name; the answer has the fingerprint."""
    name = unquote(request.headers.get("X-File-Name", ""))[:255].replace("\x00", "")
    if not name or not request.body:
        return refuse(400, "invalid", "Cần nội dung tệp và tiêu đề X-File-Name")
    digest = hashlib.sha256(request.body).hexdigest()
    row, is_new = _kept(name, len(request.body), digest)
    return JsonResponse({"IdTepTin": str(row.file_id), "HashTepTin": digest, "TenTepTin": row.name}, status=201 if is_new else 200)


@transaction.atomic
def _kept(name: str, size: int, digest: str) -> tuple[UploadedFile, bool]:
    """The same bytes have the same id, however often they come; and whether they are new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [digest])
    found = UploadedFile.objects.filter(sha256=digest).order_by("pk").first()
    if found:
        return found, False
    return UploadedFile.objects.create(name=name, size=size, sha256=digest, uploaded_at=technical_now()), True
