"""One view, one file, one URL: the whole page, or the part of it that htmx asked for."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_part(request: HttpRequest) -> bool:
    """True for an htmx request that swaps a fragment; not when it is boosted or restores history."""
    htmx = getattr(request, "htmx", None)
    if not htmx:
        return False
    return not htmx.boosted and not htmx.history_restore_request


def render_page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, part: str | None = None, status: int = 200
) -> HttpResponse:
    """Answer with the page, or with its partial `part` when htmx asked, and let caches know the difference.

    Messages that wait for this person travel with a fragment as toasts.
    """
    is_fragment = part is not None and wants_part(request)
    name = f"{template}#{part}" if is_fragment else template
    response = render(request, name, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request"])
    if is_fragment:
        _send_messages_as_toasts(request, response)
    return response


def _send_messages_as_toasts(request: HttpRequest, response: HttpResponse) -> None:
    waiting = list(get_messages(request)) if hasattr(request, "_messages") else []
    if not waiting:
        return
    kind = "bad" if any("error" in message.tags for message in waiting) else "ok"
    toast = {"toast": {"text": "\n".join(str(message) for message in waiting), "kind": kind}}
    response.headers["HX-Trigger"] = json.dumps(toast)
