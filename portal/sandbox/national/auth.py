"""Who may call the national portal: a bearer token of the client-credentials grant, and a signed request."""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.core.clock import technical_now
from portal.sandbox import settings
from portal.sandbox.faults.draw import skew_seconds
from portal.sandbox.national.models import AccessToken, Nonce
from portal.sandbox.signing import FRESHNESS_SECONDS, is_fresh, is_signed

View = Callable[..., HttpResponse]


def refuse(status: int, error: str, message: str) -> JsonResponse:
    """An error answer of the national portal."""
    return JsonResponse({"error": error, "message": message}, status=status)


def _credentials(request: HttpRequest) -> tuple[str, str]:
    header = request.headers.get("Authorization", "")
    if header.startswith("Basic "):
        try:
            name, _, secret = base64.b64decode(header[6:], validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return name, secret
    return request.POST.get("client_id", ""), request.POST.get("client_secret", "")


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """A new bearer token for the portal (OAuth 2.0 client credentials, Basic or in the form)."""
    if request.POST.get("grant_type") != "client_credentials":
        return refuse(400, "unsupported_grant_type", "grant_type phải là client_credentials")
    name, secret = _credentials(request)
    if not (constant_time_compare(name, settings.NATIONAL_CLIENT_ID) and constant_time_compare(secret, settings.NATIONAL_CLIENT_SECRET)):
        return refuse(401, "invalid_client", "Sai mã hoặc mật khẩu của hệ thống kết nối")
    value, now = secrets.token_urlsafe(32), technical_now()
    lifetime = settings.NATIONAL_TOKEN_SECONDS
    AccessToken.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    AccessToken.objects.create(digest=_digest(value), expires_at=now + timedelta(seconds=lifetime))
    return JsonResponse({"access_token": value, "token_type": "Bearer", "expires_in": lifetime}, headers={"Cache-Control": "no-store"})


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def signed(view: View) -> View:
    """The view runs only for a live token and a fresh, unused, correct signature."""

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        now = technical_now()
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not AccessToken.objects.filter(digest=_digest(bearer), expires_at__gt=now).exists():
            answer = refuse(401, "invalid_token", "Mã truy cập không hợp lệ hoặc đã hết hạn")
            answer["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            return answer
        return _signature_problem(request, now) or view(request, *args, **kwargs)

    return checked


def _signature_problem(request: HttpRequest, now: datetime) -> JsonResponse | None:
    """The refusal, or None after the nonce was taken."""
    timestamp, nonce = request.headers.get("X-Timestamp", ""), request.headers.get("X-Nonce", "")
    if not is_fresh(timestamp, now.timestamp() + skew_seconds("national")):
        return refuse(403, "stale_timestamp", "X-Timestamp lệch quá 300 giây so với đồng hồ của Cổng")
    query = request.META.get("QUERY_STRING", "")
    path = request.path + (f"?{query}" if query else "")
    signature = request.headers.get("X-Signature", "")
    if not is_signed(signature, settings.NATIONAL_HMAC_KEY, timestamp, nonce, str(request.method), path, request.body):
        return refuse(403, "bad_signature", "X-Signature không đúng")
    if not (16 <= len(nonce) <= 64 and nonce.isascii() and nonce.isalnum()):
        return refuse(403, "bad_nonce", "X-Nonce gồm 16 đến 64 chữ và số")
    return None if _take_nonce(nonce, now) else refuse(403, "replayed_nonce", "X-Nonce đã được dùng")


def _take_nonce(nonce: str, now: datetime) -> bool:
    """True once per nonce. Old ones are swept now and then: after ten minutes the timestamp refuses them anyway."""
    if nonce[-1:] == "0":
        Nonce.objects.filter(seen_at__lt=now - timedelta(seconds=4 * FRESHNESS_SECONDS)).delete()
    try:
        with transaction.atomic():
            Nonce.objects.create(value=nonce, seen_at=now)
    except IntegrityError:
        return False
    return True
