"""Settling an order: the person's choice becomes final and the portal is owed a callback."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from portal.sandbox.delivery.announce import announce
from portal.sandbox.delivery.models import Delivery
from portal.sandbox.payment.models import Order

CALLBACK_PATH = "/api/v1/payments/callback"


@transaction.atomic
def settle(gateway_ref: uuid.UUID, status: Order.Status, *, at: datetime) -> Order:
    """The order has its final status and one event; a second choice changes nothing."""
    order = Order.objects.select_for_update().get(gateway_ref=gateway_ref)
    if order.status != Order.Status.CREATED:
        return order
    order.status, order.settled_at, order.event_id = status, at, uuid.uuid4()
    order.save(update_fields=["status", "settled_at", "event_id"])
    announce(Delivery.Scheme.PAYMENT, order.reference, CALLBACK_PATH, answer_for(order), at=at)
    return order


def answer_for(order: Order) -> dict[str, Any]:
    """What the gateway says about an order, in callbacks and to those who ask."""
    return {
        "event_id": str(order.event_id) if order.event_id else None,
        "reference": order.reference,
        "gateway_ref": str(order.gateway_ref),
        "amount": order.amount,
        "currency": "VND",
        "status": order.status,
        "paid_at": order.settled_at.isoformat() if order.settled_at else None,
    }
