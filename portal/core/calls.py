"""What another system's call must be before we look into it: fresh, and a JSON object that the database can keep."""

import json
import re
from datetime import datetime
from typing import Any

from django.http import JsonResponse

FRESH_SECONDS = 300
LONGEST_TIMESTAMP = 12
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def is_fresh(timestamp: str, *, now: datetime) -> bool:
    """Whether the Unix time in the header is within five minutes of now; whatever else it says is not."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_TIMESTAMP):
        return False
    return abs(int(timestamp) - now.timestamp()) <= FRESH_SECONDS


def json_object(raw: bytes) -> dict[str, Any]:
    """The object in the bytes. Raises ValueError for any other document, and for what no database keeps: NUL, NaN, half a character."""
    text = raw.decode()
    try:
        body = json.loads(text)
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(body, dict) or NUL.search(text):
        raise ValueError("no object that can be kept")
    return body


def problem(status: int, title: str) -> JsonResponse:
    """A problem document. Source: RFC 9457."""
    return JsonResponse({"type": "about:blank", "title": title, "status": status}, status=status, content_type="application/problem+json")
