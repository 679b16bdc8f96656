"""One run: databases, processes, both parts, the report."""

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor

from portal.core.clock import LOCAL, technical_now
from portal.devtools.children import Fleet
from tests.benchmarks import intake, mirror, pages, people, profiling, reconcile, routing, sync, worlds
from tests.benchmarks.__main__ import MEASUREMENTS, Size, commit, say, serving
from tests.benchmarks.report import Report, as_json, as_text, machine
from tests.benchmarks.seed import seed, seed_version

PREFACE = """# Measurements of {day}

Commit {commit}, {machine.processors} processors ({machine.kind}), Python {machine.python}.
Load average before the run: {machine.load_before}.
Everything shares the machine: load generator, web processes, PostgreSQL, and whatever else was running. Read the ratios, which
were taken in turn in one run; the rates and times beside them are those of a machine that was busy to that degree.
`make bench ARGS="--record"` writes this page anew.
"""


class Run:
    """What one call of the command does, in order."""

    def __init__(self, asked: argparse.Namespace, size: Size, fleets: list[Fleet]) -> None:
        self.asked, self.size = asked, size
        self.fleet, self.small, self.large = fleets
        self.machine = machine()

    def finish(self) -> int:
        """Everything asked for is measured and shown. Returns the exit status."""
        template = worlds.ensure_template(say)
        worlds.clone(worlds.INTAKE, worlds.TEMPLATE)
        with worlds.using(worlds.INTAKE):
            people.create_people()
        try:
            routed = self._routing() if self._wanted("routing") else None
            synced = self._sync() if self._wanted("sync") else None
            reconciled = self._reconcile() if self._wanted("reconcile") else None
            compared = self._pages(template) if self._wanted("pages") else []
            found, profile = self._intake() if self._wanted("intake") else (None, None)
        finally:
            worlds.drop_all(
                (worlds.INTAKE, *mirror.DATABASES, *sync.DATABASES, *reconcile.DATABASES)
                if self.asked.keep
                else (worlds.INTAKE, worlds.SMALL, worlds.LARGE, *mirror.DATABASES, *sync.DATABASES, *reconcile.DATABASES)
            )
        report = Report(
            at=technical_now().astimezone(LOCAL),
            commit=commit(),
            is_quick=self.asked.quick,
            machine=self.machine,
            sizes=(self.size.small, self.size.large),
            intake=found,
            profile=profile,
            pages=compared,
            routing=routed,
            sync=synced,
            reconciled=reconciled,
        )
        self._show(report)
        return 0 if report.held else 1

    def _wanted(self, part: str) -> bool:
        return self.asked.only in (None, part)

    def _routing(self) -> routing.Routing:
        say("the batch router, pgbench and single tasks in turn")
        plan = routing.Plan(self.size.slices, self.size.route_batches, self.size.route_singles)
        return routing.measure(self.fleet, plan, self.fleet.logs / "routing.sql")

    def _sync(self) -> sync.Sync:
        say("delivery to the national portal, its database part and single calls in turn")
        return sync.measure(self.fleet, slices=self.size.slices, steps=self.size.steps, singles=self.size.step_singles)

    def _reconcile(self) -> reconcile.Reconciled:
        size = self.size
        say(f"{size.planted} differences among {size.compared:,} dossiers, {size.rounds} rounds")
        return reconcile.measure(self.fleet, dossiers=size.compared, planted=size.planted, rounds=size.rounds)

    def _pages(self, template: str) -> list[pages.Compared]:
        wanted = ((worlds.SMALL, self.size.small), (worlds.LARGE, self.size.large))
        for database, count in wanted:
            content = f"{template}/{seed_version()}/{count}"
            if worlds.made_from(database) != content:
                worlds.clone(database, worlds.INTAKE)
        with ThreadPoolExecutor(2) as both:
            list(both.map(lambda each: self._fill(template, *each), wanted))
        say("pages in turn")
        with serving(self.small.web(workers=1), self.large.web(workers=1)):
            sides = (self.small.base_url, worlds.SMALL), (self.large.base_url, worlds.LARGE)
            return pages.compare(*sides, slices=self.size.page_slices, seconds=self.size.page_seconds)

    def _fill(self, template: str, database: str, count: int) -> None:
        content = f"{template}/{seed_version()}/{count}"
        if worlds.made_from(database) == content:
            return
        say(f"{database}: {count:,} dossiers")
        seed(database, count, at=technical_now())
        worlds.note(database, content)

    def _intake(self) -> tuple[intake.Intake, profiling.Profile]:
        say("intake and pgbench in turn")
        script = self.fleet.logs / "intake.sql"
        with serving(self.fleet.web(workers=2)):
            desks = intake.open_desks(self.fleet.base_url, drafts=self.size.drafts)
            filed = intake.observe(desks[0], script)
            found = intake.measure(desks, filed, script, slices=self.size.slices, seconds=self.size.filing_seconds)
        say("one filing in process")
        return found, profiling.profile(desks[1])

    def _show(self, report: Report) -> None:
        text, content = as_text(report), json.dumps(as_json(report), ensure_ascii=False, indent=2)
        sys.stdout.write((content if self.asked.json else text) + "\n")
        if not self.asked.record:
            return
        MEASUREMENTS.mkdir(parents=True, exist_ok=True)
        head = PREFACE.format(day=f"{report.at:%Y-%m-%d}", commit=report.commit, machine=report.machine)
        part = f"-{self.asked.only}" if self.asked.only else ""
        (MEASUREMENTS / f"{report.at:%Y-%m-%d}{part}.md").write_text(f"{head}\n{text}")
        (MEASUREMENTS / f"latest{part}.json").write_text(content + "\n")
        say(f"recorded in {MEASUREMENTS.name}/")
