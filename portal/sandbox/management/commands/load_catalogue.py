import gzip
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.clock import technical_now
from portal.sandbox.national.catalogue import is_record, store


class Command(BaseCommand):
    help = "Fills the simulated national database of procedures from a file of JSON lines, plain or gzipped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            raw = path.read_bytes()
            text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
            records = [json.loads(line) for line in text.split("\n") if line.strip()]
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        usable = [record for record in records if is_record(record)]
        changed = store(usable, at=technical_now())
        self.stdout.write(f"{len(records)} records, {len(records) - len(usable)} unusable, {changed} new or changed")
