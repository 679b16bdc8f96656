"""Faults of the transport: applied around every API call of a simulated service, which is logged with what was done to it."""

import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.core.clock import technical_now
from portal.sandbox.faults.connection import grab
from portal.sandbox.faults.draw import draw, skew_seconds
from portal.sandbox.faults.kinds import AFTER_COMMIT, ALTERED, CUTTING, TRANSPORT
from portal.sandbox.faults.models import Call
from portal.sandbox.faults.play import altered, instead, spoilt

API_PREFIXES = {
    "/npsp/v": "national",
    "/identity/o/api/": "identity",
    "/.well-known/": "identity",
    "/pay/orders": "payment",
    "/messages": "messages",
    "/population/lookup": "population",
}
KEPT_CALLS = 20_000
GetResponse = Callable[[HttpRequest], HttpResponseBase]


def service_of(path: str) -> str | None:
    """The service whose API this path belongs to."""
    return next((service for prefix, service in API_PREFIXES.items() if path.startswith(prefix)), None)


class FaultMiddleware:
    """Draws at most one fault of the transport per API call and plays it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        service = service_of(request.path)
        if service is None:
            return self.get_response(request)
        began = time.monotonic()
        fault = draw(service, TRANSPORT, request.path)
        connection = grab(request) if fault and fault.kind in CUTTING else None
        if fault is None:
            response = self.get_response(request)
        elif fault.kind in AFTER_COMMIT:
            response = spoilt(connection, fault, self.get_response(request))
        elif fault.kind in ALTERED:
            response = altered(request, fault, self.get_response(request))
        else:
            response = instead(connection, fault, is_legacy=request.path.startswith("/npsp/v1/"))
        kind = fault.kind if fault else str(request.META.get("SANDBOX_FAULT", ""))
        _log(request, service, None if kind in CUTTING else response.status_code, kind, began)
        skew = skew_seconds(service)
        if skew:
            response["Date"] = format_datetime(technical_now() + timedelta(seconds=skew), usegmt=True)
        return response


def _log(request: HttpRequest, service: str, status: int | None, kind: str, began: float) -> None:
    """The call is in the log, which keeps the newest."""
    call = Call.objects.create(
        service=service,
        method=str(request.method)[:8],
        path=request.get_full_path().replace("\x00", "")[:300],
        status=status,
        fault=kind,
        milliseconds=int((time.monotonic() - began) * 1000),
        called_at=technical_now(),
    )
    if call.pk % 1000 == 0:
        Call.objects.filter(pk__lt=call.pk - KEPT_CALLS).delete()
