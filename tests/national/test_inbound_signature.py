"""Calls of the national portal are taken once: a nonce counts one time, and a key that is being replaced still opens the door."""

import hashlib
import hmac
import json
import time
import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from dossiers.models import InboundFiling, InboundNonce
from portal.core.clock import technical_now
from tests.dossiers.test_inbound import PATH, body

pytestmark = pytest.mark.django_db
KEY = settings.NATIONAL_HMAC_KEY


def headers(raw: bytes, *, nonce: str | None = None, key: str = KEY) -> dict[str, str]:
    timestamp, nonce = str(int(time.time())), uuid.uuid4().hex if nonce is None else nonce
    signed = b".".join([timestamp.encode(), nonce.encode(), b"POST", PATH.encode(), raw])
    return {"X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()}


def call(client: Client, given: dict[str, str], raw: bytes) -> int:
    return client.post(PATH, raw, content_type="application/json", headers=given).status_code


def raw_of(**changes: object) -> bytes:
    return json.dumps(body(**changes), ensure_ascii=False).encode()


def test_the_same_signed_call_is_taken_once(client: Client) -> None:
    raw = raw_of()
    given = headers(raw)

    assert [call(client, given, raw), call(client, given, raw)] == [202, 403]
    assert call(client, headers(raw), raw) == 202, "a repetition has a nonce of its own"
    assert (InboundFiling.objects.count(), InboundNonce.objects.count()) == (1, 2)


@pytest.mark.parametrize("nonce", ["", "short", "x" * 65, "with space 123456", "a-b_c-d_e-f_g-h_i"])
def test_a_call_without_a_proper_nonce_is_refused_although_it_is_signed(client: Client, nonce: str) -> None:
    raw = raw_of()

    assert call(client, headers(raw, nonce=nonce), raw) == 403
    assert not InboundFiling.objects.exists()


def test_a_forged_call_uses_no_nonce_up(client: Client) -> None:
    raw, nonce = raw_of(), uuid.uuid4().hex

    assert call(client, headers(raw, nonce=nonce, key="guess"), raw) == 403
    assert call(client, headers(raw, nonce=nonce), raw) == 202


def test_nonces_are_forgotten_once_their_time_stamp_is_stale(client: Client) -> None:
    InboundNonce.objects.create(value="a" * 20, seen_at=technical_now() - timedelta(minutes=21))
    InboundNonce.objects.create(value="b" * 20, seen_at=technical_now() - timedelta(minutes=11))
    raw = raw_of()

    call(client, headers(raw, nonce="c" * 20), raw)

    assert list(InboundNonce.objects.order_by("value").values_list("value", flat=True)) == ["b" * 20, "c" * 20]


def test_while_a_key_is_replaced_both_open_and_afterwards_one(client: Client) -> None:
    raw = raw_of()

    with override_settings(NATIONAL_HMAC_KEY="new", NATIONAL_HMAC_KEY_PREVIOUS=KEY):
        assert [call(client, headers(raw, key=key), raw) for key in ("new", KEY, "other")] == [202, 202, 403]
    with override_settings(NATIONAL_HMAC_KEY="new", NATIONAL_HMAC_KEY_PREVIOUS=""):
        assert [call(client, headers(raw, key=key), raw) for key in ("new", KEY, "")] == [202, 403, 403]


def test_the_simulator_sends_a_new_nonce_with_every_try() -> None:
    from portal.sandbox.delivery import drain

    row = type("Row", (), {"body": "{}", "scheme": "national", "url": f"http://127.0.0.1{PATH}", "is_forged": False})()
    nonces = {drain.headers_for(row, technical_now())["X-Nonce"] for _try in range(5)}

    assert len(nonces) == 5
    assert all(16 <= len(nonce) <= 64 for nonce in nonces)
