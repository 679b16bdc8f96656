"""`manage.py search_procedures TEXT`: what a person who types this would find."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.core.clock import business_today
from procedures.queries.search import search_procedures


class Command(BaseCommand):
    """Search the catalogue from the shell."""

    help = "Lists the procedures found for TEXT, best first, with or without diacritics. --drafts searches imported drafts too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text")
        parser.add_argument("--limit", type=int, default=10)
        parser.add_argument("--drafts", action="store_true")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        found = search_procedures(options["text"], business_today(), limit=max(1, options["limit"]), drafts=options["drafts"])
        rows = [{"code": hit.version.procedure.code, "name": hit.version.short_name_vi, "score": hit.score} for hit in found.hits]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        for row in rows:
            self.stdout.write(f"{row['score']:>3}  {row['code']:10} {row['name']}")
        if not rows:
            self.stdout.write("Không tìm thấy thủ tục nào.")
