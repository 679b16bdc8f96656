"""`manage.py verify_events`: are the histories of all dossiers whole?"""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.chains import verify
from dossiers.models import Dossier


class Command(BaseCommand):
    """Hash every event again."""

    help = (
        "Reads the events of every dossier (or of CODE) in order, hashes each again over its predecessor, and compares the last with the "
        "head that the dossier carries. Exit status 0 only if every chain is whole."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", nargs="?", default="", help="one dossier only")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["code"] and not Dossier.objects.filter(code=options["code"]).exists():
            raise CommandError(f"There is no dossier {options['code']}.")
        result = verify(options["code"])
        broken = result.broken
        if options["json"]:
            answer = {"ok": not broken, "dossiers": result.dossiers, "events": result.events, "broken": [asdict(each) for each in broken]}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(f"dossiers  {result.dossiers}\nevents    {result.events}\nbroken    {len(broken)}")
            for each in broken:
                self.stdout.write(f"  {each.code}  event {each.seq}: {each.problem}")
        if broken:
            raise CommandError(f"{len(broken)} histories are not whole.", returncode=1)
