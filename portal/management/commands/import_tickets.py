"""`manage.py import_tickets`: what the queue machines of the offices served."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from counters.models import ServedTickets
from portal.agencies.models import Office
from portal.core.clock import business_today, technical_now
from portal.management.tables import lines_of

COLUMNS = ["office", "day", "served"]
MOST = 1_000_000


class Command(BaseCommand):
    """Read a file of daily figures; all of it or nothing."""

    help = (
        "Reads a CSV with the columns office (its code), day (yyyy-mm-dd) and served (how many tickets its queue machine served). A figure "
        "that is told again replaces the former one. Nothing is taken from a file with a wrong line; each wrong line is named."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        rows, wrong = self._read(lines_of(options["file"], COLUMNS), options["file"].name)
        for line in wrong:
            self.stderr.write(line)
        if wrong:
            raise CommandError(f"{len(wrong)} wrong lines; nothing was taken.")
        with transaction.atomic():
            ServedTickets.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["office", "day"], update_fields=["served", "source", "reported_at"]
            )
        self.stdout.write(f"{len(rows)} figures of {len({row.office_id for row in rows})} offices")

    @staticmethod
    def _read(lines: list[dict[str, str]], source: str) -> tuple[list[ServedTickets], list[str]]:
        offices = dict(Office.objects.filter(code__in={line["office"] for line in lines}).values_list("code", "pk"))
        rows: dict[tuple[int, date], ServedTickets] = {}
        wrong, now, today = [], technical_now(), business_today()
        for number, line in enumerate(lines, start=2):
            try:
                office, day, served = offices[line["office"]], date.fromisoformat(line["day"]), int(line["served"])
                if day > today or not 0 <= served <= MOST:
                    raise ValueError  # noqa: TRY301 -- told like any other wrong value
            except (KeyError, ValueError, TypeError):
                wrong.append(f"line {number}: {line.get('office')},{line.get('day')},{line.get('served')}: no such office, day or figure")
                continue
            rows[office, day] = ServedTickets(office_id=office, day=day, served=served, source=source[:100], reported_at=now)
        return list(rows.values()), wrong
