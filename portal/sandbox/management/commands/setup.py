from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from portal.sandbox.identity.models import Citizen
from portal.sandbox.preparation import prepare


class Command(BaseCommand):
    help = "Makes the simulated services ready: tables, signing key, citizens, the portal as OIDC client. Idempotent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-migrate", action="store_true", help="the tables are there already")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["no_migrate"]:
            call_command("migrate", verbosity=0, interactive=False)
        prepare()
        self.stdout.write(f"Simulated services ready: {Citizen.objects.count()} citizens")
