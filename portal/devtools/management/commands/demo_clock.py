"""`manage.py demo_clock`: what legal time it is in the demo, and moving it forward."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.clock import LOCAL, business_now
from portal.devtools import clockwork


class Command(BaseCommand):
    """Moves the time of every process at once."""

    help = "Shows the demo's legal time; moves it forward for web, worker and every other process of this database."

    def add_arguments(self, parser: CommandParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--to", help="a moment, for example 2026-11-25T08:00; without an offset it is Viet Nam time")
        how.add_argument("--days", type=float, help="so many days later")
        how.add_argument("--hours", type=float, help="so many hours later")
        how.add_argument("--next-morning", action="store_true", help="08:00 on the next working day")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            now = self._moved(options)
        except clockwork.ClockRefused as refused:
            raise CommandError(str(refused)) from refused
        shown = now.isoformat(timespec="seconds")
        self.stdout.write(json.dumps({"now": shown}) if options["json"] else f"It is {shown} in the demo.")

    def _moved(self, options: dict[str, Any]) -> datetime:
        if options["to"]:
            return clockwork.move_to(_moment(options["to"]))
        if options["days"] is not None:
            return clockwork.move_forward(timedelta(days=options["days"]))
        if options["hours"] is not None:
            return clockwork.move_forward(timedelta(hours=options["hours"]))
        return clockwork.to_working_morning(of_next_day=True) if options["next_morning"] else business_now()


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"'{text}' is no moment: write for example 2026-11-25T08:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)
