"""The gateway calls here. Kept word for word and applied in one transaction, once per order."""

import structlog
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments.actions.orders import apply_report
from payments.gateway import is_authentic, reported
from payments.models import Callback
from portal.accounts.access import machine, own_transaction
from portal.core.calls import json_object, problem
from portal.core.clock import business_now, technical_now

log = structlog.get_logger()
LARGEST = 10_000


@csrf_exempt
@require_POST
@machine("hmac")
@own_transaction
def callback(request: HttpRequest) -> HttpResponse:
    """200 once the event is on record, however often it comes; 403 for a forged or stale one; 400 for one that cannot be read.

    Applying is idempotent by the order, so an event that came before its order was known still counts when it is repeated.
    """
    raw = request.body
    if len(raw) > LARGEST:
        return problem(413, "The callback is too large.")
    if not is_authentic(timestamp=request.headers.get("X-Timestamp", ""), signature=request.headers.get("X-Signature", ""), raw=raw):
        log.warning("payment_callback_forged")
        return problem(403, "The signature or the time of the callback is not valid.")
    try:
        body = json_object(raw)
        event_id, report = str(body["event_id"])[:80], reported(body)
    except (ValueError, KeyError, TypeError):
        return problem(400, "The callback cannot be read.")
    with transaction.atomic():
        outcome = apply_report(report, at=business_now())
        kept = {"reference": report.reference[:40], "body": raw.decode(), "outcome": outcome[:200], "received_at": technical_now()}
        Callback.objects.get_or_create(event_id=event_id, defaults=kept)
    log.info("payment_callback", event_id=event_id, outcome=outcome)
    return JsonResponse({"outcome": outcome})
