"""Calls of other systems: stale or unreadable ones are refused, and none ends in a fault of ours."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Role
from portal.core.calls import is_fresh, json_object
from tests.counters.conftest import signed_in
from tests.factories import committee, filed, routed, staff, staffed

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp())
DOORS = ["/api/v1/payments/callback", "/api/v1/national/inbound"]


@pytest.mark.parametrize(
    ("timestamp", "fresh"), [(str(STAMP - 299), True), (str(STAMP - 301), False), ("9" * 400, False), ("٣", False), ("", False)]
)
def test_only_a_time_close_to_now_is_fresh(timestamp: str, fresh: bool) -> None:
    assert is_fresh(timestamp, now=NOW) is fresh


@pytest.mark.parametrize(
    "raw", [b"[]", b'{"a": "\\u0000"}', b'{"a": NaN}', b'{"a": 1e400}', b'{"a": "\\ud800"}', '{"a": "é"}'.encode("utf-16"), b"[" * 200_000]
)
def test_what_the_database_cannot_keep_is_no_object(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- its subclasses say more
        json_object(raw)


def test_an_escaped_backslash_before_digits_is_text() -> None:
    assert json_object(b'{"a": "\\\\u0000"}') == {"a": "\\u0000"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("timestamp", ["9" * 400, "9" * 5000, "-1"])
def test_an_absurd_time_is_a_refusal(client: Client, path: str, timestamp: str) -> None:
    headers = {"X-Timestamp": timestamp, "X-Signature": "x", "X-Nonce": "x"}

    assert client.post(path, b"{}", content_type="application/json", headers=headers).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/thu-tuc/%00/", "/tra-cuu/%00/", "/nop-ho-so/%00/", "/ho-so/%00/nop-phi/"])
def test_an_address_with_a_nul_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_a_nul_in_a_question_or_a_form_is_left_out() -> None:
    officer, _leader = staffed(committee())
    dossier = routed(filed().dossier)
    clerk = staff(Role.CLERK, dossier.receiving_office)

    assert signed_in(officer).get("/xu-ly/?tim=a%00b&thu-tuc=%00").status_code == 200
    signed_in(clerk).post(reverse("counters:remind", args=[dossier.code]), {"text": "Đề nghị\0 xử lý sớm."})
    assert dossier.reminders.get().text == "Đề nghị xử lý sớm."
