"""Plays plans: day by day, several people at once, and notes what did not hold."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import urllib3

from portal.devtools import clockwork
from portal.devtools.journey import checks
from portal.devtools.journey.browser import Unexpected
from portal.devtools.journey.markup import NotOnPage
from portal.devtools.journey.people import People
from portal.devtools.journey.plan import Plan
from portal.devtools.journey.trip import Step, Trip, done_with_database

AT_ONCE = 3
Say = Callable[[str], None]
WENT_WRONG = (Unexpected, NotOnPage, urllib3.exceptions.HTTPError)


@dataclass(slots=True)
class Played:
    """A plan with its dossier; `problems` is what did not hold."""

    plan: Plan
    trip: Trip
    problems: list[str] = field(default_factory=list)


class Stage:
    """Where the plans are played."""

    def __init__(self, people: People, say: Say, *, at_once: int = AT_ONCE) -> None:
        self.people, self.say, self.at_once = people, say, at_once

    def play(self, plans: Sequence[Plan]) -> list[Played]:
        """Every plan is played as far as it could be, on as many working days as the longest needs."""
        played = [Played(plan, Trip(self.people, plan.filing)) for plan in plans]
        days = max((len(list(plan.days())) for plan in plans), default=0)
        for number in range(days):
            now = clockwork.to_working_morning(of_next_day=number > 0)
            todo = [(one, steps) for one in played if not one.problems for steps in [_steps(one.plan, number)] if steps]
            self.say(f"{now:%A %d/%m/%Y, %H:%M} in the demo: {len(todo)} dossiers to work on")
            self._each(todo, self._walk)
        return played

    def check(self, played: Sequence[Played]) -> None:
        """Every dossier is held against what must be true of it."""
        begun = [one for one in played if one.trip.code]
        self.say(f"{len(begun)} dossiers filed by {self.people.accounts} accounts; the national portal is compared")
        waited = checks.wait_for_sync([one.trip.code for one in begun])
        self.say(f"every step has left for the national portal after {waited:.0f} s; strangers try every page")
        self._each([(one, ()) for one in begun], self._check)

    def _walk(self, one: Played, steps: Sequence[Step]) -> None:
        for step in steps:
            step(one.trip)
        self.say(f"  {one.trip.code}  {one.plan.story}: {', '.join(one.trip.notes) or 'filed'}")
        wanted = one.plan.agency
        if wanted and one.trip.agency and one.trip.agency != wanted:
            one.problems.append(f"{one.trip.code}: went to {one.trip.agency}, not to {wanted}")

    def _check(self, one: Played, _steps: Sequence[Step]) -> None:
        for check in (checks.unrouted, checks.papers_missing, checks.unsynchronised, checks.shown_by_the_portal, checks.strangers):
            one.problems.extend(check(one.trip))

    def _each(self, todo: Sequence[tuple[Played, Sequence[Step]]], act: Callable[[Played, Sequence[Step]], None]) -> None:
        def guarded(one: Played, steps: Sequence[Step]) -> None:
            try:
                act(one, steps)
            except WENT_WRONG as fault:
                one.problems.append(f"{one.trip.code or one.plan.filing.procedure} ({one.plan.story}): {fault}")
                self.say(f"  ! {one.problems[-1][:400]}")

        with ThreadPoolExecutor(self.at_once) as pool:
            for future in [pool.submit(_released, guarded, one, steps) for one, steps in todo]:
                future.result()


def _released(act: Callable[[Played, Sequence[Step]], None], one: Played, steps: Sequence[Step]) -> None:
    try:
        act(one, steps)
    finally:
        done_with_database()


def _steps(plan: Plan, day: int) -> tuple[Step, ...]:
    days = list(plan.days())
    return days[day] if day < len(days) else ()
