"""When the database is away: which errors mean that, and the page that keeps what a person typed."""

from dataclasses import dataclass

from django.core.exceptions import SuspiciousOperation
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render

RETRY_AFTER_SECONDS = 5
# Source: PostgreSQL, appendix A: 53300 too many connections; 57P01 to 57P05 shutdown, crash, starting up, idle session ended;
# 25P03 idle in transaction for too long. Class 08, connection failures, is checked by its prefix.
OUTAGE_STATES = frozenset({"53300", "57P01", "57P02", "57P03", "57P05", "25P03"})
NEVER_SHOWN = ("csrfmiddlewaretoken", "password", "secret", "token", "otp", "code")


@dataclass(frozen=True)
class TypedField:
    """One posted value; `is_text` where a person could want to copy it."""

    name: str
    value: str
    is_text: bool


def is_outage(error: DatabaseError) -> bool:
    """True when the connection failed; a lock, a time-out or a deadlock is an error of another kind."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith("08") or state in OUTAGE_STATES


def typed_fields(request: HttpRequest) -> list[TypedField]:
    """What was posted, except secrets; empty where the body could not be read."""
    try:
        posted = [(name, value) for name in request.POST for value in request.POST.getlist(name)]
    except (UnreadablePostError, SuspiciousOperation, OSError):
        return []
    return [
        TypedField(name, str(value), is_text=any(letter.isspace() or not letter.isascii() for letter in str(value)))
        for name, value in posted
        if value and not any(secret in name.lower() for secret in NEVER_SHOWN)
    ]


def outage_page(request: HttpRequest) -> HttpResponse:
    """503 with Retry-After; a posted form comes back as a list to copy and a button to send it again."""
    context = {"typed": typed_fields(request) if request.method == "POST" else [], "has_files": bool(getattr(request, "_files", None))}
    response = render(request, "errors/503.html", context, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response
