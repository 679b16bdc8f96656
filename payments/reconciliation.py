"""What the gateway knows about an order, brought into our books. Never called inside a transaction."""

from payments.actions.orders import apply_report
from payments.gateway import GatewayDown, state_of
from payments.models import Order
from portal.core.clock import business_now


def ask_gateway(order: Order) -> str:
    """What the gateway says now is in the books; "unknown" when it does not answer."""
    try:
        report = state_of(order.reference, unavailable="")
    except (GatewayDown, KeyError, ValueError, TypeError):
        return "unknown"
    return "open" if report.status not in {"paid", "cancelled", "failed"} else apply_report(report, at=business_now())
