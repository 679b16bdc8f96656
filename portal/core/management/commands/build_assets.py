"""Fonts and icons from their packages, cut down to what the portal shows, into `.local/assets`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal.core import assets


class Command(BaseCommand):
    help = "Subset the fonts and copy the icons into .local/assets. Does nothing when they are up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="build again even if nothing changed")

    def handle(self, *args: Any, **options: Any) -> None:
        built = assets.build(force=options["force"])
        for path in built:
            self.stdout.write(f"{path.relative_to(assets.ASSETS)}  {path.stat().st_size / 1024:.1f} KB")
        if not built:
            self.stdout.write("up to date")
