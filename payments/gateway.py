"""Talks to the payment gateway. Interface: docs/sandbox.md. Never called inside a transaction."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

import urllib3
from django.conf import settings

from payments.lifecycle import Reported
from portal.core.calls import is_fresh
from portal.core.clock import technical_now
from portal.core.errors import DomainError
from portal.core.patience import patient

_http = urllib3.PoolManager(timeout=urllib3.Timeout(connect=patient(2), read=patient(5)), retries=False)


class GatewayDown(DomainError):
    """The gateway gave no usable answer; nothing is known about the payment."""

    status = 503


@dataclass(frozen=True, slots=True)
class PayPage:
    """Where the person pays."""

    gateway_ref: str
    url: str


def start(*, reference: str, amount_vnd: int, description: str, return_url: str, unavailable: str) -> PayPage:
    """The gateway has an order with this reference. Repeating it gives the same page. Raises GatewayDown(`unavailable`)."""
    proof = _hmac(f"{reference}|{amount_vnd}|{return_url}|{description}")
    body = {"reference": reference, "amount": amount_vnd, "description": description, "return_url": return_url, "MaXacThuc": proof}
    answer = _ask("POST", "/pay/orders", json.dumps(body, ensure_ascii=False).encode(), unavailable=unavailable)
    return PayPage(gateway_ref=str(answer["gateway_ref"]), url=str(answer["pay_url"]))


def state_of(reference: str, *, unavailable: str) -> Reported:
    """What the gateway knows about the order. Raises GatewayDown."""
    path = f"/pay/orders/{reference}"
    answer = _ask("GET", path, b"", unavailable=unavailable)
    return reported(answer)


def reported(body: dict[str, Any]) -> Reported:
    """The gateway's words as a value. Raises KeyError, TypeError, ValueError for other words."""
    return Reported(
        reference=str(body["reference"]),
        gateway_ref=str(body.get("gateway_ref", "")),
        amount_vnd=int(body["amount"]),
        status=str(body["status"]),
    )


def is_authentic(*, timestamp: str, signature: str, raw: bytes) -> bool:
    """Whether the callback is the gateway's own and not older than five minutes. Compared in constant time."""
    if not is_fresh(timestamp, now=technical_now()):
        return False
    expected = hmac.new(settings.PAYMENT_SECRET.encode(), timestamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


def _hmac(text: str) -> str:
    return hmac.new(settings.PAYMENT_SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()


def _ask(method: str, path: str, body: bytes, *, unavailable: str) -> dict[str, Any]:
    timestamp = str(int(technical_now().timestamp()))
    headers = {"Content-Type": "application/json", "X-Timestamp": timestamp, "X-Signature": _hmac(f"{timestamp}.{method}.{path}")}
    try:
        answer = _http.request(method, settings.PAYMENT_URL + path, body=body or None, headers=headers, redirect=False)
        content = json.loads(answer.data)
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise GatewayDown(unavailable) from error
    if answer.status != 200 or not isinstance(content, dict):
        raise GatewayDown(unavailable)
    return content
