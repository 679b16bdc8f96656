"""`manage.py verify_ledger`: do the books balance?"""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.audit import CHECKS, balances, findings


class Command(BaseCommand):
    """Check the money; corrects nothing."""

    help = (
        "Checks that every booking balances, every settled order was received once and has its receipt, and every fee line stands on the "
        "account that its state says. Prints the balance of each account in đồng (debit positive). Exit status 0 only if all hold."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        found, accounts = findings(), balances()
        if options["json"]:
            answer = {"ok": not found, "accounts": accounts, "checks": list(CHECKS), "findings": [asdict(each) for each in found]}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            for account, amount in accounts.items():
                self.stdout.write(f"{account:12}{amount:>18,} đ".replace(",", "."))
            for name in CHECKS:
                self.stdout.write(f"{'FAILED' if any(each.check == name for each in found) else 'ok':8}{name}")
            for each in found:
                self.stdout.write(f"        {each.check}: {each.subject}: {each.detail}")
        if found:
            raise CommandError(f"{len(found)} findings: the books are not right.", returncode=1)
