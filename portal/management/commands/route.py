"""`manage.py route PROCEDURE --place CODE`: which agency decides, and why."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from portal.agencies.queries.lineage import agencies_named
from portal.core.clock import business_today
from portal.core.errors import DomainError
from procedures.competence import AgencyRef, Ambiguous, Competent, Decision, Reason, ReasonCode, Rule, SplitPlace
from procedures.models import Procedure
from procedures.queries import current_version
from procedures.queries.trial import Asked, Trial, try_place
from procedures.reasons import reason_text


class Command(BaseCommand):
    """Explain a routing decision from the shell."""

    help = (
        "Says which agency is competent for PROCEDURE when every place it asks for is CODE: one agency, several, or none, with the "
        "rule, its version and legal basis, the units gone through, delegations, and what was rejected and why. "
        "--place-valid-on is the day on which CODE had its meaning (codes were reused on 2025-07-01)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("procedure", help="code of the procedure, such as 1.001193")
        parser.add_argument("--place", required=True, metavar="CODE", help="code of a commune or province, old or new")
        parser.add_argument("--place-valid-on", type=date.fromisoformat, metavar="DATE")
        parser.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="the day that decides (default: today)")
        parser.add_argument(
            "--fact", action="append", default=[], metavar="FACT=CODE", help="another place, such as residence_mother=00070"
        )
        parser.add_argument("--filed-at", default="", metavar="CODE", help="commune or province of the counter (default: --place)")
        parser.add_argument("--chosen", default="", metavar="FACT", help="the place that the applicant chose")
        parser.add_argument("--agency", default="", metavar="CODE", help="the agency that the applicant chose among the lawful ones")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        on = options["on"] or business_today()
        with translation.override("vi"):
            version = current_version(options["procedure"], on)
            if version is None:
                raise CommandError(_why_not(options["procedure"], on))
            try:
                trial = try_place(version, options["place"], on, place_valid_on=options["place_valid_on"], asked=_asked(options, on))
            except DomainError as error:
                raise CommandError(str(error)) from error
            answer = _as_dict(trial, on)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            self._table(answer)

    def _table(self, answer: dict[str, Any]) -> None:
        agency, rule = answer["agency"], answer["rule"]
        self.stdout.write(f"outcome     {answer['outcome']}  ({answer['on']})")
        if agency:
            self.stdout.write(f"agency      {agency['code']}  {agency['name']}")
        if rule:
            within = f" within {rule['within']}" if rule["within"] else ""
            self.stdout.write(f"rule        {_rule_line(rule)}{within}")
            self.stdout.write(f"            {rule['legal_basis']}  (since {rule['valid_from']})")
        for way in answer["units"]:
            self.stdout.write("units       " + " → ".join(f"{each['code']} {each['name']}" for each in way))
        for place in answer.get("places", []):
            self.stdout.write(f"one of      {place['code']}  {place['name']}")
        for reason in answer["reasons"]:
            self.stdout.write(f"reason      {reason['code']}  {reason['text']}")
        if answer["delegation"]:
            given = answer["delegation"]
            self.stdout.write(f"delegated   {given['from']} → {given['to']}  ({given['legal_basis']})")
        for each in answer["rejected"]:
            self.stdout.write(f"rejected    {_rule_line(each['rule'])}: {each['text']}")
        for candidate in answer["candidates"]:
            self.stdout.write(f"candidate   {candidate['code']}  {candidate['name']}")


def _rule_line(rule: dict[str, Any]) -> str:
    words = (rule["ground"], rule["kind"], rule["agency_kind"], rule["place_fact"])
    return f"{rule['id']} v{rule['version']} rank {rule['rank']} {' '.join(word for word in words if word)}"


def _asked(options: dict[str, Any], on: date) -> Asked:
    """The other places and choices of the command line. Raises CommandError."""
    if any("=" not in each for each in options["fact"]):
        raise CommandError("--fact: cần dạng tên=mã, ví dụ residence_mother=00070.")
    chosen = None
    if options["agency"]:
        named = agencies_named(options["agency"], on)
        if len(named) != 1:
            several = "; ".join(f"{each.identifier} {each.name}" for each in named)
            raise CommandError(
                f"Cơ quan {options['agency']} đã được chia: {several}." if named else f"Không có cơ quan {options['agency']}."
            )
        chosen = named[0].pk
    return Asked(dict(each.split("=", 1) for each in options["fact"]), options["filed_at"], options["chosen"], chosen)


def _as_dict(trial: Trial, on: date) -> dict[str, Any]:
    decision: Decision = trial.decision
    answer: dict[str, Any] = {"on": on.isoformat(), "outcome": "none", "agency": None, "rule": None, "candidates": [], "is_choice": False}
    if isinstance(decision, Competent):
        answer["outcome"], answer["agency"], answer["rule"] = "agency", _agency(decision.agency), _rule(decision.rule)
    elif isinstance(decision, Ambiguous):
        answer["outcome"], answer["is_choice"] = "several", decision.is_choice
        answer["candidates"] = [_agency(each) for each in decision.candidates]
    answer["reasons"] = [_reason(reason) for reason in decision.reasons]
    given = [dict(reason.params) for reason in decision.reasons if reason.code is ReasonCode.DELEGATED]
    answer["delegation"] = {"from": given[0]["source"], "to": given[-1]["agency"], "legal_basis": given[-1]["basis"]} if given else None
    answer["rejected"] = [{"rule": _rule(each.rule), **_reason(each.reason)} for each in decision.rejected]
    answer["units"] = [
        [{"code": step.code, "name": step.name, "until": step.until.isoformat() if step.until else None} for step in way]
        for way in trial.ways
    ]
    if isinstance(trial.place, SplitPlace):
        answer["places"] = [{"code": place.commune_code or place.province_code, "name": place.name} for place in trial.place.candidates]
    return answer


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id, "version": rule.version, "rank": rule.rank, "ground": rule.ground.value, "kind": rule.kind.value,
        "agency_kind": rule.agency_kind, "place_fact": rule.place_fact, "within": rule.within_name or rule.within,
        "valid_from": rule.valid_from.isoformat() if rule.valid_from else None,
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None, "legal_basis": rule.legal_basis,
    }  # fmt: skip


def _agency(agency: AgencyRef) -> dict[str, str]:
    return {"code": agency.code, "name": agency.name}


def _reason(reason: Reason) -> dict[str, Any]:
    return {**reason.as_dict(), "text": reason_text(reason)}


def _why_not(code: str, on: date) -> str:
    """Why nobody can file it on the day; names what replaced it."""
    ended = Procedure.objects.filter(code=code, ended_on__lte=on).first()
    if ended is None or ended.ended_on is None:
        return f"Không có thủ tục {code} nào có hiệu lực ngày {on:%d/%m/%Y}."
    instead = f", thay bằng thủ tục {ended.replaced_by_code}" if ended.replaced_by_code else ""
    return f"Thủ tục {code} hết hiệu lực từ {ended.ended_on:%d/%m/%Y}{instead}."
