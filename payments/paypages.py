"""The gateway's page for an order. Never called inside a transaction."""

from django.utils.translation import gettext as _

from payments.gateway import start
from payments.models import Order


def page_for(order: Order, *, return_url: str) -> str:
    """The address at which the person pays; the gateway knows the order from now on. Raises GatewayDown."""
    page = start(
        reference=order.reference,
        amount_vnd=order.amount_vnd,
        description=f"Phí, lệ phí hồ sơ {order.dossier.code}",
        return_url=return_url,
        unavailable=_("The payment service does not answer now. Your dossier keeps its code; try again in a few minutes."),
    )
    order.gateway_ref, order.pay_url = page.gateway_ref, page.url
    order.save(update_fields=["gateway_ref", "pay_url"])
    return page.url
