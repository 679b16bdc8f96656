"""`manage.py resolve_unit`: which unit is this now?"""

import json
import sys
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.agencies.queries import resolve_unit
from portal.agencies.succession import NONE_REASONS, NoneFound, NoneReason, One, Resolution

UNANSWERABLE = {NoneReason.UNKNOWN_CODE, NoneReason.NOT_VALID_ON_DATE, NoneReason.BACKWARDS, NoneReason.SEVERAL_LEVELS}


class Command(BaseCommand):
    """Answers one, several or none; exit status 1 when the question itself names no unit."""

    help = "Names the unit(s) that on --to cover what CODE named on --from: one, several (ask the person), or none (a person decides)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="code of the unit, for example 26740")
        parser.add_argument("--level", choices=["commune", "province", "district"], help="level of the unit, where a code does not say it")
        parser.add_argument(
            "--from", dest="from_on", required=True, type=_day, metavar="DATE", help="day on which the code was used (YYYY-MM-DD)"
        )
        parser.add_argument("--to", dest="to_on", required=True, type=_day, metavar="DATE", help="day for which the unit is wanted")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        found = resolve_unit(options["code"], from_on=options["from_on"], to_on=options["to_on"], level=options["level"])
        answer = _as_dict(found)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self.stdout.write(f"{answer['outcome']}{': ' + answer['reason'] if 'reason' in answer else ''}")
            for unit in answer["units"]:
                self.stdout.write(f"  {unit['code']:<6} {unit['name']}, {unit['province']}")
        if isinstance(found, NoneFound) and found.reason in UNANSWERABLE:
            sys.exit(1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"not a date (YYYY-MM-DD): {text}") from error


def _as_dict(found: Resolution) -> dict[str, Any]:
    outcome = "one" if isinstance(found, One) else "none" if isinstance(found, NoneFound) else "several"
    units = [{"code": unit.code, "name": unit.name, "province": unit.province} for unit in found.units]
    answer: dict[str, Any] = {"outcome": outcome, "units": units}
    if isinstance(found, NoneFound):
        answer["reason"] = NONE_REASONS[found.reason]
    return answer
