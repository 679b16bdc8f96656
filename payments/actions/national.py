"""What was paid at the national portal is in our books, once per reference."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.transition import By, locked
from dossiers.models import Dossier, FeeLine
from payments.actions.orders import owe_back, settle
from payments.models import Order
from portal.core.errors import DomainError

PREFIX = "national:"


class AmountDiffers(DomainError):
    """Another amount than what is owed was paid there; a person must look at it."""


@transaction.atomic
def book_national(dossier: Dossier, reference: str, amount_vnd: int, at: datetime) -> str:
    """The payment is booked: it settles what is due, or waits for its refund if nothing is. Returns what was done. Raises AmountDiffers."""
    dossier = locked(dossier.pk)
    gateway_ref = PREFIX + reference
    if Order.objects.filter(gateway_ref=gateway_ref).exists():
        return "already settled"
    lines = list(dossier.fee_lines.filter(state=FeeLine.State.DUE).order_by("pk"))
    owed = sum(line.owed_vnd for line in lines)
    if lines and owed != amount_vnd:
        told = {"paid": amount_vnd, "owed": owed}
        raise AmountDiffers(_("%(paid)d đồng was paid at the national portal, %(owed)d đồng is owed.") % told)
    order = Order.objects.create(
        dossier=dossier,
        reference=uuid.uuid4().hex,
        instrument=Order.Instrument.ONLINE,
        amount_vnd=amount_vnd,
        state=Order.State.DUE,
        gateway_ref=gateway_ref,
        created_at=at,
    )
    order.lines.set(lines)
    if not lines:
        return owe_back(order, at)
    settle(order, dossier, By(user=None, at=at))
    return "settled"
