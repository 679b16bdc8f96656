"""Do the books agree with themselves, with the orders and with the fee lines? Reads only; it corrects nothing."""

from dataclasses import dataclass

from django.db import connection

from payments.models import LedgerEntry


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be."""

    check: str
    subject: str
    detail: str


# Each statement returns (subject, detail) of what breaks the rule that its name states. What was paid at the national portal
# although nothing was owed has no lines, and only waits for its refund.
CHECKS = {
    "booking_balances": """
        SELECT booking::text, 'sums to ' || sum(amount_vnd) FROM payments_ledgerentry GROUP BY booking HAVING sum(amount_vnd) <> 0""",
    "booking_has_one_order": """
        SELECT booking::text, 'touches ' || count(DISTINCT order_id) || ' orders' FROM payments_ledgerentry
        GROUP BY booking HAVING count(DISTINCT order_id) > 1""",
    "settled_order_was_received_once": """
        SELECT o.reference, o.state || ' for ' || o.amount_vnd || ', received ' || coalesce(r.received, 0)
        FROM payments_order o LEFT JOIN (
            SELECT order_id, sum(amount_vnd) AS received FROM payments_ledgerentry
            WHERE account IN ('cash', 'gateway') AND amount_vnd > 0 GROUP BY order_id) r ON r.order_id = o.id
        WHERE o.state IN ('paid', 'refund_due', 'refunded') AND coalesce(r.received, 0) <> o.amount_vnd""",
    "unsettled_order_has_no_entries": """
        SELECT o.reference, o.state || ' with ' || count(*) || ' entries'
        FROM payments_order o JOIN payments_ledgerentry e ON e.order_id = o.id
        WHERE o.state IN ('due', 'pending', 'cancelled', 'failed') GROUP BY o.reference, o.state""",
    "order_amount_is_that_of_its_lines": """
        SELECT o.reference, o.amount_vnd || ' instead of ' || coalesce(sum(f.amount_vnd), 0)
        FROM payments_order o LEFT JOIN payments_order_lines l ON l.order_id = o.id LEFT JOIN dossiers_feeline f ON f.id = l.feeline_id
        GROUP BY o.id HAVING coalesce(sum(f.amount_vnd), 0) <> o.amount_vnd
        AND NOT (count(f.id) = 0 AND starts_with(o.gateway_ref, 'national:') AND o.state IN ('refund_due', 'refunded'))""",
    "paid_order_has_its_receipt": """
        SELECT reference, 'no receipt' FROM payments_order WHERE state = 'paid' AND receipt_id IS NULL""",
    "settled_line_has_one_payment": """
        SELECT d.code || ' / ' || f.name, f.state || ' with ' || count(o.id) || ' paid orders'
        FROM dossiers_feeline f JOIN dossiers_dossier d ON d.id = f.dossier_id
        LEFT JOIN payments_order_lines l ON l.feeline_id = f.id LEFT JOIN payments_order o ON o.id = l.order_id AND o.state = 'paid'
        WHERE f.state IN ('paid', 'held', 'refund_due', 'refunded') GROUP BY d.code, f.id HAVING count(o.id) <> 1""",
    "open_line_was_not_paid": """
        SELECT d.code || ' / ' || f.name, f.state || ' although order ' || o.reference || ' is paid'
        FROM dossiers_feeline f JOIN dossiers_dossier d ON d.id = f.dossier_id
        JOIN payments_order_lines l ON l.feeline_id = f.id JOIN payments_order o ON o.id = l.order_id AND o.state = 'paid'
        WHERE f.state IN ('due', 'exempt', 'waived')""",
    "line_stands_on_its_account": """
        SELECT d.code || ' / ' || f.name, f.state || ', but the books hold ' || coalesce(-sum(e.amount_vnd), 0)
        FROM dossiers_feeline f JOIN dossiers_dossier d ON d.id = f.dossier_id
        LEFT JOIN payments_ledgerentry e ON e.line_id = f.id AND e.account NOT IN ('cash', 'gateway')
        WHERE f.state IN ('paid', 'held', 'refund_due', 'refunded') GROUP BY d.code, f.id
        HAVING coalesce(-sum(e.amount_vnd), 0) <> CASE WHEN f.state = 'refunded' THEN 0 ELSE f.amount_vnd END""",
}


def findings() -> list[Finding]:
    """Everything that breaks a rule of the books; empty when they are right."""
    found = []
    with connection.cursor() as cursor:
        for name, statement in CHECKS.items():
            cursor.execute(statement)
            found += [Finding(name, str(subject), str(detail)) for subject, detail in cursor.fetchall()]
    return found


def balances() -> dict[str, int]:
    """The balance of each account, debit positive; they sum to zero when every booking balances."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT account, sum(amount_vnd)::bigint FROM payments_ledgerentry GROUP BY account")
        known = dict(cursor.fetchall())
    return {account.value: int(known.get(account.value, 0)) for account in LedgerEntry.Account}
