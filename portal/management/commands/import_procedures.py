"""`manage.py import_procedures [FILE]`: load our catalogue, or import the national one as drafts."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.clock import technical_now
from portal.core.longjobs import Progress, long_job
from portal.core.models import LongJob
from procedures.actions.import_national import import_national
from procedures.actions.load_catalogue import load_catalogue
from procedures.actions.national_report import NationalReport
from procedures.catalogue_load.files import OURS, UnknownFormat
from procedures.catalogue_load.national.reading import arrivals, is_national

INTERRUPTED = 130


class Command(BaseCommand):
    """Import a catalogue and report every choice."""

    help = (
        "A YAML file (default: data/procedures.yaml) is our own catalogue: its procedures are published as version 1, with papers, fees, "
        "rules and forms; this needs the role that owns the tables (DATABASE_ROLE=owner). JSON lines, also gzipped, are records of the "
        "national database: each becomes a draft version that people review, is repaired, or is refused with a reason. Both can be "
        "repeated: equal content is left alone. Exit status of a national import: 0 when no record was refused and none waits for a "
        "person's open draft, 1 otherwise, 130 when interrupted (finished batches stay). Without repairs and gaps one by one: --quiet."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=OURS)
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--quiet", action="store_true", help="print the counts only")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            if is_national(path):
                self._national(path, options)
            else:
                self._ours(path, options)
        except UnknownFormat as error:
            raise CommandError(str(error)) from error

    def _ours(self, path: Path, options: dict[str, Any]) -> None:
        report = load_catalogue(path)
        if options["json"]:
            self.stdout.write(json.dumps(report.in_full(), ensure_ascii=False, indent=2))
            return
        for line in report.lines()[: 2 if options["quiet"] else None]:
            self.stdout.write(line)

    def _national(self, path: Path, options: dict[str, Any]) -> None:
        with long_job(LongJob.Kind.IMPORT, about=path.name, total=_count(path)) as job:
            report = import_national(arrivals(path), source=path.name, at=technical_now(), on_batch=lambda done: self._progress(done, job))
            if report.interrupted:
                job.fault("interrupted")
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        else:
            for line in report.lines(quiet=options["quiet"]):
                self.stdout.write(line)
        if not report.is_well:
            raise CommandError(_complaint(report), returncode=INTERRUPTED if report.interrupted else 1)

    def _progress(self, done: int, job: Progress) -> None:
        job.reached(done)
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done}", ending="")


def _count(path: Path) -> int:
    """How many records there are to read; 0 if the file is damaged, which the import says when it comes to the place."""
    try:
        return sum(1 for _each in arrivals(path))
    except UnknownFormat:
        return 0


def _complaint(report: NationalReport) -> str:
    counts = report.counts()
    if report.interrupted:
        return f"Interrupted after {counts['read']} records; they are kept. Run it again to go on."
    if not counts["read"]:
        return "The file holds no record."
    return f"Not all is well: {counts['refused']} refused, {counts['waiting']} waiting for an open draft."
