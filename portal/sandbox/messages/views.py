"""The carrier of SMS and e-mail, and the inbox where a person reads them."""

import json
from typing import Any

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.clock import technical_now
from portal.sandbox import settings
from portal.sandbox.messages.models import Message
from portal.sandbox.paging import page_before

LIMITS = {"key": 200, "to": 200, "subject": 300, "text": 20_000}
REQUIRED = ("key", "to", "text")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def api(request: HttpRequest) -> HttpResponse:
    """POST takes one message, idempotent by its key; GET ?to= lists what a recipient got, newest first."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not constant_time_compare(token, settings.MESSAGES_TOKEN):
        return JsonResponse({"error": "unauthorized", "message": "Sai mã truy cập"}, status=401)
    if request.method == "GET":
        rows = Message.objects.order_by("-pk")
        if to := request.GET.get("to"):
            rows = rows.filter(to=to)
        return JsonResponse({"items": [_as_json(row) for row in rows[:200]]})
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    problem = _problem(body)
    if problem:
        return JsonResponse({"error": "invalid", "message": problem}, status=400)
    return _take(body)


@transaction.atomic
def _take(body: dict[str, str]) -> JsonResponse:
    values = {name: body.get(name, "") for name in ("channel", "to", "subject", "text")}
    row, is_new = Message.objects.get_or_create(key=body["key"], defaults=values | {"received_at": technical_now()})
    if not is_new:
        if (row.to, row.text) != (values["to"], values["text"]):
            return JsonResponse({"error": "conflict", "message": "Khóa này đã dùng cho một tin khác"}, status=409)
        Message.objects.filter(pk=row.pk).update(times_received=F("times_received") + 1)
    return JsonResponse({"id": row.pk, "result": "accepted" if is_new else "duplicate"}, status=201 if is_new else 200)


def _problem(body: Any) -> str:
    """Why the body cannot be taken; empty if it can."""
    if not isinstance(body, dict):
        return "Cần một đối tượng JSON"
    for name, limit in LIMITS.items():
        value = body.get(name, "")
        if not isinstance(value, str) or len(value) > limit or "\x00" in value or (name in REQUIRED and not value):
            return f"{name}: chuỗi, tối đa {limit} ký tự" + (", bắt buộc" if name in REQUIRED else "")
    return "" if body.get("channel") in Message.Channel.values else "channel: sms hoặc email"


def _as_json(row: Message) -> dict[str, Any]:
    names = ("key", "channel", "to", "subject", "text", "times_received")
    return {name: getattr(row, name) for name in names} | {"id": row.pk, "received_at": row.received_at.isoformat()}


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """All messages, newest first; ?to= shows those of one recipient."""
    to = request.GET.get("to", "").strip().replace("\x00", "")
    rows = Message.objects.filter(to__icontains=to) if to else Message.objects.all()
    page, older = page_before(rows, request.GET.get("before", ""))
    return render(request, "sandbox/inbox.html", {"messages": page, "older": older, "to": to})
