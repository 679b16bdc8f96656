"""The commands that prove money and histories find what somebody with all rights has changed."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from dossiers.actions.delay import withdraw
from dossiers.actions.transition import By
from dossiers.models import Dossier
from dossiers.national.compare import Comparison, Told, _compare_one
from payments.actions.orders import refund, take_cash
from payments.audit import balances
from portal.devtools import roles
from procedures.models import Channel
from tests.factories import MONDAY, committee, decided, fee, filed, routed, staffed

Connect = Callable[[str], AbstractContextManager[psycopg.Connection[Any]]]


FORGED = "replace(content, 'sign', 'sigh')"
FORGED_HASH = f"encode(sha256(convert_to(previous_hash || E'\\n' || {FORGED}, 'UTF8')), 'hex')"


def answered(command: str) -> dict[str, Any]:
    out, status = StringIO(), 0
    try:
        call_command(command, "--json", stdout=out)
    except CommandError as error:
        status = error.returncode
    answer: dict[str, Any] = json.loads(out.getvalue())
    assert status == (0 if answer["ok"] else 1)
    return answer


def finished() -> Dossier:
    officer, leader = staffed(committee())
    dossier = routed(filed().dossier)
    decided(dossier, officer, leader)
    return dossier


def tampered(as_role: Connect, table: str, *statements: str) -> None:
    """As the owner, with the guards switched off: what a thief of the owner's password could do."""
    with as_role(roles.OWNER) as raw:
        raw.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        for statement in statements:
            raw.execute(statement.encode())
        raw.commit() if not raw.autocommit else None


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE dossiers_event SET content = replace(content, 'sign', 'sigh') WHERE verb = 'sign'", "content and hash differ"),
        ("UPDATE dossiers_event SET to_state = 'stopped' WHERE verb = 'propose'", "columns and hashed content differ"),
        ("DELETE FROM dossiers_event WHERE seq = 2", "event 2 is missing"),
        ("DELETE FROM dossiers_event e WHERE seq = (SELECT max(seq) FROM dossiers_event WHERE dossier_id = e.dossier_id)", "head is event"),
        (
            f"UPDATE dossiers_event SET content = {FORGED}, hash = {FORGED_HASH} WHERE verb = 'sign'",
            "columns and hashed content differ",
        ),
    ],
    ids=["edited", "column", "hole", "tail", "rehashed"],
)
def test_a_changed_history_is_found(committed_db: None, as_role: Connect, statement: str, problem: str) -> None:
    with transaction.atomic():
        dossier = finished()
    assert answered("verify_events")["ok"] is True

    tampered(as_role, "dossiers_event", statement)

    answer = answered("verify_events")
    assert [(each["code"], problem in each["problem"]) for each in answer["broken"]] == [(dossier.code, True)]


@pytest.mark.django_db
def test_whole_histories_are_counted() -> None:
    dossier = finished()
    dossier.refresh_from_db()

    assert answered("verify_events") == {"ok": True, "dossiers": 1, "events": dossier.event_seq, "broken": []}
    with pytest.raises(CommandError, match="no dossier"):
        call_command("verify_events", "H00-000101-0000", stdout=StringIO())


@pytest.mark.django_db
def test_money_taken_held_and_given_back_balances() -> None:
    clerk_filing = filed(fees=[fee(8000), fee(20000, "charge")])
    online = filed(channel=Channel.ONLINE, fees=[fee(5000)])
    dossier = clerk_filing.dossier
    by = By(dossier.filed_by, MONDAY, office=dossier.receiving_office)
    take_cash(dossier, by=by)
    take_cash(online.dossier, by=by)
    assert balances() | {"cash": 33000, "revenue": -28000, "held": -5000} == balances()
    assert answered("verify_ledger")["findings"] == []

    withdraw(online.dossier, by=by, reason="Công dân xin rút hồ sơ.")
    assert refund(online.dossier, by=by).amount_vnd == 5000

    answer = answered("verify_ledger")
    assert (answer["ok"], answer["findings"], sum(answer["accounts"].values())) == (True, [], 0)
    assert answer["accounts"]["cash"] == 28000


@pytest.mark.parametrize(
    ("table", "statement", "check"),
    [
        ("payments_ledgerentry", "UPDATE payments_ledgerentry SET amount_vnd = amount_vnd + 1 WHERE amount_vnd > 0", "booking_balances"),
        ("payments_ledgerentry", "DELETE FROM payments_ledgerentry", "settled_order_was_received_once"),
        ("payments_order", "UPDATE payments_order SET receipt_id = NULL", "paid_order_has_its_receipt"),
        ("payments_order", "UPDATE payments_order SET state = 'cancelled'", "unsettled_order_has_no_entries"),
        ("dossiers_feeline", "UPDATE dossiers_feeline SET state = 'due'", "open_line_was_not_paid"),
        ("dossiers_feeline", "UPDATE dossiers_feeline SET amount_vnd = 1", "order_amount_is_that_of_its_lines"),
    ],
)
def test_books_that_were_touched_are_found(committed_db: None, as_role: Connect, table: str, statement: str, check: str) -> None:
    with transaction.atomic():
        dossier = filed(fees=[fee(8000)]).dossier
        take_cash(dossier, by=By(dossier.filed_by, MONDAY, office=dossier.receiving_office))
    assert answered("verify_ledger")["ok"] is True

    tampered(as_role, table, statement)

    assert check in {each["check"] for each in answered("verify_ledger")["findings"]}


@pytest.mark.parametrize(
    ("acknowledged", "found", "result"),
    [
        (2, (2, 4), "equal"),
        (1, (2, 4), "equal"),
        (0, (1, 2), "equal"),
        (0, None, "nothing"),
        (2, None, "missing"),
        (2, (1, 2), "differing"),
        (2, (2, 9), "differing"),
        (2, (4, 9), "differing"),
    ],
    ids=["same", "answer_lost", "first_answer_lost", "not_told_yet", "missing", "behind", "status", "ahead"],
)
def test_what_counts_as_a_difference(acknowledged: int, found: tuple[int, int] | None, result: str) -> None:
    comparison = Comparison()

    _compare_one(Told("H29-261102-0001", (2, 4, 9), acknowledged), found, comparison)

    counted = {"equal": comparison.equal, "missing": len(comparison.missing), "differing": len(comparison.differing)}
    assert [name for name, count in counted.items() if count] == ([] if result == "nothing" else [result])
    assert comparison.waiting == 1
