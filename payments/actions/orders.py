"""Pay what is owed: an order for the open lines, in cash at a desk or through the gateway. Integer đồng, balanced bookings."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.fees import refund_fees, settle_fees
from dossiers.actions.transition import By, locked
from dossiers.documents.issue import issue
from dossiers.models import Dossier, FeeLine, IssuedDocument
from payments.ledger import book, opposite
from payments.lifecycle import Reported
from payments.models import LedgerEntry, Order
from portal.accounts.models import User
from portal.agencies.models import Office
from portal.core.db import require_transaction
from portal.core.errors import Conflict, DomainError

Account = LedgerEntry.Account
ENDED_ONLINE = (Order.State.CANCELLED, Order.State.FAILED)


class NothingOwed(DomainError):
    """No fee line of the dossier is due."""


class PaymentUnderWay(Conflict):
    """The gateway has an open payment for this dossier; taking cash too could take it twice."""


@transaction.atomic
def open_order(dossier: Dossier, *, instrument: str, at: datetime, office: Office | None = None, clerk: User | None = None) -> Order:
    """The order that waits for the gateway; the one already waiting if there is one. Raises NothingOwed."""
    dossier = locked(dossier.pk)
    if waiting := dossier.orders.filter(state=Order.State.PENDING).first():
        return waiting
    return _new(dossier, instrument, Order.State.PENDING, at, office, clerk)


def _new(dossier: Dossier, instrument: str, state: str, at: datetime, office: Office | None, clerk: User | None) -> Order:
    lines = list(dossier.fee_lines.filter(state=FeeLine.State.DUE).order_by("pk"))
    if not lines:
        raise NothingOwed(_("Nothing is owed for this dossier."))
    order = Order.objects.create(
        dossier=dossier,
        reference=uuid.uuid4().hex,
        instrument=instrument,
        amount_vnd=sum(line.owed_vnd for line in lines),
        state=state,
        office=office,
        taken_by=clerk,
        created_at=at,
    )
    order.lines.set(lines)
    return order


@transaction.atomic
def take_cash(dossier: Dossier, *, by: By, instead: bool = False) -> Order:
    """The clerk has the money and the receipt is issued. Raises NothingOwed, PaymentUnderWay.

    `instead` of an electronic payment that is open: that one is cancelled. If it is reported paid later, its money waits for a refund.
    """
    dossier = locked(dossier.pk)
    waiting = dossier.orders.select_for_update().filter(state=Order.State.PENDING)
    if waiting and not instead:
        raise PaymentUnderWay(_("An electronic payment of this dossier is still open. Check it first, or take the cash instead of it."))
    waiting.update(state=Order.State.CANCELLED)
    order = _new(dossier, Order.Instrument.CASH, Order.State.DUE, by.at, by.office, by.user)
    return settle(order, dossier, by)


@transaction.atomic
def apply_report(reported: Reported, *, at: datetime) -> str:
    """What the gateway reported is in the books, once; returns what was done with it, for the record.

    An unknown reference or another amount changes nothing and is for a person. Locks in the order of `take_cash`: dossier, then order.
    """
    known = Order.objects.filter(reference=reported.reference).first()
    if known is None:
        return "unknown reference"
    dossier = locked(known.dossier_id)
    order = Order.objects.select_for_update().get(pk=known.pk)
    if reported.amount_vnd != order.amount_vnd:
        return f"amount differs: {reported.amount_vnd} instead of {order.amount_vnd}"
    if order.state in {Order.State.PAID, Order.State.REFUND_DUE, Order.State.REFUNDED}:
        return "already settled"
    if reported.status != "paid":
        if order.state == Order.State.PENDING:
            order.state = Order.State.CANCELLED if reported.status == "cancelled" else Order.State.FAILED
            order.save(update_fields=["state"])
        return reported.status
    if order.lines.exclude(state=FeeLine.State.DUE).exists():
        return owe_back(order, at)
    order.gateway_ref = reported.gateway_ref
    settle(order, dossier, By(user=None, at=at))
    return "settled"


def owe_back(order: Order, at: datetime) -> str:
    """Paid a second time, or no longer owed: the money waits for its refund."""
    order.state, order.settled_at = Order.State.REFUND_DUE, at
    order.save(update_fields=["state", "settled_at"])
    book(order, [(_received(order), order.amount_vnd, None), (Account.REFUNDS, -order.amount_vnd, None)], at=at, note="paid twice")
    return "paid twice, to be refunded"


def _received(order: Order) -> str:
    return Account.CASH if order.instrument == Order.Instrument.CASH else Account.GATEWAY


def settle(order: Order, dossier: Dossier, by: By) -> Order:
    """The order's lines are paid and booked, with a receipt. The dossier is locked by the caller."""
    require_transaction()
    lines = list(order.lines.select_for_update().order_by("pk"))
    settle_fees(dossier, lines, by=by)
    booked = [(_credit_for(line), -line.owed_vnd, line) for line in lines]
    book(order, [(_received(order), order.amount_vnd, None), *booked], at=by.at, note="payment")
    order.state, order.settled_at = Order.State.PAID, by.at
    order.receipt = issue(
        dossier,
        kind="fee_receipt",
        at=by.at,
        actor=by.user,
        office=by.office,
        extra={"lines": lines, "method": "cash" if order.instrument == Order.Instrument.CASH else "online", "reference": order.reference},
    )
    order.save(update_fields=["state", "settled_at", "receipt", "gateway_ref"])
    return order


