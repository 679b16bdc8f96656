"""Pages for what went wrong. They render without the database, in the person's language, with what to do next."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import requires_csrf_token

from portal.core.outage import is_outage, outage_page, typed_fields


def error_page(request: HttpRequest, status: int, *, reason: str = "") -> HttpResponse:
    """The page `errors/<status>.html`, with that status."""
    return render(request, f"errors/{status}.html", {"reason": reason}, status=status)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 where the person sent more than we take."""
    too_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return error_page(request, 413 if too_much else 400)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not for this."""
    return error_page(request, 403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing that this person may see."""
    return error_page(request, 404)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """500, or the outage page where the cause was a lost database: a failure in a middleware ends here too."""
    error = sys.exc_info()[1]
    if isinstance(error, DatabaseError) and is_outage(error):
        return outage_page(request)
    return error_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form whose token has gone: what was typed is shown again, ready to be sent."""
    return render(request, "errors/csrf.html", {"typed": typed_fields(request)}, status=403)


def too_many_requests(request: HttpRequest, *, retry_after: int) -> HttpResponse:
    """429: asked too often; says when to come back, in seconds."""
    response = error_page(request, 429)
    response.headers["Retry-After"] = str(retry_after)
    return response
