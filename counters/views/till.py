"""The till: any counter takes what a dossier owes, in cash or by a QR code on the screen, and gives back what is refundable."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from counters.fees import fee_state
from counters.frame import clerk, office_of, page
from dossiers import queries
from dossiers.actions.set_fee import set_fee_amount
from dossiers.actions.transition import By
from dossiers.documents.access import documents_for
from dossiers.documents.render import qr_svg
from dossiers.feeforms import FeeAmountForm
from dossiers.lifecycle import allowed
from dossiers.models import Dossier, FeeLine, IssuedDocument
from dossiers.states import State, Verb
from payments.actions.orders import NothingOwed, open_order, refund, take_cash
from payments.models import Order
from payments.paypages import page_for
from payments.reconciliation import ask_gateway
from portal.accounts.access import identity, own_transaction, staff
from portal.accounts.identity import Identity
from portal.accounts.models import Role
from portal.core.clock import business_now
from portal.core.errors import DomainError
from portal.core.money import format_vnd

TEMPLATE = "counters/till.html"


def _dossier_or_404(code: str) -> Dossier:
    return queries.found_or_404(queries.at_any_counter(code), code)


@staff(Role.CLERK)
@require_http_methods(["GET", "POST"])
def till(request: HttpRequest, code: str) -> HttpResponse:
    """What is owed or refundable; cash goes in or out, with its receipt."""
    dossier = _dossier_or_404(code)
    if request.method == "GET":
        return _shown(request, dossier)
    by = By(user=clerk(request), at=business_now(), office=office_of(request))
    form = FeeAmountForm(dossier, request.POST) if request.POST.get("action") == "amount" else None
    if form is not None and not form.is_valid():
        return _shown(request, dossier, form=form, status=422)
    try:
        told = _done(request.POST.get("action", ""), dossier, by, form)
    except DomainError as error:
        return _shown(request, _dossier_or_404(code), str(error), error.status)
    messages.success(request, told)
    return redirect("counters:till", code)


def _done(action: str, dossier: Dossier, by: By, form: FeeAmountForm | None) -> str:
    if form is not None:
        typed = form.cleaned_data
        set_fee_amount(typed["line"], amount_vnd=typed["amount_vnd"], basis=typed["basis"], by=by)
        return _("The amount is entered; the person is told and can pay online or at any counter.")
    if action == "cash":
        order = take_cash(dossier, by=by)
        return _("%(amount)s was taken in cash. Print the receipt.") % {"amount": format_vnd(order.amount_vnd)}
    if action == "refund":
        given = refund(dossier, by=by)
        return _("%(amount)s was given back in cash. Print the refund slip and have it signed.") % {"amount": format_vnd(given.amount_vnd)}
    raise DomainError(_("Choose how the fee is paid."))


@staff(Role.CLERK)
@require_POST
@own_transaction
def show_qr(request: HttpRequest, code: str) -> HttpResponse:
    """The gateway has an order for this dossier; the page shows its QR code to the person."""
    try:
        with transaction.atomic():
            dossier = _dossier_or_404(code)
            order = open_order(dossier, instrument=Order.Instrument.QR, at=business_now(), office=office_of(request), clerk=clerk(request))
        if not order.pay_url:
            page_for(order, return_url=settings.BASE_URL + reverse("payments:back", args=[code]))
    except DomainError as error:
        with transaction.atomic():
            return _shown(request, _dossier_or_404(code), str(error), error.status)
    return redirect("counters:till", code)


@staff(Role.CLERK)
@require_POST
@own_transaction
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """The gateway is asked whether the person has paid. With the action "cash" the clerk has cash in hand, which is taken if not."""
    with transaction.atomic():
        order = _dossier_or_404(code).orders.filter(state=Order.State.PENDING).first()
    is_open = order is not None and (not order.pay_url or ask_gateway(order) in {"open", "unknown"})
    if request.POST.get("action") == "cash":
        return _cash_instead(request, code)
    if is_open:
        messages.warning(request, _("The payment service has not confirmed the payment yet."))
    return redirect("counters:till", code)


def _cash_instead(request: HttpRequest, code: str) -> HttpResponse:
    """Cash in the place of the electronic payment, unless that has been settled by now."""
    try:
        with transaction.atomic():
            dossier = _dossier_or_404(code)
            by = By(user=clerk(request), at=business_now(), office=office_of(request))
            order = take_cash(dossier, by=by, instead=True)
    except NothingOwed:
        messages.warning(request, _("The fee is paid already: the payment service has confirmed it. Give the cash back."))
    except DomainError as error:
        with transaction.atomic():
            return _shown(request, _dossier_or_404(code), str(error), error.status)
    else:
        messages.success(request, _("%(amount)s was taken in cash. Print the receipt.") % {"amount": format_vnd(order.amount_vnd)})
    return redirect("counters:till", code)


def _receipts(dossier: Dossier, who: Identity) -> list[tuple[IssuedDocument, str]]:
    """Receipts and refund slips, newest first; with an address where this counter may open it: its own, and those of its dossiers."""
    kinds = (IssuedDocument.Kind.FEE_RECEIPT, IssuedDocument.Kind.REFUND_SLIP)
    open_here = set(documents_for(who).filter(dossier=dossier, kind__in=kinds).values_list("pk", flat=True))
    papers = dossier.documents.filter(kind__in=kinds).order_by("-pk")
    return [(each, f"/tai-lieu/{each.verification_code}/?in=1" if each.pk in open_here else "") for each in papers]


def _amount_form(request: HttpRequest, dossier: Dossier) -> FeeAmountForm | None:
    """For a fee without amount, where the dossier was received or is to be received."""
    own = dossier.agency.reception_office_id if dossier.agency else None
    if office_of(request).pk not in (dossier.receiving_office_id, own) or not allowed(State(dossier.state), Verb.SET_FEE):
        return None
    form = FeeAmountForm(dossier)
    return form if form.fields["line"].queryset.exists() else None  # type: ignore[attr-defined]


def _shown(
    request: HttpRequest, dossier: Dossier, refused: str = "", status: int = 200, *, form: FeeAmountForm | None = None
) -> HttpResponse:
    orders = list(dossier.orders.order_by("-pk"))
    pending = next((order for order in orders if order.state == Order.State.PENDING), None)
    waiting = pending if pending and pending.pay_url else None
    back = sum(line.owed_vnd for line in dossier.fee_lines.filter(state=FeeLine.State.REFUND_DUE))
    twice = sum(order.amount_vnd for order in orders if order.state == Order.State.REFUND_DUE)
    context = {
        "dossier": dossier,
        "fees": fee_state(dossier),
        "waiting": waiting,
        "cash_url": reverse("counters:till_ask" if pending else "counters:till", args=[dossier.code]),
        "qr": qr_svg(waiting.pay_url) if waiting else "",
        "refundable": format_vnd(back + twice) if back + twice else "",
        "form": form or _amount_form(request, dossier),
        "receipts": _receipts(dossier, identity(request)),
        "is_ours": queries.for_counter(identity(request)).filter(pk=dossier.pk).exists(),
        "refused": [refused] if refused else [],
        "has_errors": bool(refused or form),
    }
    return page(request, TEMPLATE, context, status=status)
