"""One storm: writers write, answers are spoilt, processes die, and at the end three accounts are compared."""

import hashlib
import json
import math
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from portal.core import paths
from portal.core.patience import patient
from portal.devtools.processes import ServiceError
from tests.sandbox.client import Services
from tests.storm.check import Step, Verdict, check
from tests.storm.faults import FAULTS, SKEW
from tests.storm.world import World

MESSAGES = "/npsp/v2/messages"
BAD_AFTERWARDS, FEW, COMPARISONS = 90.0, 0.03, 5
"""Answers stay bad until all but this share of the steps has arrived in spite of it, or for so many seconds."""
EXPLAINED_SECONDS = 30.0
"""For so long after a kill another process may end because of it: one that lost its database, say."""
VICTIMS = ("worker", "broker", "sandbox", "database", "dispatcher")


@dataclass(frozen=True, slots=True)
class Asked:
    """How large the storm is."""

    changes: int
    dossiers: int
    writers: int
    kills: int
    outage: float
    seed: int
    naive: bool
    hurry: bool


@dataclass(slots=True)
class Outcome:
    """What happened."""

    asked: Asked
    verdict: Verdict
    changes: int = 0
    dossiers: int = 0
    seconds: float = 0.0
    drain_seconds: float = 0.0
    calls: int = 0
    spoilt: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=dict)
    unknown: int = 0
    tries: float = 0.0
    parked: int = 0
    wait_p50: float = 0.0
    wait_p95: float = 0.0
    left: dict[str, int] = field(default_factory=dict)
    compared: list[int] = field(default_factory=list)
    """Differences that were open after each comparison at the end; the last one must be 0."""

    @property
    def unexplained(self) -> int:
        """Processes that ended although nobody here had killed anything shortly before."""
        return self.kills.get("not by us", 0)

    @property
    def violations(self) -> int:
        """How many in all."""
        return self.verdict.violations + self.unexplained

    @property
    def spoilt_share(self) -> float:
        """The share of calls with messages that met a fault."""
        return self.spoilt / self.calls if self.calls else 0.0


