"""`manage.py sync_catalogue`: bring what changed in the national catalogue into our drafts."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.national.catalogue import Synced, sync_catalogue
from portal.core.clock import technical_now


class Command(BaseCommand):
    """Ask the national database for changed procedures."""

    help = (
        "Asks the national database which procedures changed since the last time. Each becomes a draft version with its differences to "
        "the published one; a person approves as usual. A repealed procedure becomes a proposal to end it. Runs by itself once an hour. "
        "Exit status 0 only if the feed was read to its end and no record was refused or waits for an open draft."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--quiet", action="store_true", help="print the counts only")

    def handle(self, *args: Any, **options: Any) -> None:
        synced = sync_catalogue(at=technical_now())
        if options["json"]:
            whole = synced.report.as_dict() | {"ok": synced.is_well, "proposed_to_end": list(synced.repealed), "fault": synced.fault}
            self.stdout.write(json.dumps(whole, ensure_ascii=False, indent=2))
        else:
            for line in [*synced.report.lines(quiet=options["quiet"]), *(f"{code:12} proposed to end" for code in synced.repealed)]:
                self.stdout.write(line)
        if not synced.is_well:
            raise CommandError(_complaint(synced), returncode=1)


def _complaint(synced: Synced) -> str:
    if synced.fault:
        return f"The national catalogue gave no usable answer ({synced.fault}); the next run begins where this one did."
    counts = synced.report.counts()
    return f"Not all is well: {counts['refused']} refused, {counts['waiting']} waiting for an open draft."
