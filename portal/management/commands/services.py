"""`manage.py services start|stop|status`: the embedded PostgreSQL and Valkey."""

import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.devtools import services
from portal.devtools.processes import ServiceError


class Command(BaseCommand):
    """Start, stop or report the embedded servers; with DATABASE_URL set, say that they are not ours."""

    help = (
        "Starts, stops or reports the embedded PostgreSQL and Valkey. 'start' also creates roles and databases, migrates and loads the "
        "reference data where missing; it can be repeated at any time, and the servers outlive the shell. "
        "With DATABASE_URL set it does nothing and says so. Exit status 0 only if all is well."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["start", "stop", "status"])
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--servers-only", action="store_true", help="start without migrating or loading anything")

    def handle(self, *args: Any, **options: Any) -> None:
        self.as_json = bool(options["json"])
        if not settings.EMBEDDED:
            self._say_external()
            return
        action = options["action"]
        try:
            if action == "start":
                services.ensure_cluster()
                if not options["servers_only"]:
                    services.prepare_database(self._progress)
                    services.prepare_sandbox(self._progress)
            elif action == "stop":
                services.stop()
        except ServiceError as error:
            raise CommandError(str(error)) from error
        self._report(expect_running=action != "stop")

    def _progress(self, line: str) -> None:
        if not self.as_json:
            self.stdout.write(f"  {line} …")

    def _say_external(self) -> None:
        sentence = "DATABASE_URL is set: this portal uses servers of its own administrators, and nothing is started or stopped here."
        self.stdout.write(json.dumps({"embedded": False, "message": sentence}) if self.as_json else sentence)

    def _report(self, *, expect_running: bool) -> None:
        found = services.status()
        if self.as_json:
            self.stdout.write(json.dumps({"embedded": True, "services": [asdict(service) for service in found]}, indent=2))
        else:
            for service in found:
                state = "running" if service.running else "stopped"
                self.stdout.write(f"{service.name:10} {state:8} {service.pid or '-':>8}  {service.socket}")
        if any(service.running != expect_running for service in found):
            raise CommandError("Not every service is " + ("running." if expect_running else "stopped."), returncode=1)
