"""`manage.py deadline`: when a result is due, and why each day counts; for a rule, a procedure or a dossier with its ledger."""

import json
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext

from dossiers.actions.ledger import clock_entries
from dossiers.codes import normalise_code
from dossiers.deadlines import WHY_TEXTS, ClockEntry, Day, EntryKind, LedgerBroken, due_at, explain_days, parse_policy, parse_rule
from dossiers.models import Dossier
from portal.agencies.queries import working_calendar
from portal.core.clock import LOCAL
from portal.core.workcalendar import CalendarYearMissing
from procedures.models import ProcedureCase, ProcedureVersion
from procedures.queries import current_version

DEFAULT_POLICY = str(ProcedureVersion._meta.get_field("supplement_policy").default)
YEARS_BEFORE, YEARS_AFTER = 1, 12


class Command(BaseCommand):
    """Explain a due date from the shell, for a rule or for a procedure."""

    help = (
        "Computes the due time of a dossier received at TIME under RULE, or under the rule and policy of PROCEDURE in force that day. "
        "RULE: 'N working_day', 'N day', 'N hour' (working hours), 'N clock_hour', 'N month', 'N year' or 'in_day'. Times without an "
        "offset are Asia/Ho_Chi_Minh. Each --suspend is a supplement asked for and brought back; an empty BACK is still open."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("procedure", nargs="?", help="code of a procedure, such as 1.001193, instead of --rule")
        parser.add_argument("--rule", metavar="RULE")
        parser.add_argument("--dossier", metavar="CODE", help="a dossier, with the ledger of its clock; nothing else is needed")
        parser.add_argument("--case", metavar="KEY", help="case of the procedure (default: its default case)")
        parser.add_argument("--received", metavar="TIME", help="such as 2026-11-20T10:00")
        parser.add_argument("--policy", metavar="P", help="restart, pause_resume (default) or add_fixed:K")
        parser.add_argument("--suspend", action="append", default=[], metavar="ASKED/BACK", help="can be repeated")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dossier"]:
            answer, days = self._of_dossier(options["dossier"])
        else:
            answer, days = self._of_rule(options)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            self._table(answer, days)

    def _of_rule(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[Day]]:
        if bool(options["procedure"]) == bool(options["rule"]):
            raise CommandError("Name either a procedure or a --rule.")
        if not options["received"]:
            raise CommandError("Say when it was received: --received 2026-11-20T10:00.")
        received = _instant(options["received"])
        case = self._case(options, received) if options["procedure"] else None
        rule_text = case.time_rule if case else options["rule"]
        policy_text = options["policy"] or (case.version.supplement_policy if case else DEFAULT_POLICY)
        due, days = (None, []) if case and not rule_text else _computed(rule_text, policy_text, _ledger(received, options["suspend"]))
        return _answer(rule_text, policy_text, received, due, days), days

    def _of_dossier(self, code: str) -> tuple[dict[str, Any], list[Day]]:
        dossier = Dossier.objects.select_related("case", "version").filter(code=normalise_code(code) or code).first()
        if dossier is None:
            raise CommandError(f"There is no dossier {code}.")
        entries, rule, policy = clock_entries(dossier), dossier.case.time_rule, dossier.version.supplement_policy
        due, days = _computed(rule, policy, entries) if rule and entries else (None, [])
        answer = _answer(rule, policy, dossier.accepted_at or dossier.filed_at, due, days)
        first = dossier.first_due_at
        return answer | {"first_due_at": stamp(first) if first else None}, days

    def _case(self, options: dict[str, Any], received: datetime) -> ProcedureCase:
        version = current_version(options["procedure"], received.date())
        if version is None:
            raise CommandError(f"No version of procedure {options['procedure']} is in force on {received.date()}.")
        cases = version.cases.select_related("version")
        case = cases.filter(key=options["case"]).first() if options["case"] else cases.get(is_default=True)
        if case is None:
            known = ", ".join(version.cases.order_by("pk").values_list("key", flat=True))
            raise CommandError(f"Procedure {options['procedure']} has no case '{options['case']}'. It has: {known}.")
        return case

    def _table(self, answer: dict[str, Any], days: list[Day]) -> None:
        self.stdout.write(f"received  {answer['received']}\nrule      {answer['rule'] or 'none'}\npolicy    {answer['policy']}")
        if answer.get("first_due_at"):
            self.stdout.write(f"first due {answer['first_due_at']}")
        self.stdout.write(f"due       {answer['due_at'] or 'no date: the clock stands still, or the law sets no time'}")
        with translation.override("vi"):
            for day in days:
                self.stdout.write(
                    f"{day.on:%Y-%m-%d %a}  {'counted' if day.counted else '-':8}  {gettext(WHY_TEXTS[day.why])}{_hours(day)}"
                )


def _answer(rule: str, policy: str, received: datetime, due: datetime | None, days: list[Day]) -> dict[str, Any]:
    told = [{"date": day.on.isoformat(), "counted": day.counted, "why": day.why.value} for day in days]
    hours = [{"minutes": day.minutes} if day.minutes else {} for day in days]
    return {
        "due_at": stamp(due) if due else None,
        "days": [one | more for one, more in zip(told, hours, strict=True)],
        "rule": rule,
        "policy": policy,
        "received": stamp(received),
    }


def _hours(day: Day) -> str:
    return f" ({day.minutes // 60}h{day.minutes % 60:02d})" if day.minutes else ""


def _ledger(received: datetime, pauses: list[str]) -> list[ClockEntry]:
    entries = [ClockEntry(EntryKind.START, received)]
    for pause in pauses:
        asked, slash, back = pause.partition("/")
        if not slash:
            raise CommandError(f"'{pause}' is no ASKED/BACK: write two times with a slash between them.")
        entries.append(ClockEntry(EntryKind.SUSPEND, _instant(asked)))
        if back.strip():
            entries.append(ClockEntry(EntryKind.RESUME, _instant(back)))
    if any(later.at < earlier.at for earlier, later in pairwise(entries)):
        raise CommandError("The times must follow each other: received, asked, back, asked, back …")
    return entries


def _computed(rule_text: str, policy_text: str, entries: list[ClockEntry]) -> tuple[datetime | None, list[Day]]:
    years = [entry.at.year for entry in entries]
    calendar = working_calendar(range(min(years) - YEARS_BEFORE, max(years) + YEARS_AFTER))
    try:
        rule, policy = parse_rule(rule_text), parse_policy(policy_text)
        return due_at(rule, policy, entries, calendar), explain_days(rule, policy, entries, calendar)
    except (ValueError, OverflowError, LedgerBroken, CalendarYearMissing) as error:
        raise CommandError(str(error)) from error


def _instant(text: str) -> datetime:
    """A time, in Vietnamese time unless it says otherwise."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise CommandError(f"'{text}' is no time: write 2026-11-20T10:00.") from error
    return instant.astimezone(LOCAL) if instant.tzinfo else instant.replace(tzinfo=LOCAL)


def stamp(instant: datetime) -> str:
    """YYYY-MM-DDTHH:MM:SS+07:00."""
    return instant.astimezone(LOCAL).isoformat(timespec="seconds")
