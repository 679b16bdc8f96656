"""The journey of the demo: dossiers through the real pages, by everybody who would do it."""

import time
from collections.abc import Callable, Sequence

from django.conf import settings

from portal.devtools.journey.people import People
from portal.devtools.journey.plan import Plan
from portal.devtools.journey.plans import EVERYTHING
from portal.devtools.journey.play import Stage
from portal.devtools.journey.report import table, totals

__all__ = ["run"]


def run(say: Callable[[str], None], plans: Sequence[Plan] = EVERYTHING) -> list[str]:
    """Every plan was played through the pages at PORTAL_BASE_URL and reported. Returns what did not hold."""
    began = time.monotonic()
    stage = Stage(People(settings.BASE_URL, settings.SANDBOX_BASE_URL), say)
    played = stage.play(plans)
    stage.check(played)
    for line in ("", *table(played), "", *totals(played), f"the journey took {time.monotonic() - began:.0f} s"):
        say(line)
    return [problem for one in played for problem in one.problems]
