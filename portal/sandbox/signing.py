"""Signatures of the simulated services. Pure: plain values in, plain values out."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

FRESHNESS_SECONDS = 300


def canonical(body: Mapping[str, Any]) -> str:
    """The body as canonical JSON: sorted keys, no spaces, characters not escaped."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of_text(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def sign(key: str, *parts: str | bytes) -> str:
    """HMAC-SHA256 in hexadecimal over the parts joined by dots."""
    raw = b".".join(part.encode() if isinstance(part, str) else part for part in parts)
    return hmac.new(key.encode(), raw, hashlib.sha256).hexdigest()


def is_signed(signature: str, key: str, *parts: str | bytes) -> bool:
    """True if the signature is ours; compared in constant time."""
    return hmac.compare_digest(signature.encode(), sign(key, *parts).encode())


def is_fresh(timestamp: str, now: float) -> bool:
    """True if the timestamp (Unix seconds) is within five minutes of `now`."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(int(timestamp) - now) <= FRESHNESS_SECONDS


def order_code(key: str, *, reference: str, amount: int, return_url: str, description: str) -> str:
    """MaXacThuc of a payment order: HMAC-SHA256 over its pipe-joined fields."""
    return hmac.new(key.encode(), f"{reference}|{amount}|{return_url}|{description}".encode(), hashlib.sha256).hexdigest()
