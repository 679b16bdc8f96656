"""A lost database is told apart from other errors, and what was typed comes back."""

import psycopg
import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from portal.core.middleware import database_outage
from portal.core.outage import is_outage
from portal.core.views import server_error


def failed(cause: Exception | None) -> OperationalError:
    error = OperationalError("failed")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        pytest.param(psycopg.OperationalError("connection refused"), True, id="refused"),
        pytest.param(psycopg.errors.AdminShutdown(), True, id="shutting down"),
        pytest.param(psycopg.errors.TooManyConnections(), True, id="too many connections"),
        pytest.param(psycopg.errors.ConnectionFailure(), True, id="broken connection"),
        pytest.param(psycopg.errors.DeadlockDetected(), False, id="deadlock"),
        pytest.param(psycopg.errors.QueryCanceled(), False, id="statement time-out"),
        pytest.param(psycopg.errors.LockNotAvailable(), False, id="lock"),
    ],
)
def test_only_a_lost_connection_is_an_outage(cause: Exception, *, expected: bool) -> None:
    assert is_outage(failed(cause)) is expected


def test_a_lost_database_answers_503_and_gives_back_what_was_typed() -> None:
    request = RequestFactory().post("/ho-so/moi/", {"full_name": "Đặng Thị Ước", "password": "bí mật", "kind": "birth"})

    def view(request: HttpRequest) -> HttpResponse:
        raise failed(psycopg.OperationalError("gone"))

    response = database_outage(view)(request)

    page = response.content.decode()
    assert (response.status_code, response.headers["Retry-After"], response.headers["Cache-Control"]) == (503, "5", "no-store")
    assert "<li>Đặng Thị Ước</li>" in page
    assert '<input type="hidden" name="kind" value="birth">' in page
    assert "bí mật" not in page
    assert "<li>birth</li>" not in page


def test_other_database_errors_stay_errors() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise failed(psycopg.errors.DeadlockDetected())

    with pytest.raises(OperationalError):
        database_outage(view)(RequestFactory().get("/"))


def test_the_500_page_recognises_an_outage_that_a_middleware_met() -> None:
    try:
        raise failed(psycopg.OperationalError("gone"))
    except OperationalError:
        response = server_error(RequestFactory().get("/"))

    assert response.status_code == 503


def test_the_500_page_needs_no_database() -> None:
    response = server_error(RequestFactory().get("/"))

    assert (response.status_code, "Hệ thống gặp lỗi" in response.content.decode()) == (500, True)
