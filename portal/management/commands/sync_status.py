"""`manage.py sync_status`: what the outbox holds, and whether the national portal believes what we believe."""

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.messages import codes_of
from dossiers.national.compare import SHOWN, Comparison, Difference, compare
from dossiers.national.faults import NationalFault
from dossiers.national.reconcile import latest
from portal.core.clock import LOCAL, technical_now
from portal.outbox.queries import StreamState, parked, stream_states


class Command(BaseCommand):
    """Compare both sides, and say what waits."""

    help = (
        "Prints the outbox by stream and state with the age of the oldest waiting message, what is parked and why, and compares every "
        "dossier with the national portal: missing there, unknown here, or at another step or status. Steps that still wait are no "
        "difference. Exit status 0 only if nothing differs, nothing is parked and the portal answered."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--no-compare", action="store_true", help="only the outbox; the national portal is not asked")

    def handle(self, *args: Any, **options: Any) -> None:
        now = technical_now()
        streams, waits = stream_states(now=now), _parked()
        comparison, fault = (None, "") if options["no_compare"] else _compared()
        is_well = not fault and not waits and (comparison is None or comparison.is_equal)
        answer = {
            "ok": is_well,
            "streams": [_stream(state, now) for state in streams],
            "parked": waits,
            "national": _national(comparison, fault, options["no_compare"]),
            "reconciliation": _last_run(),
        }
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            self._table(answer)
        if not is_well:
            raise CommandError(_complaint(waits, comparison, fault), returncode=1)

    def _table(self, answer: dict[str, Any]) -> None:
        self.stdout.write(f"{'stream':10}{'waiting':>9}{'in work':>9}{'parked':>9}{'done':>9}  oldest")
        for row in answer["streams"]:
            age = f"{row['oldest_seconds']} s" if row["oldest_seconds"] is not None else "-"
            self.stdout.write(f"{row['stream']:10}{row['waiting']:>9}{row['in_work']:>9}{row['parked']:>9}{row['done']:>9}  {age}")
        for row in answer["parked"]:
            self.stdout.write(f"parked    {row['id']:>8}  {row['stream']}  {row['dossier']} step {row['sequence']}: {row['reason']}")
        if run := answer["reconciliation"]:
            told = f"; could not be finished: {run['fault']}" if run["fault"] else ""
            self.stdout.write(f"last reconciliation: {run['scope']} at {run['at']}, {run['found']} new, {run['open']} open{told}")
        else:
            self.stdout.write("last reconciliation: none yet")
        national = answer["national"]
        if national is None:
            return
        if national["fault"]:
            self.stdout.write(f"national portal: {national['fault']}")
            return
        counts = "  ".join(f"{name} {national[name]}" for name in ("ours", "theirs", "equal", "waiting", "missing", "extra", "differing"))
        self.stdout.write(f"national portal: {counts}")
        if not national["two_sided"]:
            self.stdout.write("this generation lists no dossiers: those that only the portal has are not looked for")
        for row in national["differences"]:
            self.stdout.write(
                f"{row['what']:10}{row['code']}  ours: step {row['ours']['seq']} status {row['ours']['status']}"
                f"  theirs: step {row['theirs']['seq']} status {row['theirs']['status']}"
            )


def _parked() -> list[dict[str, Any]]:
    messages = list(parked()[:SHOWN])
    codes = codes_of(messages)
    return [
        {
            "id": message.pk,
            "stream": message.stream,
            "dossier": codes.get(message.pk, ""),
            "sequence": message.sequence,
            "reason": message.parked_reason,
            "parked_at": _stamp(message.parked_at),
        }
        for message in messages
    ]


def _compared() -> tuple[Comparison | None, str]:
    try:
        return compare(), ""
    except NationalFault as fault:
        return None, f"no usable answer ({fault.reason})"


def _stream(state: StreamState, now: datetime) -> dict[str, Any]:
    return {
        "stream": state.stream,
        "waiting": state.waiting,
        "in_work": state.in_work,
        "parked": state.parked,
        "done": state.done,
        "oldest_seconds": int((now - state.oldest_at).total_seconds()) if state.oldest_at else None,
    }


def _national(comparison: Comparison | None, fault: str, is_left_out: bool) -> dict[str, Any] | None:  # noqa: FBT001 -- an option
    if is_left_out:
        return None
    if comparison is None:
        return {"fault": fault}
    found = [*comparison.missing, *comparison.extra, *comparison.differing]
    return {
        "fault": "",
        "ours": comparison.ours,
        "theirs": comparison.theirs,
        "equal": comparison.equal,
        "waiting": comparison.waiting,
        "missing": len(comparison.missing),
        "extra": len(comparison.extra),
        "differing": len(comparison.differing),
        "two_sided": comparison.is_two_sided,
        "differences": [_difference(each) for each in found[:SHOWN]],
    }


def _difference(each: Difference) -> dict[str, Any]:
    sides = {side: {"seq": pair[0], "status": pair[1]} for side, pair in (("ours", each.ours), ("theirs", each.theirs))}
    return {"code": each.code, "what": each.what} | sides


def _last_run() -> dict[str, Any] | None:
    run = latest()
    if run is None:
        return None
    return {"scope": run.scope, "at": _stamp(run.started_at), "found": run.found, "open": run.still_open, "fault": run.fault}


def _complaint(waits: list[dict[str, Any]], comparison: Comparison | None, fault: str) -> str:
    parts = [f"{len(waits)} parked"] if waits else []
    if fault:
        parts.append(f"national portal: {fault}")
    if comparison is not None and not comparison.is_equal:
        parts.append(f"{len(comparison.missing)} missing, {len(comparison.extra)} extra, {len(comparison.differing)} differing")
    return "Not all is well: " + "; ".join(parts) + "."


def _stamp(instant: datetime | None) -> str | None:
    return instant.astimezone(LOCAL).isoformat(timespec="seconds") if instant else None
