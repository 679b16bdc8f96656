"""`manage.py verify_certificates`: do the certificates of completeness hold?"""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.models import CompletenessCertificate
from portal.core.clock import business_today
from portal.site.completeness.certify import flaws


class Command(BaseCommand):
    """Check every certificate; corrects nothing."""

    help = (
        "Checks hash, signature and chain of every certificate of completeness, that no day is left out, that its share follows from its "
        "counts, and counts again how many dossiers were filed on its day. The public keys are files beside the seals. Exit status 0 only "
        "if all hold."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        found, count = list(flaws(today=business_today())), CompletenessCertificate.objects.count()
        if options["json"]:
            rows = [asdict(each) | {"day": each.day.isoformat()} for each in found]
            self.stdout.write(json.dumps({"ok": not found, "certificates": count, "flaws": rows}, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(f"{count} certificates, {len(found)} flaws")
            for each in found:
                self.stdout.write(f"{each.number:>6}  {each.day}  {each.what}")
        if found:
            raise CommandError(f"{len(found)} flaws: the certificates do not hold.", returncode=1)
