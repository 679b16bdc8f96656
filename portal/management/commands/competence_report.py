"""`manage.py competence_report`: has every procedure its agency in every commune, today and on the next day of change?"""

import json
import time
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from portal.core.clock import business_today, technical_now
from procedures.actions.completeness import keep_report
from procedures.competence_check import Outcome
from procedures.models import Procedure
from procedures.queries.completeness import Completeness, Scope, Unstaffed, as_json, check_completeness
from procedures.queries.gaps import effective_days
from procedures.queries.staffing import CLERK, COUNTER, LEADER, OFFICER

MISSING = {OFFICER: "cán bộ thụ lý", LEADER: "lãnh đạo", COUNTER: "bộ phận tiếp nhận", CLERK: "cán bộ tiếp nhận"}


class Command(BaseCommand):
    """Checks the registry of competence and keeps the result."""

    help = (
        "For every published procedure and every commune: exactly one competent agency, one stated lawful choice, or the place is named. "
        "Also counts competent agencies to which no dossier goes, for lack of an officer, a leader, a reception counter or a clerk there; "
        "--names and --json name each. Without --on it checks today and the next day on which rules, units, agencies or versions change. "
        "Ends with status 1 where a place has nobody or several."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="check this day only")
        parser.add_argument("--procedure", default="", metavar="CODE", help="check this procedure only")
        parser.add_argument("--sample", type=int, metavar="N", help="check about N communes spread over the country")
        parser.add_argument("--names", action="store_true", help="name every competent agency to which no dossier goes")
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--no-store", action="store_true", help="do not keep the result")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["procedure"]
        if code and not Procedure.objects.filter(code=code).exists():
            raise CommandError(f"Không có thủ tục {code}.")
        if options["sample"] is not None and options["sample"] < 1:
            raise CommandError("--sample: cần một số từ 1 trở lên.")
        days = [options["on"]] if options["on"] else effective_days(business_today(), limit=1)
        every = max(1, 3321 // options["sample"]) if options["sample"] else 1
        reports = []
        with translation.override("vi"):
            for day in days:
                began = time.perf_counter()
                found = check_completeness(day, Scope(code, every))
                took = time.perf_counter() - began
                if not options["no_store"]:
                    keep_report(found, scope=Scope(code, every), took=timedelta(seconds=took), at=technical_now())
                reports.append({**as_json(found), "seconds": round(took, 2)})
                if not options["json"]:
                    self._print(found, took)
                    self._print_unstaffed(found, names=options["names"])
        if options["json"]:
            self.stdout.write(json.dumps(reports, ensure_ascii=False, indent=2))
        if not all(report["complete"] for report in reports):
            raise CommandError("Có nơi không có hoặc có nhiều cơ quan có thẩm quyền.", returncode=1)

    def _print(self, found: Completeness, took: float) -> None:
        self.stdout.write(
            f"Ngày {found.on:%d/%m/%Y}: {found.procedures} thủ tục × {found.communes} xã = {found.pairs} quyết định, {took:.1f} giây "
            f"({found.pairs / max(took, 0.001):,.0f}/giây)"
        )
        if found.ended:
            self.stdout.write(f"  {len(found.ended):>8}  thủ tục đã hết hiệu lực, không nộp được nữa: {', '.join(found.ended)}")
        for outcome, text in {
            Outcome.AGENCY: "đúng một cơ quan",
            Outcome.CHOICE: "người nộp được chọn theo luật",
            Outcome.HOLE: "KHÔNG có cơ quan",
            Outcome.AMBIGUOUS: "NHIỀU cơ quan",
            Outcome.NOT_ASKED: "KHÔNG tờ khai nào hỏi nơi quyết định thẩm quyền",
        }.items():
            self.stdout.write(f"  {found.outcomes[outcome]:>8}  {text}")
        for gap in found.gaps:
            self.stdout.write(f"  {gap.outcome.value:9} {gap.procedure}  {gap.province_name}: {', '.join(gap.communes)}")

    def _print_unstaffed(self, found: Completeness, *, names: bool) -> None:
        self.stdout.write(f"  {found.unstaffed_agencies:>8}  cơ quan có thẩm quyền nhưng thiếu người hoặc thiếu nơi tiếp nhận")
        per_kind: dict[tuple[str, tuple[str, ...]], list[Unstaffed]] = defaultdict(list)
        for row in found.unstaffed:
            per_kind[row.kind, row.missing].append(row)
        for (kind, missing), rows in sorted(per_kind.items()):
            count = sum(row.count for row in rows)
            self.stdout.write(f"            {count:>6}  {kind}: thiếu {', '.join(MISSING[each] for each in missing)}")
            for agency in (agency for row in rows if names for agency in row.agencies):
                self.stdout.write(f"                    {agency.code}  {agency.name}")