class Storm:
    """Runs once."""

    def __init__(self, world: World, asked: Asked, say: Callable[[str], None]) -> None:
        self.world, self.asked, self.say = world, asked, say
        self.chance = random.Random(asked.seed)
        self.services = Services(world.fleet.sandbox_url)
        self.ledgers: list[Path] = []
        self.helpers: list[subprocess.Popen[str]] = []
        self.kills: dict[str, int] = {}
        self.killed_at = -math.inf

    def run(self, people: dict[str, Any]) -> Outcome:
        """Everything happens; the outcome says what it came to."""
        began = time.monotonic()
        self.world.start(naive=self.asked.naive)
        self._switch_faults_on()
        try:
            writers = [self._writer(number, people) for number in range(self.asked.writers)]
            if self.asked.naive:
                self.helpers += [self._naive_relay() for _each in range(2)]
            self._die_now_and_then(writers)
            unknown = self._finish(writers)
            drain = self._drained()
            compared = [] if self.asked.naive else self._compared()
        finally:
            for helper in self.helpers:
                helper.kill()
                helper.wait()
        outcome = self._measured(unknown)
        outcome.drain_seconds, outcome.seconds, outcome.compared = drain, time.monotonic() - began, compared
        return outcome

    def _switch_faults_on(self) -> None:
        if self.asked.naive:
            self.services.fault("naive_receiver")
        self.services.fault("clock_skew", params={"seconds": SKEW})
        for number, (kind, rate, params) in enumerate(FAULTS):
            self.services.fault(kind, rate=rate, seed=self.asked.seed + number, path=MESSAGES, params=params)

    def _writer(self, number: int, people: dict[str, Any]) -> "subprocess.Popen[str]":
        ledger = self.world.fleet.logs / f"ledger-{number}"
        ledger.parent.mkdir(parents=True, exist_ok=True)
        ledger.unlink(missing_ok=True)
        self.ledgers.append(ledger)
        order = people | {
            "ledger": str(ledger),
            "seed": self.asked.seed * 100 + number,
            "changes": self.asked.changes // self.asked.writers,
            "dossiers": max(1, self.asked.dossiers // self.asked.writers),
        }
        return self._helper("tests.storm.writer", json.dumps(order), log=f"writer-{number}")

    def _naive_relay(self) -> "subprocess.Popen[str]":
        return self._helper("tests.storm.naive", self.world.database, self.world.fleet.sandbox_url, "600", log="naive")

    def _helper(self, module: str, *arguments: str, log: str) -> "subprocess.Popen[str]":
        with (self.world.fleet.logs / f"{log}.log").open("a") as errors:
            helper = subprocess.Popen(
                [sys.executable, "-m", module, *arguments], cwd=paths.ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        self.helpers.append(helper)
        return helper

    def _written(self) -> int:
        return sum(ledger.read_bytes().count(b"\n") for ledger in self.ledgers if ledger.exists())

    def _plan(self) -> list[tuple[int, str]]:
        """At which number of changes who dies; every kind of victim in turn, in an order of chance, and one long outage."""
        plan, share = [], self.asked.changes / (self.asked.kills + 1)
        victims: list[str] = []
        for number in range(self.asked.kills):
            if not victims:
                victims = self.chance.sample(VICTIMS, k=len(VICTIMS))
            plan.append((int(share * (number + 0.5 + self.chance.random() / 2)), victims.pop()))
        if self.asked.outage:
            plan.append((self.asked.changes // 2, "outage"))
        return sorted(plan)

    def _die_now_and_then(self, writers: "list[subprocess.Popen[str]]") -> None:
        for threshold, victim in [] if self.asked.naive else self._plan():
            while self._written() < threshold and any(writer.poll() is None for writer in writers):
                self._look_after()
                time.sleep(0.2)
            if victim == "outage":
                self._outage()
                continue
            self.say(f"{self._written():6} changes: {victim} dies")
            self.kills[victim] = self.kills.get(victim, 0) + 1
            self.world.kill(victim)
            time.sleep(0.3 + self.chance.random())
            self.world.revive(victim)
            self.killed_at = time.monotonic()
            if victim in {"worker", "database"} and self.asked.hurry:
                self.world.leases_run_out()

    def _look_after(self) -> None:
        """What ended although nobody here killed it is told and started again: it must not pass for a loss, nor go unnoticed."""
        is_explained = time.monotonic() - self.killed_at < patient(EXPLAINED_SECONDS)
        for ended in self.world.revive_others():
            self.say(f"{self._written():6} changes: {ended} ended by itself or by somebody else, and works again")
            name = "because of another" if is_explained else "not by us"
            self.kills[name] = self.kills.get(name, 0) + 1

    def _outage(self) -> None:
        self.say(f"{self._written():6} changes: the national portal is away for {self.asked.outage:.0f} s")
        self.kills["outage"] = 1
        self.world.kill("sandbox")
        time.sleep(self.asked.outage)
        self.world.revive("sandbox")
        self.killed_at = time.monotonic()

    def _finish(self, writers: "list[subprocess.Popen[str]]") -> int:
        unknown = 0
        for writer in writers:
            output, _none = writer.communicate()
            if writer.returncode:
                raise ServiceError(f"A writer failed, see {self.world.fleet.logs}.")
            unknown += json.loads(output)["unknown"]
        self.say(f"{self._written():6} changes: the writers are done")
        return unknown

    def _drained(self) -> float:
        """Answers stay as bad as they were for a while, then the faults end; seconds from there until nothing is open."""
        bad_until = time.monotonic() + BAD_AFTERWARDS
        while time.monotonic() < bad_until and self._open() > FEW * self.asked.changes:
            self._look_after()
            time.sleep(0.5)
        began = time.monotonic()
        self.world.rows("DELETE FROM sandbox_fault_rule WHERE kind <> 'naive_receiver'", sandbox=True)
        if self.asked.hurry:
            self.world.waits_run_out()
        limit = patient(60 if self.asked.naive else 900)
        while time.monotonic() - began < limit:
            if not self._open():
                return time.monotonic() - began
            self._look_after()
            time.sleep(0.5)
        return time.monotonic() - began

    def _compared(self) -> list[int]:
        """Both sides are compared and repaired until nothing differs, as the hourly and nightly work would."""
        environment = {**os.environ, **self.world.fleet.environment, **self.world.fleet.addresses}
        environment |= {"DATABASE_ROLE": "worker", "DJANGO_SETTINGS_MODULE": "portal.settings"}
        found: list[int] = []
        while len(found) < COMPARISONS and (not found or found[-1]):
            command = [sys.executable, "manage.py", "reconcile", "--json"]
            both = [
                subprocess.Popen(command, cwd=paths.ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                for _each in range(1 if found else 2)  # first two at once, as when beat fires while a person compares
            ]
            for done, (output, errors) in [(each, each.communicate(timeout=patient(120))) for each in both]:
                if "{\n" not in output:
                    raise ServiceError(f"A comparison failed ({done.returncode}): {errors[-300:]}")
                answer = json.loads(output[output.index("{\n") :])  # lines of the log may stand before it
            self.say(f"compared: {answer['found']} new, {answer['still_open']} open, {answer['resent']} sent again {answer['fault']}")
            found.append(int(answer["still_open"]) or int(bool(answer["fault"])))
            self._wait_until_sent(60)
        return found

    def _wait_until_sent(self, seconds: float) -> None:
        end = time.monotonic() + patient(seconds)
        while self._open() and time.monotonic() < end:
            self._look_after()
            time.sleep(0.5)

    def _open(self) -> int:
        streams = "('national')" if self.asked.naive else "('national', 'route')"
        try:
            rows = self.world.rows(
                "SELECT count(*) FROM outbox_outboxmessage WHERE done_at IS NULL AND parked_at IS NULL AND stream IN " + streams
            )
        except psycopg.Error:
            return 1
        return int(rows[0][0])

    def _measured(self, unknown: int) -> Outcome:
        told = {(str(code), int(seq)): str(found) for code, seq, found in self.world.rows(_TOLD)}
        from dossiers.national.mapping2026 import body_of  # the settings are named by now

        effects = [(str(code), int(seq), str(found)) for code, seq, found in self.world.rows(_EFFECTS, sandbox=True)]
        heads = {str(code): int(head) for code, head in self.world.rows("SELECT code, head FROM sandbox_npsp_dossier", sandbox=True)}
        hashes = {step: _hash(body_of(json.loads(text))) for step, text in told.items()}
        outcome = Outcome(self.asked, check(self._seen(), hashes, effects, heads), len(told), len({code for code, _seq in told}))
        for kind, count in self.world.rows(_CALLS, (MESSAGES,), sandbox=True):
            outcome.calls += int(count)
            if kind:
                outcome.spoilt += int(count)
                outcome.faults[str(kind)] = int(count)
        ((tries, parked, p50, p95),) = self.world.rows(_WAITS)
        outcome.tries, outcome.parked = float(tries or 0), int(parked)
        outcome.wait_p50, outcome.wait_p95 = float(p50 or 0), float(p95 or 0)
        outcome.left = {str(why): int(count) for why, count in self.world.rows(_LEFT)}
        outcome.kills, outcome.unknown = self.kills, unknown
        return outcome

    def _seen(self) -> list[Step]:
        """What the writers saw committed. A line that was cut by the end of a process is none."""
        lines = [line.split() for ledger in self.ledgers for line in ledger.read_text().split("\n")[:-1]]
        return [(code, int(seq)) for code, seq in lines]


_TOLD = """SELECT o.code, m.sequence, m.payload::text FROM outbox_outboxmessage m JOIN dossiers_dossier o ON o.id = m.subject_id
           WHERE m.stream = 'national'"""
_EFFECTS = "SELECT code, seq, body_hash FROM sandbox_npsp_effect ORDER BY id"
_CALLS = "SELECT fault, count(*) FROM sandbox_call WHERE path = %s GROUP BY fault"
_WAITS = """SELECT avg(attempt), count(*) FILTER (WHERE parked_at IS NOT NULL),
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM done_at - created_at)),
                   percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM done_at - created_at))
            FROM outbox_outboxmessage WHERE stream = 'national'"""


_LEFT = """SELECT CASE WHEN done_at IS NOT NULL THEN 'done' WHEN parked_at IS NOT NULL THEN 'parked: ' || parked_reason
                   ELSE 'open: ' || last_error END, count(*) FROM outbox_outboxmessage WHERE stream = 'national' GROUP BY 1 LIMIT 20"""


def _hash(body: Mapping[str, Any]) -> str:
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
