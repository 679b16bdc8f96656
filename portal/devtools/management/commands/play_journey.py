"""`manage.py play_journey`: the main job through the real pages of a portal that runs."""

import importlib.util
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Plays the journey of `portal.devtools.journey` and fails if anything in it did not hold."""

    help = "Files, routes, decides and hands back dossiers through the pages at PORTAL_BASE_URL. Exit status 0 only if everything held."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if importlib.util.find_spec("portal.devtools.journey") is None:
            self.stdout.write("There is no journey in this version.")
            return
        journey = importlib.import_module("portal.devtools.journey")
        problems: list[str] = list(journey.run(self._say) or [])
        for problem in problems:
            self.stdout.write(f"did not hold: {problem}")
        if problems:
            raise CommandError(f"{len(problems)} things in the journey did not hold.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
