"""Telling the portal something, as the drawn fault of callbacks wants it told."""

import json
from datetime import datetime, timedelta
from typing import Any

from portal.sandbox.delivery.drain import enqueue
from portal.sandbox.delivery.models import Delivery
from portal.sandbox.faults.draw import Fault, draw
from portal.sandbox.faults.kinds import CALLBACK


def announce(scheme: Delivery.Scheme, subject: str, path: str, body: dict[str, Any], *, at: datetime) -> None:
    """The portal is owed this call: once, or as often, as late and as wrong as the fault of the service says."""
    fault = draw(scheme.value, CALLBACK)
    kind, body = (fault.kind if fault else ""), dict(body)
    if kind == "lost_callback":
        return
    if kind == "late_callback" and fault:
        at += timedelta(seconds=fault.seconds(20))
    if kind == "wrong_amount" and fault and "amount" in body:
        body["amount"] += _difference(fault)
    raw = json.dumps(body, ensure_ascii=False)
    if kind == "forged_signature":
        enqueue(scheme, subject, path, raw, at=at, forged=True)
        at += timedelta(seconds=1)
    for _copy in range(3 if kind == "duplicate_callback" else 1):
        enqueue(scheme, subject, path, raw, at=at)


def _difference(fault: Fault) -> int:
    difference = fault.params.get("difference", 1000)
    return difference if isinstance(difference, int) else 1000