def _credit_for(line: FeeLine) -> str:
    return {FeeLine.State.HELD: Account.HELD, FeeLine.State.REFUND_DUE: Account.REFUNDS}.get(FeeLine.State(line.state), Account.REVENUE)


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that was given back, and the slip that the person signs for it."""

    amount_vnd: int
    slip: IssuedDocument


@transaction.atomic
def refund(dossier: Dossier, *, by: By) -> Refund:
    """Everything refundable of the dossier was given back in cash at this office, with a slip. Raises NothingOwed."""
    dossier = locked(dossier.pk)
    lines = list(dossier.fee_lines.select_for_update().filter(state=FeeLine.State.REFUND_DUE).order_by("pk"))
    twice = list(dossier.orders.select_for_update().filter(state=Order.State.REFUND_DUE).order_by("pk"))
    if not lines and not twice:
        raise NothingOwed(_("Nothing is to be refunded for this dossier."))
    receipts: dict[str, None] = {}
    for line in lines:
        order = line.orders.select_related("receipt").filter(state=Order.State.PAID).order_by("-pk")[:1].get()
        receipts |= {order.receipt.number: None} if order.receipt else {}
        book(order, [(opposite(order, line), line.owed_vnd, line), (Account.CASH, -line.owed_vnd, line)], at=by.at, note="refund")
    refund_fees(lines, by=by)
    for order in twice:
        book(order, [(Account.REFUNDS, order.amount_vnd, None), (Account.CASH, -order.amount_vnd, None)], at=by.at, note="refund")
        order.state = Order.State.REFUNDED
        order.save(update_fields=["state"])
    overpaid = sum(order.amount_vnd for order in twice)
    extra = {"lines": lines, "receipts": list(receipts), "overpaid_vnd": overpaid}
    slip = issue(dossier, kind="refund_slip", at=by.at, actor=by.user, office=by.office, extra=extra)
    return Refund(sum(line.owed_vnd for line in lines) + overpaid, slip)


def rebook_released(lines: Sequence[FeeLine], *, at: datetime) -> int:
    """Lines that acceptance turned from held into paid are revenue in the ledger too; returns how many were moved."""
    moved = 0
    for line in lines:
        order = line.orders.filter(state=Order.State.PAID).order_by("-pk").first()
        if order is None or opposite(order, line) != Account.HELD:
            continue
        with transaction.atomic():
            book(order, [(Account.HELD, line.owed_vnd, line), (Account.REVENUE, -line.owed_vnd, line)], at=at, note="accepted")
        moved += 1
    return moved
