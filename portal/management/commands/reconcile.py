"""`manage.py reconcile`: the comparison with the national portal, now."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.models import ReconciliationRun, SyncDifference
from dossiers.national.reconcile import reconcile
from portal.core.clock import business_today

SHOWN = 200


class Command(BaseCommand):
    """Compare, record, repair."""

    help = (
        "Compares count and digest per province and filing day with the national portal, reads the differing hours, records each "
        "difference with both values and sends our steps for it again. Exit status 0 only if the portal answered and nothing is open."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--recent", action="store_true", help="only dossiers filed today and yesterday")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        scope = ReconciliationRun.Scope.RECENT if options["recent"] else ReconciliationRun.Scope.ALL
        run = reconcile(scope, today=business_today())
        rows = SyncDifference.objects.filter(closed_at__isnull=True).order_by("found_at", "pk")[:SHOWN]
        counts = ("groups", "groups_differing", "ours", "theirs", "found", "closed", "still_open", "resent", "fetched")
        answer = {"scope": run.scope, "fault": run.fault} | {name: getattr(run, name) for name in counts}
        answer["differences"] = [
            {
                "code": row.code,
                "kind": row.kind,
                "ours": {"seq": row.ours_seq, "status": row.ours_status},
                "theirs": {"seq": row.theirs_seq, "status": row.theirs_status},
                "needs_person": row.needs_person,
            }
            for row in rows
        ]
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("  ".join(f"{name} {answer[name]}" for name in counts))
            for row in rows:
                person = "  waits for a person" if row.needs_person else ""
                self.stdout.write(
                    f"{row.kind:8}{row.code}  ours: step {row.ours_seq} status {row.ours_status}"
                    f"  theirs: step {row.theirs_seq} status {row.theirs_status}{person}"
                )
        if run.fault:
            raise CommandError(f"The comparison could not be finished: {run.fault}", returncode=1)
        if run.still_open:
            raise CommandError(f"{run.still_open} differences are open.", returncode=1)
