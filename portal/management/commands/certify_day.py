"""`manage.py certify_day`: the certificate of completeness of a day."""

import json
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.clock import business_today, technical_now
from portal.core.errors import DomainError
from portal.core.statements import KeyMissing
from portal.site.completeness.certify import certify


class Command(BaseCommand):
    """Make, or show, one certificate."""

    help = (
        "Counts what was received, what the national portal has, what is open and how late it is, and what may be outside the system; "
        "signs it and chains it to the day before. A day that has its certificate is shown as it was signed. Yesterday unless told "
        "otherwise; days only go forward."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="yyyy-mm-dd")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        today = business_today()
        try:
            made = certify(options["day"] or today - timedelta(days=1), today=today, at=technical_now())
        except (DomainError, KeyMissing) as error:
            raise CommandError(str(error)) from error
        content = json.loads(made.content)
        if options["json"]:
            seal = {"hash": made.hash, "signature": made.signature, "key_id": made.key_id}
            self.stdout.write(json.dumps(content | {"seal": seal}, ensure_ascii=False, indent=2))
            return
        share, told = content["share"], content["synchronised"]
        self.stdout.write(f"certificate {made.number} for {made.day}: {share['per_cent']} % ({share['accepted']} of {share['of']})")
        self.stdout.write(f"received {content['received']['day']} on the day, {content['received']['total']} in all")
        self.stdout.write(f"synchronised {told['whole_day']} on the day, {told['whole_total']} in all")
        self.stdout.write(f"open differences {content['open']['differences']}, steps waiting {content['lag']['steps_waiting']}")
        for name, value in content["outside"].items():
            shown = f"{value['counters']['count']} counters, {value['agencies']['count']} agencies" if isinstance(value, dict) else value
            self.stdout.write(f"{name.replace('_', ' ')}: {'not counted yet' if shown is None else shown}")
        self.stdout.write(f"hash {made.hash}  key {made.key_id}")
