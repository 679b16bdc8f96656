"""A person pays what a dossier owes, signed in or with code and secret."""

from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dossiers.models import Dossier, FeeLine
from dossiers.queries import own
from dossiers.tracking import followed_or_own
from payments.actions.orders import open_order
from payments.gateway import GatewayDown
from payments.models import Order
from payments.paypages import page_for
from payments.reconciliation import ask_gateway
from portal.accounts.access import identity, own_transaction, public
from portal.core.clock import business_now
from portal.core.htmx import render_page
from portal.core.money import format_vnd
from portal.core.workcalendar import local


def _origins() -> list[str]:
    """Where the browser goes to pay; a form whose redirect leaves the page's origin needs them listed."""
    urls = [settings.PAYMENT_URL, *([settings.SANDBOX_BASE_URL] if settings.DEMO else [])]
    parts = [urlsplit(url) for url in urls]
    return list(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts))


def payable_or_404(request: HttpRequest, code: str) -> Dossier:
    """The dossier that this person may pay for."""
    dossier = followed_or_own(request, code)
    if dossier is None:
        raise Http404
    return dossier


def _page(request: HttpRequest, dossier: Dossier, *, problem: str = "", status: int = 200) -> HttpResponse:
    lines = list(dossier.fee_lines.order_by("pk"))
    due = sum(line.owed_vnd for line in lines if line.state == FeeLine.State.DUE)
    orders = list(dossier.orders.select_related("receipt").order_by("-pk"))
    is_own = own(identity(request)).filter(pk=dossier.pk).exists()
    context = {
        "dossier": dossier,
        "dossier_url": reverse("dossiers:my_dossier" if is_own else "dossiers:followed", args=[dossier.code]),
        "rows": [(line.get_kind_display(), line.name, line.amount_text, line.get_state_display()) for line in lines],
        "has_unknown": any(line.amount_vnd is None for line in lines),
        "due": due,
        "due_text": format_vnd(due),
        "pay_until": f"{local(dossier.payment_due_at):%d/%m/%Y}" if due and dossier.payment_due_at else "",
        "receipts": [order.receipt for order in orders if order.receipt],
        "is_pending": any(order.state == Order.State.PENDING and order.pay_url for order in orders),
        "last_state": orders[0].state if orders else "",
        "problem": problem,
    }
    return render_page(request, "payments/fees.html", context, status=status)


@csp_update({"form-action": _origins()})  # type: ignore[arg-type]
@never_cache
@require_safe
@public
def fees(request: HttpRequest, code: str) -> HttpResponse:
    """What is owed until when, what was paid, and the button that leads to the gateway."""
    return _page(request, payable_or_404(request, code))


@csp_update({"form-action": _origins()})  # type: ignore[arg-type]
@require_POST
@public
@own_transaction
def pay(request: HttpRequest, code: str) -> HttpResponse:
    """To the gateway's page for the order of this dossier. When the gateway is down the fees stay due and the page says so.

    An order that was paid meanwhile, without our having heard of it, is not paid twice: the gateway is asked first.
    """
    with transaction.atomic():
        dossier = payable_or_404(request, code)
        if not dossier.fee_lines.filter(state=FeeLine.State.DUE).exists():
            return redirect("payments:fees", code=code)
        order = open_order(dossier, instrument=Order.Instrument.ONLINE, at=business_now())
    if order.pay_url and ask_gateway(order) not in {"open", "unknown"}:
        return redirect("payments:fees", code=code)
    try:
        return HttpResponseRedirect(order.pay_url or _gateway_page(order, dossier))
    except GatewayDown as error:
        return _page(request, dossier, problem=str(error), status=error.status)


def _gateway_page(order: Order, dossier: Dossier) -> str:
    return page_for(order, return_url=settings.BASE_URL + reverse("payments:back", args=[dossier.code]))


@never_cache
@require_safe
@public
@own_transaction
def back(request: HttpRequest, code: str) -> HttpResponse:
    """The browser came back. It proves nothing: the gateway is asked, then the fees are shown."""
    with transaction.atomic():
        dossier = payable_or_404(request, code)
        order = dossier.orders.filter(state=Order.State.PENDING).first()
    if order is not None and ask_gateway(order) == "unknown":
        messages.warning(request, _("The payment service does not answer now. We ask again by ourselves; you need not pay twice."))
    return redirect("payments:fees", code=code)
