"""`manage.py load_reference_data`: units, agencies, offices, holidays and the procedure catalogue."""

import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.agencies.actions.load_bodies import load_bodies
from portal.agencies.actions.load_holidays import load_holidays
from portal.agencies.actions.load_units import load_units
from procedures.actions.load_catalogue import load_catalogue

STEPS: dict[str, Callable[[], Any]] = {
    "units": load_units,
    "agencies": load_bodies,
    "holidays": load_holidays,
    "catalogue": load_catalogue,
}


class Command(BaseCommand):
    """Loads what is missing, corrects what differs, and says what in the files is odd."""

    help = "Loads the reference data of data/ and the procedure catalogue. Safe to repeat: a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", action="append", choices=list(STEPS), help="load only this part (may be repeated)")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        reports: dict[str, Any] = {}
        for name, load in STEPS.items():
            if options["only"] and name not in options["only"]:
                continue
            reports[name] = _plain(load())
            if not options["json"]:
                self._show(name, reports[name])
        if options["json"]:
            self.stdout.write(json.dumps(reports, ensure_ascii=False, indent=2, default=str))

    def _show(self, name: str, report: Any, depth: int = 0) -> None:
        indent = "  " * depth
        if not isinstance(report, dict):
            self.stdout.write(f"{indent}{_title(name)}: {_line(report)}")
        elif set(report) == {"created", "updated", "unchanged"}:
            self.stdout.write(f"{indent}{_title(name)}: {_changes(report)}")
        else:
            self.stdout.write(f"{indent}{_title(name)}")
            for key, value in report.items():
                self._show(str(key), value, depth + 1)


def _plain(report: Any) -> Any:
    return report.as_dict() if hasattr(report, "as_dict") else report


def _title(name: str) -> str:
    return name.replace("_", " ")


def _changes(report: dict[str, int]) -> str:
    if not report["created"] and not report["updated"]:
        return f"nothing to change ({report['unchanged']} rows)"
    return f"{report['created']} created, {report['updated']} updated, {report['unchanged']} unchanged"


def _line(value: Any) -> str:
    return f"{len(value)}: {', '.join(map(str, value))}" if isinstance(value, list | tuple) else str(value)
