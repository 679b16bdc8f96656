"""Vietnamese texts: merge `portal/locale/parts/*.po` and compile them, without GNU gettext."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core import catalogue


class Command(BaseCommand):
    help = "Merge the parts of the Vietnamese catalogue and compile it. Fails on empty texts and on two texts of one message."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if the committed files differ")
        parser.add_argument(
            "--first-wins", action="store_true", help="tell problems instead of failing; the first text of a message counts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            merged = catalogue.merge(report=self.stderr.write if options["first_wins"] else None)
        except catalogue.CatalogueError as error:
            raise CommandError(str(error)) from error
        wanted = {"django.po": str(merged).rstrip().encode() + b"\n", "django.mo": catalogue.compiled(merged)}
        stale = [name for name, content in wanted.items() if not _same(name, content)]
        if options["check"] and stale:
            raise CommandError(f"Out of date: {', '.join(stale)}. Run manage.py compile_messages_pure.")
        for name in stale:
            catalogue.TARGET.mkdir(parents=True, exist_ok=True)
            (catalogue.TARGET / name).write_bytes(wanted[name])
        self.stdout.write(f"{len(merged)} messages, {'written' if stale else 'up to date'}")


def _same(name: str, content: bytes) -> bool:
    path = catalogue.TARGET / name
    return path.exists() and path.read_bytes() == content
