"""Dossiers whose last day for paying is over. The gateway is asked first: money that is on its way counts."""

from datetime import datetime, timedelta

from dossiers.actions.unpaid import expire_payment, overdue_payments
from payments.models import Order
from payments.reconciliation import ask_gateway

GRACE = timedelta(days=1)
"""So long an open payment, or a gateway that does not answer, holds the end up. What comes later is refunded, or lets the case go on."""


def expire_overdue(*, at: datetime) -> int:
    """Unpaid dossiers have ended or stand still; how many did. Idempotent."""
    return sum(expire_payment(pk, at=at) for pk in overdue_payments(at) if not _is_on_its_way(pk, at))


def _is_on_its_way(dossier_id: int, at: datetime) -> bool:
    orders = Order.objects.filter(dossier_id=dossier_id, state=Order.State.PENDING, created_at__gt=at - GRACE).exclude(pay_url="")
    return any(ask_gateway(order) in ("open", "unknown") for order in orders.order_by("pk"))
