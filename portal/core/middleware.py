"""Around every request: one log line, a page for a lost database, the person's language."""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import translation

from portal.core.clock import one_reading
from portal.core.outage import is_outage, outage_page

GetResponse = Callable[[HttpRequest], HttpResponse]
REQUEST_ID = re.compile(r"[0-9A-Za-z._-]{8,64}\Z")
log = structlog.get_logger("portal.request")


def request_log(get_response: GetResponse) -> GetResponse:
    """One line per request: id, route name, status, milliseconds, queries. No path, no address, no name: those are personal."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.match(given) else uuid.uuid4().hex
        queries = 0

        def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 -- Django's signature
            nonlocal queries
            queries += 1
            return execute(sql, params, many, context)

        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request=request_id), connection.execute_wrapper(count), one_reading():
            response = get_response(request)
            took = (time.perf_counter() - started) * 1000
            log.info(
                "request", route=_route(request), method=request.method, status=response.status_code, ms=round(took, 1), queries=queries
            )
        response.headers["X-Request-ID"] = request_id
        return response

    return middleware


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name or match.route) if match else "unmatched"


def database_outage(get_response: GetResponse) -> GetResponse:
    """A lost database answers 503 with what the person typed, instead of 500.

    Errors that Django turned into a response further inside reach `portal.core.views.server_error`, which does the same.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            return get_response(request)
        except DatabaseError as error:
            if not is_outage(error):
                raise
            return outage_page(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return outage_page(request) if isinstance(exception, DatabaseError) and is_outage(exception) else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def storable_text(get_response: GetResponse) -> GetResponse:
    """No view gets a NUL, which the database refuses: an address with one names nothing (404), what was asked or typed loses it.

    Nobody can type the character. Bodies that no form reads (the doors of other systems) are checked where they are read.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = _without_nul(request.GET)  # type: ignore[assignment]
        return get_response(request)

    def process_view(request: HttpRequest, view: Callable[..., Any], *_arguments: Any) -> None:
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):  # the check of the form's token has read it
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _without_nul(given: QueryDict) -> QueryDict:
    if not any("\0" in text for _name, values in given.lists() for text in values) and not any("\0" in name for name in given):
        return given
    clean = QueryDict(mutable=True)
    for name, values in given.lists():
        clean.setlist(name.replace("\0", ""), [text.replace("\0", "") for text in values])
    clean._mutable = False
    return clean


def preferred_language(get_response: GetResponse) -> GetResponse:
    """Vietnamese unless the person chose English; what the browser would prefer is not asked."""
    known = {code for code, _name in settings.LANGUAGES}

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware
