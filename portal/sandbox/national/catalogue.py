"""The national database of procedures: what changed since when, in the national form, with all its dirt."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.clock import technical_now
from portal.sandbox.admin import admin_only
from portal.sandbox.national.auth import refuse, signed
from portal.sandbox.national.models import CatalogueEntry
from portal.sandbox.paging import page_before
from portal.sandbox.signing import canonical, digest_of_text

PAGE_LIMIT = 200
CODE, NAME = "ma_thu_tuc", "ten_thu_tuc"


def is_record(value: Any) -> bool:
    """Whether it has a code and a name; everything else may be missing or dirty."""
    return (
        isinstance(value, dict)
        and isinstance(value.get(CODE), str)
        and 0 < len(value[CODE]) <= 40
        and isinstance(value.get(NAME), str)
        and len(value[NAME]) <= 2000
        and "\\u0000" not in json.dumps(value)
    )


@transaction.atomic
def store(records: Iterable[dict[str, Any]], *, at: datetime) -> int:
    """The records are in the catalogue; returns how many are new or differ. One that is the same keeps its date."""
    known = {entry.code: entry for entry in CatalogueEntry.objects.select_for_update()}
    changed: dict[str, CatalogueEntry] = {}
    for record in records:
        digest = digest_of_text(canonical(record))
        entry = known.get(record[CODE]) or CatalogueEntry(code=record[CODE], version=0)
        if entry.digest == digest and not entry.is_withdrawn:
            continue
        entry.name, entry.record, entry.digest, entry.changed_at, entry.is_withdrawn = record[NAME], record, digest, at, False
        entry.version += 1
        known[entry.code] = changed[entry.code] = entry
    CatalogueEntry.objects.bulk_create([entry for entry in changed.values() if entry.pk is None], batch_size=200)
    fields = ["name", "record", "digest", "version", "changed_at", "is_withdrawn"]
    CatalogueEntry.objects.bulk_update([entry for entry in changed.values() if entry.version > 1], fields, batch_size=200)
    return len(changed)


def line(entry: CatalogueEntry) -> dict[str, Any]:
    """The record with the version and date of its last change."""
    stamp = {"phien_ban": entry.version, "ngay_thay_doi": entry.changed_at.isoformat(), "bai_bo": entry.is_withdrawn}
    return {**entry.record, **stamp}


@require_safe
@signed
def procedures(request: HttpRequest) -> HttpResponse:
    """Procedures that changed after ?since= (ISO 8601 with zone; all without), oldest change first, in pages."""
    rows = CatalogueEntry.objects.order_by("changed_at", "code")
    limit, since, after = request.GET.get("limit", "100"), request.GET.get("since", ""), request.GET.get("after", "")
    try:
        moment = parse_datetime(since) if since else None
    except ValueError:
        moment = None
    if (since and (moment is None or moment.tzinfo is None)) or not limit.isdigit() or not 1 <= int(limit) <= PAGE_LIMIT:
        return refuse(400, "invalid", f"since dạng ISO 8601 kèm múi giờ; limit từ 1 đến {PAGE_LIMIT}")
    if moment:
        rows = rows.filter(changed_at__gt=moment)
    last = CatalogueEntry.objects.filter(code=after).first() if after else None
    if last:
        rows = rows.filter(Q(changed_at__gt=last.changed_at) | Q(changed_at=last.changed_at, code__gt=last.code))
    page = list(rows[: int(limit)])
    return JsonResponse({"items": [line(entry) for entry in page], "next": page[-1].code if len(page) == int(limit) else None})


@require_safe
@signed
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """One procedure."""
    entry = CatalogueEntry.objects.filter(code=code).first()
    return JsonResponse(line(entry)) if entry else refuse(404, "not_found", "Không có thủ tục này")


@csrf_exempt
@require_POST
@admin_only
def store_api(request: HttpRequest) -> HttpResponse:
    """`{"items": [records]}` are stored; `{"withdraw": [codes]}` are marked as abolished."""
    try:
        body = json.loads(request.body)
        items, codes = body.get("items", []), body.get("withdraw", [])
    except (ValueError, RecursionError, AttributeError):
        items = codes = None
    if not isinstance(items, list) or not all(is_record(item) for item in items) or not isinstance(codes, list):
        return JsonResponse({"error": "invalid", "message": f"Mỗi mục cần {CODE} và {NAME}"}, status=400)
    changed = store(items, at=technical_now())
    gone = CatalogueEntry.objects.filter(code__in=[str(code) for code in codes], is_withdrawn=False)
    return JsonResponse({"changed": changed, "withdrawn": gone.update(is_withdrawn=True, changed_at=technical_now())}, status=201)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The catalogue, newest first, searched by code or name."""
    text = request.GET.get("q", "").strip().replace("\x00", "")
    rows = CatalogueEntry.objects.filter(Q(code__icontains=text) | Q(name__icontains=text)) if text else CatalogueEntry.objects.all()
    page, older = page_before(rows, request.GET.get("before", ""))
    return render(request, "sandbox/catalogue.html", {"rows": page, "older": older, "q": text})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """A person changes a record as the ministry would, so that the next synchronisation finds a difference."""
    entry = get_object_or_404(CatalogueEntry, code=code)
    text, problem = json.dumps(entry.record, ensure_ascii=False, indent=1), ""
    if request.method == "POST":
        text = request.POST.get("record", "")
        try:
            record = json.loads(text)
        except (ValueError, RecursionError):
            record = None
        if is_record(record) and record[CODE] == code:
            store([record], at=technical_now())
            return redirect("npsp-procedure", code=code)
        problem = f"Cần một đối tượng JSON có {CODE} là {code} và {NAME}"
    context = {"entry": entry, "text": text, "problem": problem, "facts": entry.record.items()}
    return render(request, "sandbox/procedure.html", context, status=422 if problem else 200)
