"""Kill processes at random under load and count what was lost, doubled or out of order. `make storm`.

Exit status 0 without any violation, 1 with one, 2 if the storm itself could not be held.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from portal.devtools.processes import ServiceError, locked
from tests.storm.driver import Asked, Outcome, Storm
from tests.storm.poison import Rounds
from tests.storm.world import World, world


def main(arguments: Sequence[str] | None = None) -> int:
    """Hold one storm and print what came of it."""
    options = _parser().parse_args(arguments)
    asked = Asked(
        changes=options.changes,
        dossiers=options.dossiers or max(10, options.changes // 15),
        writers=options.writers,
        kills=options.kills if options.kills is not None else max(5, options.changes // 500),
        outage=options.outage,
        seed=options.seed,
        naive=options.naive,
        hurry=options.hurry,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # so that processes and servers are cleared away
    try:
        with locked("storm"), world(say) as made:
            people = _people(made)
            if options.poison:
                return _poison(made, people)
            say(f"seed {asked.seed}, {asked.changes:,} changes, {asked.kills} kills, outage {asked.outage:.0f} s{', naive' * asked.naive}")
            outcome = Storm(made, asked, say).run(people)
    except ServiceError as error:
        say(str(error))
        return 2
    sys.stdout.write((json.dumps(as_json(outcome)) if options.json else as_text(outcome)) + "\n")
    return 1 if outcome.violations or any(outcome.compared[-1:]) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make storm", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--outage", type=float, default=900, help="seconds for which the national portal is away in the middle")
    parser.add_argument("--dossiers", type=int, help="among how many dossiers; one for 15 changes unless told otherwise")
    parser.add_argument("--writers", type=int, default=2)
    parser.add_argument("--kills", type=int, help="one for 500 changes unless told otherwise, but at least 5")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--naive", action="store_true", help="the control: a relay and a receiver that take no care; must fail")
    parser.add_argument(
        "--hurry", action="store_true", help="do not wait for the leases of dead workers (2 min), nor at the end for the next try"
    )
    parser.add_argument("--poison", action="store_true", help="no storm: what steps that are refused for ever cost the others")
    parser.add_argument("--json", action="store_true")
    return parser


def _poison(made: World, people: dict[str, Any]) -> int:
    """Status 1 if a refused step was not parked or not told in time; the ratio is for people, who know how busy the machine was."""
    made.start(beat=True)
    found = Rounds(made, people).measure()
    sys.stdout.write(found.as_text() + "\n")
    return 0 if found.parked == found.poisoned and found.all_told else 1


def say(text: str) -> None:
    """Progress, beside the result."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


def _people(made: World) -> dict[str, Any]:
    """The clerk and the officers who make the changes; this process becomes one of the portal's for that."""
    fleet = made.fleet
    os.environ.update({**fleet.environment, **fleet.addresses, "DATABASE_ROLE": "web", "DJANGO_SETTINGS_MODULE": "portal.settings"})
    import django

    django.setup()
    from django.db import connections

    from portal.accounts.models import Role
    from tests.factories import centre, committee, staff, staffed
    from tests.storm.writer import COMMUNES

    agencies = [committee(code) for code in COMMUNES]
    people = {"clerk": staff(Role.CLERK, centre()).pk, "officers": {agency.pk: staffed(agency)[0].pk for agency in agencies}}
    connections.close_all()
    return people


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Everything, with the number of cases of each violation and the first of them."""
    found = {name: [len(cases), [str(case) for case in cases[:5]]] for name, cases in outcome.verdict.counts().items()}
    rest = asdict(outcome) | {"spoilt_share": round(outcome.spoilt_share, 3)}
    return rest | {"verdict": found, "violations": outcome.violations}


def as_text(outcome: Outcome) -> str:
    """A table for people."""
    asked = outcome.asked
    kills = ", ".join(f"{name} {count}" for name, count in sorted(outcome.kills.items())) or "none"
    lines = [
        f"seed                      {asked.seed}",
        f"changes, dossiers         {outcome.changes:,} in {outcome.dossiers:,}",
        f"calls with messages       {outcome.calls:,}, of them spoilt {outcome.spoilt:,} ({outcome.spoilt_share:.0%})",
        f"kinds of fault that hit   {len(outcome.faults)}: " + ", ".join(f"{k} {n}" for k, n in sorted(outcome.faults.items())),
        f"kills                     {sum(outcome.kills.values())}: {kills}",
        f"commits with lost answer  {outcome.unknown}",
        f"tries for a step          {outcome.tries:.2f} on average",
        f"commit to acknowledged    p50 {outcome.wait_p50:.1f} s, p95 {outcome.wait_p95:.1f} s",
        f"drained after the faults  {outcome.drain_seconds:.0f} s; the whole storm {outcome.seconds:.0f} s",
        f"open after comparisons    {', '.join(str(count) for count in outcome.compared) or 'none made'}",
        f"parked for a person       {outcome.parked}",
        "our outbox at the end     " + "; ".join(f"{why} {count}" for why, count in outcome.left.items()),
        "",
    ]
    if outcome.unexplained:
        lines.append(f"ended by themselves       {outcome.unexplained}")
    for name, cases in outcome.verdict.counts().items():
        lines.append(f"{name.replace('_', ' '):25} {len(cases)}" + (f"  first: {cases[0]}" if cases else ""))
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
