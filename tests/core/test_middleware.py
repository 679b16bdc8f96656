"""Language by choice only, and one log line without personal data."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.translation import get_language
from structlog.testing import capture_logs

from portal.core.middleware import preferred_language, request_log


def speak(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_language())


@pytest.mark.parametrize(("cookie", "language"), [("", "vi"), ("en", "en"), ("fr", "vi"), ("vi", "vi")])
def test_language_is_the_chosen_one_and_never_guessed(cookie: str, language: str) -> None:
    request = RequestFactory().get("/", headers={"Accept-Language": "en"})
    request.COOKIES["motcua_language"] = cookie

    response = preferred_language(speak)(request)

    assert (response.content.decode(), response.headers["Content-Language"]) == (language, language)


def test_one_line_per_request_without_path_or_name() -> None:
    request = RequestFactory().get("/ho-so/H26-1/?q=Ước", headers={"X-Request-ID": "0123456789abcdef"})

    with capture_logs() as lines:
        response = request_log(speak)(request)

    (line,) = lines
    assert response.headers["X-Request-ID"] == "0123456789abcdef"
    assert line.pop("ms") >= 0
    assert line == {"event": "request", "log_level": "info", "route": "unmatched", "method": "GET", "status": 200, "queries": 0}


def test_a_forged_request_id_is_replaced() -> None:
    response = request_log(speak)(RequestFactory().get("/", headers={"X-Request-ID": "a b\tc"}))

    assert len(response.headers["X-Request-ID"]) == 32
