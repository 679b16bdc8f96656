"""Filings of the national portal: kept once, filed once, never a 500."""

import hashlib
import hmac
import json
import time
import uuid

import pytest
from django.conf import settings
from django.test import Client

from dossiers.models import Dossier, InboundFiling
from dossiers.work import route_batch
from portal.core.clock import technical_now
from portal.outbox.actions import Done, Park, claim
from tests.factories import committee, staffed, working

pytestmark = pytest.mark.django_db
PATH = "/api/v1/national/inbound"


def body(**changes: object) -> dict[str, object]:
    return {
        "remote_id": "5f0f7c1e-0000-4000-8000-000000000001",
        "MaTTHC": "1.004837",
        "ChuHoSo": "Nguyễn Thị Ước",
        "DinhDanhCHS": {"LoaiDinhDanh": 1, "SoDinhDanh": "001190002345"},
        "SoDienThoai": "0912345678",
        "MaXa": "00004",
        "ToKhai": {},
    } | changes


def hand_over(client: Client, content: dict[str, object], *, key: str = settings.NATIONAL_HMAC_KEY, age: int = 0) -> int:
    raw = json.dumps(content, ensure_ascii=False).encode()
    timestamp, nonce = str(int(time.time()) - age), uuid.uuid4().hex
    signed = b".".join([timestamp.encode(), nonce.encode(), b"POST", PATH.encode(), raw])
    signature = hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
    headers = {"X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature}
    return client.post(PATH, raw, content_type="application/json", headers=headers).status_code


def work() -> list[object]:
    with working():
        return [outcome for _message, outcome in route_batch(claim("route", now=technical_now()))]


def test_a_filing_handed_over_twice_becomes_one_dossier_in_the_counters_inbox(client: Client) -> None:
    agency = committee()
    staffed(agency)

    answers = [hand_over(client, body()), hand_over(client, body())]
    outcomes = work() + work()

    assert answers == [202, 202]
    assert all(isinstance(outcome, Done) for outcome in outcomes)
    dossier = Dossier.objects.get()
    assert InboundFiling.objects.get().dossier == dossier
    assert dossier.remote_id == "5f0f7c1e-0000-4000-8000-000000000001"
    assert dossier.agency == agency
    assert dossier.code.startswith("H26-")
    assert dossier.channel == "online"


@pytest.mark.parametrize(("changes", "why"), [({"MaTTHC": "9.999999"}, "thủ tục"), ({"MaXa": "99999"}, "nơi")], ids=["procedure", "place"])
def test_what_cannot_be_filed_waits_for_a_person(client: Client, changes: dict[str, object], why: str) -> None:
    assert hand_over(client, body(**changes)) == 202

    (outcome,) = work()

    assert isinstance(outcome, Park)
    assert InboundFiling.objects.get().problem
    assert not Dossier.objects.exists()


def test_forged_stale_and_unreadable_calls_leave_nothing(client: Client) -> None:
    statuses = [
        hand_over(client, body(), key="guess"),
        hand_over(client, body(), age=900),
        hand_over(client, {"no": "id"}),
    ]

    assert statuses == [403, 403, 400]
    assert not InboundFiling.objects.exists()
