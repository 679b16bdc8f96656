"""The national portal calls here: filings, supplements, payments, questions. Kept by remote id first, handled by a worker."""

import hashlib
import hmac
import re
import uuid
from datetime import timedelta

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dossiers.models import InboundNonce
from dossiers.national.inbound import keep
from dossiers.national.inbound_calls import KINDS, OtherContent, keep_call
from portal.accounts.access import machine
from portal.core.calls import is_fresh, json_object, problem
from portal.core.clock import technical_now

log = structlog.get_logger()
LARGEST = 1_000_000
NONCE = re.compile(r"[0-9A-Za-z]{16,64}")
NONCES_KEPT = timedelta(minutes=20)
"""Longer than a time stamp is fresh on either side of our clock."""
FILING = "HoSo"


def _is_signed(request: HttpRequest, nonce: str) -> bool:
    """Fresh, and signed with the key of now or, while a new one is being brought in, with the one before."""
    timestamp = request.headers.get("X-Timestamp", "")
    if not is_fresh(timestamp, now=technical_now()):
        return False
    message = b".".join([timestamp.encode(), nonce.encode(), b"POST", request.path.encode(), request.body])
    given = request.headers.get("X-Signature", "").encode()
    keys = [key for key in (settings.NATIONAL_HMAC_KEY, settings.NATIONAL_HMAC_KEY_PREVIOUS) if key]
    return any(hmac.compare_digest(hmac.new(key.encode(), message, hashlib.sha256).hexdigest().encode(), given) for key in keys)


def _is_first_use(nonce: str) -> bool:
    """The nonce is on record; False if it was before. Those whose time stamp is too old by now are forgotten."""
    now = technical_now()
    InboundNonce.objects.filter(seen_at__lt=now - NONCES_KEPT).delete()
    _row, is_new = InboundNonce.objects.get_or_create(value=nonce, defaults={"seen_at": now})
    return is_new


@csrf_exempt
@require_POST
@machine("hmac")
def inbound(request: HttpRequest) -> HttpResponse:
    """202 once the call is on record, however often it is handed over; 403 if it is not the portal's; 400 if unreadable.

    409 if the same remote id came before with another content: what came first stands.
    """
    if len(request.body) > LARGEST:
        return problem(413, "The call is too large.")
    nonce = request.headers.get("X-Nonce", "")
    if not NONCE.fullmatch(nonce) or not _is_signed(request, nonce):
        log.warning("national_inbound_forged")
        return problem(403, "The signature, the nonce or the time of the call is not valid.")
    if not _is_first_use(nonce):
        log.warning("national_inbound_replayed")
        return problem(403, "The nonce of the call was used before.")
    try:
        body = json_object(request.body)
        remote_id = uuid.UUID(str(body["remote_id"]))
    except (ValueError, KeyError):
        return problem(400, "The call cannot be read: a JSON object with remote_id is needed.")
    word = body.get("LoaiBanTin", FILING)
    if not isinstance(word, str) or word not in {FILING, *KINDS}:
        return problem(400, f"LoaiBanTin is one of {', '.join((FILING, *KINDS))}.")
    try:
        kept = keep(remote_id, body, at=technical_now()) if word == FILING else keep_call(KINDS[word], remote_id, body, at=technical_now())
    except OtherContent as error:
        log.warning("national_inbound_differs", remote_id=str(remote_id))
        return problem(409, str(error))
    return JsonResponse({"remote_id": str(kept.remote_id), "MaHoSo": kept.dossier.code if kept.dossier else None}, status=202)


urlpatterns: list[URLPattern] = [path("api/v1/national/inbound", inbound, name="national-inbound")]
