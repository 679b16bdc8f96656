"""Balanced bookings. A deferred trigger refuses a booking that does not sum to zero."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Sum

from dossiers.models import FeeLine
from payments.models import LedgerEntry, Order
from portal.core.db import require_transaction

Side = tuple[str, int, FeeLine | None]


class Unbalanced(ValueError):
    """A defect: the sides of a booking do not sum to zero."""


def book(order: Order, sides: Sequence[Side], *, at: datetime, note: str) -> uuid.UUID:
    """One booking with these sides (debit positive). Raises Unbalanced."""
    require_transaction()
    if sum(amount for _account, amount, _line in sides) != 0:
        raise Unbalanced(f"{order.reference}: {sides}")
    booking = uuid.uuid4()
    LedgerEntry.objects.bulk_create(
        LedgerEntry(booking=booking, order=order, account=account, amount_vnd=amount, line=line, at=at, note=note)
        for account, amount, line in sides
    )
    return booking


def opposite(order: Order, line: FeeLine) -> str:
    """The account on which the line's money stands now: held, revenue or refunds."""
    rows = (
        LedgerEntry.objects.filter(order=order, line=line)
        .exclude(account__in=[LedgerEntry.Account.CASH, LedgerEntry.Account.GATEWAY])
        .values("account")
        .annotate(total=Sum("amount_vnd"))
        .order_by("account")
    )
    return next((str(row["account"]) for row in rows if row["total"] < 0), LedgerEntry.Account.REVENUE)
