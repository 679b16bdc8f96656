"""Periodic work on money: ask about payments that stay open, and move accepted fees to revenue in the ledger."""

from datetime import timedelta

from celery import shared_task

from dossiers.actions.unpaid import remind_of_payments
from dossiers.models import FeeLine
from payments.actions.orders import rebook_released
from payments.models import LedgerEntry, Order
from payments.overdue import expire_overdue
from payments.reconciliation import ask_gateway
from portal.core.clock import business_now

OPEN_FOR = timedelta(seconds=60)
BATCH = 200


@shared_task(name="payments.ask_about_open_orders", ignore_result=True)
def ask_about_open_orders(**ignored: object) -> int:
    """Orders that wait for longer than a minute are as the gateway knows them. Idempotent."""
    orders = Order.objects.filter(state=Order.State.PENDING, created_at__lt=business_now() - OPEN_FOR).exclude(pay_url="").order_by("pk")
    return sum(ask_gateway(order) not in {"unknown", "open"} for order in orders[:BATCH])


@shared_task(name="payments.remind_and_expire", ignore_result=True)
def remind_and_expire(**ignored: object) -> int:
    """Whose last day for paying comes near is told once, whose is over has ended or stands still; how many were. Idempotent."""
    at = business_now()
    return remind_of_payments(at=at) + expire_overdue(at=at)


@shared_task(name="payments.rebook_accepted_fees", ignore_result=True)
def rebook_accepted_fees(**ignored: object) -> int:
    """What was held and is now paid is revenue in the ledger. Idempotent."""
    held = LedgerEntry.objects.filter(account=LedgerEntry.Account.HELD, amount_vnd__lt=0).values("line_id")
    moved = LedgerEntry.objects.filter(account=LedgerEntry.Account.HELD, amount_vnd__gt=0).values("line_id")
    lines = FeeLine.objects.filter(pk__in=held, state=FeeLine.State.PAID).exclude(pk__in=moved).order_by("pk")[:BATCH]
    return rebook_released(list(lines), at=business_now())
