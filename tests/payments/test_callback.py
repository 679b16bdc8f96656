"""The gateway's callbacks without a gateway: what is repeated, unknown or wrong."""

import hashlib
import hmac
import json
import time

import pytest
from django.conf import settings
from django.test import Client

from payments.actions.orders import open_order
from payments.models import Callback, LedgerEntry, Order
from portal.accounts.models import Role
from portal.core.db import acting_as
from tests.factories import MONDAY, centre, fee, filed, staff, who

pytestmark = pytest.mark.django_db


def report(client: Client, **changes: object) -> str:
    body = {"event_id": "e1", "reference": "unknown", "gateway_ref": "g1", "amount": 8000, "currency": "VND", "status": "paid"} | changes
    raw, timestamp = json.dumps(body).encode(), str(int(time.time()))
    signature = hmac.new(settings.PAYMENT_SECRET.encode(), timestamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    headers = {"X-Timestamp": timestamp, "X-Signature": signature}
    answer = client.post("/api/v1/payments/callback", raw, content_type="application/json", headers=headers)
    assert answer.status_code == 200
    return str(answer.json()["outcome"])


def pending() -> Order:
    clerk = staff(Role.CLERK, centre())
    dossier = filed(clerk, fees=[fee(8000)]).dossier
    with acting_as(who(clerk).scope):
        return open_order(dossier, instrument=Order.Instrument.ONLINE, at=MONDAY)


def test_an_event_that_came_before_its_order_counts_when_it_is_repeated(client: Client) -> None:
    order = pending()
    first = report(client, reference="not yet known")
    again = report(client, reference=order.reference)

    order.refresh_from_db()
    assert (first, again, order.state) == ("unknown reference", "settled", "paid")
    assert Callback.objects.count() == 1


def test_repetition_and_another_amount_book_nothing_more(client: Client) -> None:
    order = pending()
    outcomes = [
        report(client, event_id="e1", reference=order.reference, amount=1),
        report(client, event_id="e2", reference=order.reference),
        report(client, event_id="e2", reference=order.reference),
        report(client, event_id="e3", reference=order.reference),
    ]

    assert outcomes == ["amount differs: 1 instead of 8000", "settled", "already settled", "already settled"]
    assert LedgerEntry.objects.filter(order=order, account="gateway").count() == 1
