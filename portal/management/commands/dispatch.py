"""`manage.py dispatch`: the only process that talks to the broker on behalf of a commit."""

import signal
import time
from types import FrameType
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseFault
from django.db import connection
from kombu.exceptions import KombuError

from portal.celery import app
from portal.core.clock import technical_now
from portal.outbox.actions import publishable
from portal.outbox.tasks import wake

log = structlog.get_logger()
INTERVAL = 0.2
PAUSE_AFTER_FAULT = 1.0


class Command(BaseCommand):
    """Polls the outbox and wakes workers; survives a lost database connection and a lost broker."""

    help = (
        "Wakes Celery workers for due outbox messages, every 200 ms. Run one; a second one is harmless. Ends on SIGTERM. "
        "A lost database or broker is waited for, and nothing is forgotten meanwhile."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then exit; status 1 if it could not be completed")

    def handle(self, *args: Any, **options: Any) -> None:
        self.running = True
        self.untold: set[str] = set()
        link = app.connection_for_write()
        self.broker_faults: tuple[type[BaseException], ...] = (KombuError, OSError, *link.connection_errors, *link.channel_errors)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while self.running:
            pause = self.one_round()
            if options["once"]:
                raise SystemExit(int(pause != INTERVAL))
            time.sleep(pause)

    def one_round(self) -> float:
        """Due streams have been announced; returns the seconds to wait. What the broker did not take is announced next time."""
        try:
            self.untold |= set(publishable(now=technical_now()))
        except DatabaseFault as error:
            log.warning("dispatcher_database_lost", error=type(error).__name__)
            connection.close()
            return PAUSE_AFTER_FAULT
        try:
            for stream in sorted(self.untold):
                wake(stream)
                self.untold.discard(stream)
        except self.broker_faults as error:
            log.warning("dispatcher_broker_lost", error=type(error).__name__)
            return PAUSE_AFTER_FAULT
        return INTERVAL

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.running = False
