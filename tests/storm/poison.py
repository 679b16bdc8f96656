"""Steps that the portal refuses for ever, beside healthy ones: what they cost the others, measured in turn without and with them.

And when those who run the installation hear of each: the message that counts it is at the carrier within a minute of the refusal.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.core.patience import patient
from portal.devtools.processes import ServiceError, wait_until
from tests.sandbox.client import Services
from tests.storm.world import World

HEALTHY, POISONED, ROUNDS = 40, 5, 5
GOAL, TOLD_WITHIN = 1.1, 60.0
_WAITS = """SELECT extract(epoch FROM done_at - created_at) FROM outbox_outboxmessage
            WHERE stream = 'national' AND id > %s AND subject_id = ANY(%s) AND done_at IS NOT NULL"""
_BLOCKED = "SELECT count(*) FROM outbox_outboxmessage WHERE stream = 'national' AND parked_at IS NOT NULL AND subject_id = ANY(%s)"
# The step was written before it was refused for the first time, so this is longer than the time since.
_TOLD = """SELECT extract(epoch FROM m.created_at)::float8, n.key FROM outbox_outboxmessage m
           LEFT JOIN outbox_operatoralert a ON a.message_id = m.id
           LEFT JOIN notifications_notification n ON n.template = 'alert' AND n.created_at = a.told_at
           WHERE m.stream = 'national' AND m.parked_at IS NOT NULL AND m.subject_id = ANY(%s)"""
_ARRIVED = "SELECT key, extract(epoch FROM received_at)::float8 FROM sandbox_message WHERE starts_with(key, 'alert:')"
_OPEN = "SELECT count(*) FROM outbox_outboxmessage WHERE stream IN ('national', 'route') AND done_at IS NULL"


@dataclass(frozen=True, slots=True)
class Poison:
    """Seconds from commit to acknowledgement of the healthy steps, 95th percentile of each round."""

    without: list[float]
    beside: list[float]
    parked: int
    poisoned: int
    told: list[float | None]
    """For each parked step the seconds from its commit until the carrier had a message that counts it."""
    messages: int

    @property
    def all_told(self) -> bool:
        """Whether somebody heard of each within a minute, on a usual machine."""
        return all(wait is not None and wait <= patient(TOLD_WITHIN) for wait in self.told)

    @property
    def ratio(self) -> float:
        """The middle round beside poison, against the middle one without."""
        return statistics.median(self.beside) / statistics.median(self.without)

    def as_text(self) -> str:
        """For people."""
        one, other = (", ".join(f"{value:.2f}" for value in values) for values in (self.without, self.beside))
        return (
            f"p95 of {HEALTHY} healthy steps without poison: {one} s\nbeside {POISONED} refused ones:               {other} s\n"
            f"ratio of the medians: {self.ratio:.2f} (goal ≤ {GOAL}); refused steps parked: {self.parked} of {self.poisoned}\n"
            f"told in {self.messages} messages, seconds from the step's commit: first {self._told(min)}, last {self._told(max)}"
            f" (goal ≤ {patient(TOLD_WITHIN):.0f}); not told: {self.told.count(None)}"
        )

    def _told(self, which: Callable[[list[float]], float]) -> str:
        waits = [wait for wait in self.told if wait is not None]
        return f"{which(waits):.0f}" if waits else "–"


class Rounds:
    """Healthy dossiers take a step each, round by round, with other dossiers' refused steps between them or without."""

    def __init__(self, world: World, people: dict[str, Any]) -> None:
        from tests.storm.writer import Writer  # the settings are named by now

        order = people | {"ledger": str(world.fleet.logs / "ledger-poison"), "seed": 1, "changes": 0, "dossiers": 0}
        self.world, self.writer = world, Writer(order)

    def measure(self) -> Poison:
        """All rounds, in turn."""
        for _each in range(HEALTHY + ROUNDS * POISONED):
            self.writer.file()
        self._quiet()
        healthy, bad = self.writer.mine[:HEALTHY], self.writer.mine[HEALTHY:]
        services = Services(self.world.fleet.sandbox_url)
        for (code,) in self.world.rows("SELECT code FROM dossiers_dossier WHERE id = ANY(%s)", (bad,)):
            services.fault("schema_reject", params={"code": code})
        self._p95(healthy, [])  # what is slow the first time only
        without, beside = [], []
        for number in range(ROUNDS):
            without.append(self._p95(healthy, []))
            beside.append(self._p95(healthy, bad[number * POISONED :][:POISONED]))
        wait_until(lambda: self._blocked(bad) == len(bad), seconds=60, interval=0.5)
        wait_until(lambda: None not in self._told(bad), seconds=TOLD_WITHIN, interval=0.5)
        messages = len({key for key, _at in self.world.rows(_ARRIVED, (), sandbox=True)})
        return Poison(without, beside, self._blocked(bad), len(bad), self._told(bad), messages)

    def _p95(self, healthy: list[int], poisoned: list[int]) -> float:
        last = self.world.rows("SELECT max(id) FROM outbox_outboxmessage")[0][0]
        for number, pk in enumerate(healthy):
            if number < len(poisoned):
                self.writer.move(poisoned[number])
            self.writer.move(pk)
        if not wait_until(lambda: len(self.world.rows(_WAITS, (last, healthy))) == len(healthy), seconds=60, interval=0.2):
            raise ServiceError("Healthy steps were not told within a minute.")
        waits = [float(row[0]) for row in self.world.rows(_WAITS, (last, healthy))]
        time.sleep(0.5)
        return statistics.quantiles(waits, n=20)[-1]

    def _told(self, bad: list[int]) -> list[float | None]:
        arrived = {str(key): float(at) for key, at in self.world.rows(_ARRIVED, (), sandbox=True)}
        return [arrived[key] - at if key in arrived else None for at, key in self.world.rows(_TOLD, (bad,))]

    def _blocked(self, bad: list[int]) -> int:
        return int(self.world.rows(_BLOCKED, (bad,))[0][0])

    def _quiet(self) -> None:
        if not wait_until(lambda: self.world.rows(_OPEN)[0][0] == 0, seconds=120, interval=0.5):
            raise ServiceError("The filings were not routed and told within two minutes.")
