"""The 2026 generation over HTTP: token, signature, calls. Interface: docs/sandbox.md, 2026 generation."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.conf import settings

from dossiers.national.faults import Malformed, Refused, Unreachable
from dossiers.national.transport import Endpoint, Reply, ask, asked_wait, without_nul
from portal.core.canonical import parsed
from portal.core.clock import technical_now

__all__ = ["FILES", "Malformed", "NotThere", "Refused", "Unreachable", "fetch", "file_headers", "post", "post_messages"]

TOKEN = Endpoint("national.token", stream="national")
MESSAGES = Endpoint("national.messages", stream="national")
READS = Endpoint("national.reads")
FILES = Endpoint("national.files")
_REFRESH_EARLY_SECONDS = 30
_JSON = {"Content-Type": "application/json"}


@dataclass(slots=True)
class _Token:
    value: str = ""
    good_until: float = 0.0


_token = _Token()


def post_messages(items: Sequence[bytes]) -> list[dict[str, Any]]:
    """The portal's answer for each item that it answered; an item is JSON already. Raises Unreachable, Refused, Malformed."""
    answer = post("/npsp/v2/messages", b'{"items":[' + b",".join(items) + b"]}", _JSON, endpoint=MESSAGES)
    entries = answer.get("items")
    if not isinstance(entries, list):
        raise Unreachable("answer without items")
    return [entry for entry in entries if isinstance(entry, dict)]


def post(path: str, body: bytes, headers: Mapping[str, str] = _JSON, *, endpoint: Endpoint = READS) -> dict[str, Any]:
    """The object that the portal answered. Raises Unreachable, Refused, Malformed."""
    return _signed(endpoint, "POST", path, body, headers)


def fetch(path: str) -> dict[str, Any]:
    """What the portal believes. Raises Unreachable, Refused, Malformed."""
    return _signed(READS, "GET", path, b"", {})


def file_headers(name: str) -> dict[str, str]:
    """Headers of an upload: the name travels percent-encoded."""
    return {"Content-Type": "application/octet-stream", "X-File-Name": quote(name)}


def _signed(endpoint: Endpoint, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """A token that ran out on the way is renewed once; a second refusal is a refusal."""
    try:
        return _call(endpoint, method, path, body, headers)
    except _TokenGone:
        _token.value = ""
    try:
        return _call(endpoint, method, path, body, headers)
    except _TokenGone as gone:
        _token.value = ""
        raise Refused(gone.reason) from gone


def _call(endpoint: Endpoint, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    bearer = _bearer()
    timestamp, nonce = str(int(technical_now().timestamp())), secrets.token_hex(16)
    signature = hmac.new(settings.NATIONAL_HMAC_KEY.encode(), f"{timestamp}.{nonce}.{method}.{path}.".encode(), hashlib.sha256)
    signature.update(body)
    signed = {
        **headers,
        "Authorization": f"Bearer {bearer}",
        "X-Timestamp": timestamp,
        "X-Nonce": nonce,
        "X-Signature": signature.hexdigest(),
    }
    return ask(endpoint, method, path, body=body, headers=signed, understand=_understood)


class NotThere(Malformed):
    """404 in the portal's own words."""


class _TokenGone(Refused):
    """401: the token is over, or was never good."""


def _understood(reply: Reply) -> dict[str, Any]:
    words = f"HTTP {reply.status}: {reply.data[:200].decode('utf-8', 'replace')}".replace("\x00", "")
    match reply.status:
        case 401:
            raise _TokenGone(words)
        case 403:
            raise Refused(words)
        case 404 if _is_ours(reply.data):
            raise NotThere(words)
        case 400 | 409 | 413 | 422 if _is_ours(reply.data):
            raise Malformed(words)
        case 200 | 201:
            return _object(reply.data)
        case status:
            raise Unreachable(f"HTTP {status}", asked_wait(reply.headers))


def _is_ours(data: bytes) -> bool:
    """Whether a refusal is the portal's own; a proxy's error page says nothing about our request."""
    try:
        return "error" in _object(data)
    except Unreachable:
        return False


def _object(data: bytes) -> dict[str, Any]:
    try:
        answer = parsed(without_nul(data))
    except ValueError as error:
        raise Unreachable("answer is not JSON") from error
    if not isinstance(answer, dict):
        raise Unreachable("answer is not an object")
    return answer


def _bearer() -> str:
    if _token.value and time.monotonic() < _token.good_until:
        return _token.value
    pair = base64.b64encode(f"{settings.NATIONAL_CLIENT_ID}:{settings.NATIONAL_CLIENT_SECRET}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
    _token.value, lifetime = ask(
        TOKEN, "POST", "/npsp/v2/token", body=b"grant_type=client_credentials", headers=headers, understand=_token_of
    )
    _token.good_until = time.monotonic() + lifetime - _REFRESH_EARLY_SECONDS
    return _token.value


def _token_of(reply: Reply) -> tuple[str, float]:
    """The token and its lifetime; an answer without both is no answer."""
    try:
        answer = _understood(reply)
    except Malformed as fault:
        raise Refused(fault.reason) from fault
    value, lifetime = answer.get("access_token"), answer.get("expires_in", 60)
    if not isinstance(value, str) or not value or not isinstance(lifetime, int | float):
        raise Unreachable("answer without a token")
    return value, float(lifetime)
