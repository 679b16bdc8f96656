"""`manage.py load_demo_world`: people for every office and agency of the demo."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from portal.devtools.world import load_world


class Command(BaseCommand):
    """Fills every seat; safe to repeat."""

    help = "Creates the demo's staff: a clerk at every counter, officer and approver in every agency, supervisors, catalogue people."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        added = load_world()
        self.stdout.write(f"demo world: {added['people']} people added, {added['known']} were there ({time.monotonic() - started:.1f} s)")
