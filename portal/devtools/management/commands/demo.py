"""`manage.py demo`: everything up, the main job run and shown, then served until Ctrl-C."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core import paths
from portal.core.clock import technical_now
from portal.devtools import postgres, roles, services, supervisor
from portal.devtools.children import Fleet
from portal.devtools.fingerprint import world_fingerprint
from portal.devtools.preflight import preflight
from portal.devtools.processes import ServiceError
from portal.devtools.static import collect_static
from portal.devtools.welcome import welcome

NOTE = "journey"
"""Under this name the database remembers that the journey held on it."""


class Command(BaseCommand):
    """Starts the whole portal on this machine, plays the journey and serves."""

    help = (
        "Starts PostgreSQL, Valkey, web, dispatcher, worker, beat and the simulated national services, plays the main job "
        "through the real pages, and serves until Ctrl-C. With --once it stops after the report; exit status 0 only if everything held."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the portal's port; the simulated services take the next one")
        parser.add_argument("--once", action="store_true", help="stop after the journey")
        parser.add_argument("--reset", action="store_true", help="begin with empty databases")
        parser.add_argument("--journey", action="store_true", help="play the journey again, although this database has seen it")
        parser.add_argument("--no-journey", action="store_true", help="start and serve only")

    def handle(self, *args: Any, **options: Any) -> None:
        self.began = time.monotonic()
        self.ending = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.ending.set())
        fleet = supervisor.demo_fleet(options["port"])
        try:
            self._prepare(fleet, reset=options["reset"])
            asked = options["journey"] or options["once"] or not self._was_played()
            self._run(fleet, once=options["once"], journey=asked and not options["no_journey"])
        except ServiceError as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(f"[{time.monotonic() - self.began:5.1f} s] {line}")
        self.stdout.flush()

    def _prepare(self, fleet: Fleet, *, reset: bool) -> None:
        """Servers, databases, demo world and served files are ready."""
        supervisor.end_leftovers(fleet, self._say)
        for warning in preflight(fleet.port, fleet.sandbox_port):
            self._say(warning)
        self.started_services = False
        if services.external_database():
            self._say("DATABASE_URL is set: your own servers are used, migrated and loaded by you (docs/operations.md)")
            services.prepare_external(self._say, addresses=fleet.addresses)
        else:
            if reset:
                self._reset()
            self.started_services = not all(service.running for service in services.status())
            services.ensure_cluster()
            self._say("PostgreSQL and Valkey run")
            services.prepare_database(self._say)
            services.prepare_sandbox(self._say, addresses=fleet.addresses)
            self._load_world()
        collect_static(self._say)

    def _load_world(self) -> None:
        if "load_demo_world" in services.known_commands():
            environment = {"DATABASE_ROLE": "owner"}
            services.prepare(self._say, "world", world_fingerprint(), [("load_demo_world",)], environment, database=paths.DATABASE)

    def _was_played(self) -> bool:
        """Whether the journey held on this database before; of servers of somebody else's nothing is known."""
        if services.external_database():
            return False
        with postgres.connect(paths.flavour()) as connection:
            return NOTE in roles.notes(connection, paths.DATABASE)

    def _note_played(self) -> None:
        if not services.external_database():
            with postgres.connect(paths.flavour()) as connection:
                known = roles.notes(connection, paths.DATABASE)
                roles.note(connection, paths.DATABASE, known | {NOTE: f"{technical_now():%Y-%m-%d %H:%M}"})

    def _reset(self) -> None:
        self._say("the demo's databases and files are removed")
        services.stop()
        shutil.rmtree(paths.service_home(), ignore_errors=True)
        shutil.rmtree(paths.media_root(), ignore_errors=True)

    def _run(self, fleet: Fleet, *, once: bool, journey: bool) -> None:
        """The portal serves until the end is asked for; then nothing of it is left."""
        processes = supervisor.Supervisor(fleet, self._say)
        held = True
        try:
            processes.start()
            self.stdout.write(welcome(fleet))
            if journey and not self.ending.is_set():
                held = self._play(fleet)
                if held and not self.ending.is_set():
                    self._note_played()
            elif not once:
                self._say("the journey is not played: --journey plays it")
            if not once:
                self._say("Ctrl-C stops everything")
                self.ending.wait()
        finally:
            processes.stop()
            if self.started_services:
                services.stop()
                self._say("PostgreSQL and Valkey stopped")
        if not held:
            raise CommandError("The journey did not hold: see above.")

    def _play(self, fleet: Fleet) -> bool:
        """Play the journey in a process of its own. True if everything held."""
        environment = os.environ | fleet.addresses | {"DATABASE_ROLE": "worker", "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "manage.py", "play_journey"]
        with subprocess.Popen(command, cwd=paths.ROOT, env=environment, stdin=subprocess.DEVNULL, start_new_session=True) as player:
            while player.poll() is None:
                if self.ending.wait(0.2):
                    player.terminate()
        return player.returncode == 0 or self.ending.is_set()
