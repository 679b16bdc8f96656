"""`manage.py lifecycle`: the table of the lifecycle with its diagram."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dossiers.lifecyclepage import lifecycle_page
from portal.core import paths

PAGE = Path(paths.ROOT / "docs" / "lifecycle.md")


class Command(BaseCommand):
    """Print the page, or write it."""

    help = "Prints docs/lifecycle.md as it follows from the table of the lifecycle; --write stores it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write docs/lifecycle.md")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["write"]:
            PAGE.write_text(lifecycle_page(), encoding="utf-8")
            self.stdout.write(f"Written: {PAGE.relative_to(paths.ROOT)}")
        else:
            self.stdout.write(lifecycle_page())
