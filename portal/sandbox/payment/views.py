"""The payment gateway: its API for merchants and its page for the person who pays."""

import hmac
import json
import uuid
from typing import Any
from urllib.parse import urlencode, urlsplit

import segno
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.clock import technical_now
from portal.sandbox import settings
from portal.sandbox.delivery.models import Delivery
from portal.sandbox.paging import page_before
from portal.sandbox.payment.models import Order
from portal.sandbox.payment.settle import answer_for, settle
from portal.sandbox.signing import is_fresh, is_signed, order_code, sign

LARGEST = 10**12
CHOICES = {"pay": Order.Status.PAID, "cancel": Order.Status.CANCELLED, "fail": Order.Status.FAILED}


@csrf_exempt
@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """An order exists for this reference; asking again with the same values gives the same order."""
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    problem = _problem(body)
    if problem:
        return JsonResponse({"error": "invalid", "message": problem}, status=400)
    wanted = {name: body[name] for name in ("amount", "description", "return_url")}
    expected = order_code(settings.PAYMENT_SECRET, reference=body["reference"], **wanted)
    if not hmac.compare_digest(body["MaXacThuc"].encode(), expected.encode()):
        return JsonResponse({"error": "forbidden", "message": "MaXacThuc không đúng"}, status=403)
    order, _ = Order.objects.get_or_create(reference=body["reference"], defaults=wanted | {"created_at": technical_now()})
    if (order.amount, order.return_url) != (wanted["amount"], wanted["return_url"]):
        return JsonResponse({"error": "conflict", "message": "Mã tham chiếu đã dùng cho một khoản khác"}, status=409)
    pay_url = settings.SANDBOX_BASE_URL + reverse("pay", args=[order.gateway_ref])
    return JsonResponse({"gateway_ref": str(order.gateway_ref), "pay_url": pay_url, "status": order.status})


def _problem(body: Any) -> str:
    """Why the body is no order; empty if it is one."""
    if not isinstance(body, dict):
        return "Cần một đối tượng JSON"
    for name, limit in (("reference", 100), ("description", 300), ("return_url", 1000), ("MaXacThuc", 64)):
        value = body.get(name)
        if not isinstance(value, str) or not value or len(value) > limit or "\x00" in value:
            return f"{name}: chuỗi bắt buộc, tối đa {limit} ký tự"
    amount = body.get("amount")
    if isinstance(amount, bool) or not isinstance(amount, int) or not 0 < amount < LARGEST:
        return "amount: số nguyên đồng, lớn hơn 0"
    parts = urlsplit(body["return_url"])
    return "" if parts.scheme in {"http", "https"} and parts.netloc else "return_url: địa chỉ http hoặc https đầy đủ"


@require_safe
def state(request: HttpRequest, reference: str) -> HttpResponse:
    """The signed state of an order, for a merchant whose request is signed."""
    now, timestamp = technical_now(), request.headers.get("X-Timestamp", "")
    signature = request.headers.get("X-Signature", "")
    if not is_fresh(timestamp, now.timestamp()) or not is_signed(signature, settings.PAYMENT_SECRET, timestamp, "GET", request.path):
        return JsonResponse({"error": "forbidden", "message": "Chữ ký hoặc thời điểm không hợp lệ"}, status=403)
    order = Order.objects.filter(reference=reference).first()
    if order is None:
        return JsonResponse({"error": "not_found", "message": "Không có khoản thanh toán này"}, status=404)
    response, stamp = JsonResponse(answer_for(order)), str(int(now.timestamp()))
    response["X-Timestamp"] = stamp
    response["X-Signature"] = sign(settings.PAYMENT_SECRET, stamp, response.content)
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, gateway_ref: uuid.UUID) -> HttpResponse:
    """The page where the person pays or cancels; afterwards the browser goes back to the merchant."""
    order = get_object_or_404(Order, gateway_ref=gateway_ref)
    choice = CHOICES.get(request.POST.get("action", ""))
    if request.method == "POST" and choice is not None:
        return redirect(_return_to(settle(gateway_ref, choice, at=technical_now())))
    parts = urlsplit(order.return_url)
    qr = segno.make(f"MOTCUA|{order.gateway_ref}|{order.amount}", error="m").svg_data_uri(scale=4, border=2)
    amount = f"{order.amount:,}".replace(",", ".")
    context = {"order": order, "qr": qr, "amount": amount, "back": _return_to(order)}
    response = render(request, "sandbox/pay.html", context)
    response._csp_update = {"form-action": [f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]  # read by django-csp
    return response


def _return_to(order: Order) -> str:
    """The merchant's page with the reference and, for convenience only, the status."""
    separator = "&" if "?" in order.return_url else "?"
    return order.return_url + separator + urlencode({"reference": order.reference, "status": order.status})


@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """All orders and what became of their callbacks, newest first."""
    page, older = page_before(Order.objects.all(), request.GET.get("before", ""))
    calls: dict[str, list[Delivery]] = {}
    references = [order.reference for order in page]
    for row in Delivery.objects.filter(scheme=Delivery.Scheme.PAYMENT, subject__in=references).order_by("pk"):
        calls.setdefault(row.subject, []).append(row)
    rows = [(order, f"{order.amount:,}".replace(",", "."), calls.get(order.reference, [])) for order in page]
    return render(request, "sandbox/orders.html", {"rows": rows, "older": older})
