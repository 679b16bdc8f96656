"""`manage.py route`: which agency decides, and why; for a procedure at a place, or for a dossier with the decisions on its record."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from dossiers.actions.route import routing_day
from dossiers.codes import normalise_code
from dossiers.models import Dossier
from dossiers.reasons import why_this_agency
from dossiers.rerouting import facts_again
from dossiers.reroutingdesk import returned_by
from portal.agencies.models import Agency
from portal.agencies.queries.lineage import agencies_named
from portal.core.clock import business_today
from portal.core.errors import DomainError
from procedures.competence import AgencyRef, Ambiguous, Competent, Decision, Reason, ReasonCode, Rule, SplitPlace, UnknownPlace
from procedures.models import Procedure
from procedures.queries import competent_agency, current_version
from procedures.queries.held import held
from procedures.queries.trial import Asked, Trial, try_place
from procedures.queries.without import AgenciesWithout
from procedures.reasons import reason_text


class Command(BaseCommand):
    """Explain a routing decision from the shell."""

    help = (
        "Says which agency is competent for PROCEDURE when every place it asks for is CODE: one agency, several, or none, with the "
        "rule, its version and legal basis, the units gone through, delegations, and what was rejected and why. "
        "--place-valid-on is the day on which CODE had its meaning (codes were reused on 2025-07-01); FACT=CODE@DATE says it for one "
        "place. With --dossier: every stored decision of the dossier, the latest first, and what the rules say now for its routing day, "
        "by the places on record; agencies that returned it do not count."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("procedure", nargs="?", help="code of the procedure, such as 1.001193")
        parser.add_argument("--dossier", metavar="CODE", help="a dossier; nothing else is needed")
        parser.add_argument("--place", metavar="CODE", help="code of a commune or province, old or new")
        parser.add_argument("--place-valid-on", type=date.fromisoformat, metavar="DATE")
        parser.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="the day that decides (default: today)")
        parser.add_argument(
            "--fact", action="append", default=[], metavar="FACT=CODE[@DATE]", help="another place, such as residence=00004@2025-06-30"
        )
        parser.add_argument("--filed-at", default="", metavar="CODE", help="commune or province of the counter (default: --place)")
        parser.add_argument("--chosen", default="", metavar="FACT", help="the place that the applicant chose")
        parser.add_argument("--agency", default="", metavar="CODE", help="the agency that the applicant chose among the lawful ones")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("vi"):
            answer = _of_dossier(options["dossier"]) if options["dossier"] else _of_place(options)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        elif options["dossier"]:
            self._decisions(answer)
        else:
            self._table(answer)

    def _decisions(self, answer: dict[str, Any]) -> None:
        self.stdout.write(f"dossier     {answer['dossier']}  {answer['routing']}")
        for each in answer["decisions"]:
            self.stdout.write(f"\ndecided     {each['at']}  {each['headline']}")
            lines = [("reason", text) for text in each["sentences"]]
            lines += [("rule", f"{each['rule']} v{each['rule_version']}  {each['legal_basis']}")] if each["rule"] else []
            for place in each["places"]:
                way = " → ".join(f"{label} ({period})" if period else label for label, period in place["steps"])
                lines.append(("place", f"{place['fact']}: {way or '—'}  {place['how']}"))
            lines += [("rejected", f"{rule}: {text}") for rule, text in each["rejected"]]
            lines += [("candidate", name) for name in each["candidates"]]
            lines += [("note", text) for text in (each["note"], each["decided_by"]) if text]
            for word, text in lines:
                self.stdout.write(f"{word:11} {text}")
        self.stdout.write("\nnow")
        if answer["now"]:
            self._table(answer["now"])
        for name in answer["without"]:
            self.stdout.write(f"not counted {name}")

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


def _of_place(options: dict[str, Any]) -> dict[str, Any]:
    if not (options["procedure"] and options["place"]):
        raise CommandError("Cần mã thủ tục và --place, hoặc --dossier.")
    on = options["on"] or business_today()
    version = current_version(options["procedure"], on)
    if version is None:
        raise CommandError(_why_not(options["procedure"], on))
    try:
        trial = try_place(version, options["place"], on, place_valid_on=options["place_valid_on"], asked=_asked(options, on))
    except DomainError as error:
        raise CommandError(str(error)) from error
    return _as_dict(trial, on)


def _of_dossier(code: str) -> dict[str, Any]:
    """The decisions as they were stored, and the one that the rules give now for the same places. Reads no answers."""
    dossier = Dossier.objects.select_related("version__procedure", "agency").filter(code=normalise_code(code) or code).first()
    if dossier is None:
        raise CommandError(f"Không có hồ sơ {code}.")
    on, registry = routing_day(dossier), held()
    returned = Agency.objects.filter(pk__in=returned_by([dossier.pk]).get(dossier.pk, ())).order_by("pk")
    read = [each.inputs for each in dossier.route_decisions.exclude(inputs={}).order_by("-pk")]
    inputs = next((each for each in read if each.get("on", "") <= on.isoformat()), read[0] if read else None)
    now = None
    if inputs is not None:
        directory = AgenciesWithout([each.pk for each in returned])
        chosen = str(inputs.get("chosen_fact") or "")
        decision = competent_agency(dossier.version, facts_again(inputs, registry, on), on, chosen_fact=chosen, directory=directory)
        now = _as_dict(Trial(decision, UnknownPlace("")), on)
    return {
        "dossier": dossier.code,
        "routing": str(dossier.get_routing_display()),
        "agency": {"code": dossier.agency.identifier, "name": dossier.agency.name} if dossier.agency else None,
        "decisions": [asdict(each) for each in why_this_agency(dossier)],
        "now": now,
        "without": [each.name for each in returned],
    }


def _rule_line(rule: dict[str, Any]) -> str:
    words = (rule["ground"], rule["kind"], rule["agency_kind"], rule["place_fact"])
    return f"{rule['id']} v{rule['version']} rank {rule['rank']} {' '.join(word for word in words if word)}"


def _asked(options: dict[str, Any], on: date) -> Asked:
    """The other places and choices of the command line. Raises CommandError."""
    places, valid_on = _places(options["fact"])
    chosen = None
    if options["agency"]:
        named = agencies_named(options["agency"], on)
        if len(named) != 1:
            several = "; ".join(f"{each.identifier} {each.name}" for each in named)
            raise CommandError(
                f"Cơ quan {options['agency']} đã được chia: {several}." if named else f"Không có cơ quan {options['agency']}."
            )
        chosen = named[0].pk
    return Asked(places, options["filed_at"], options["chosen"], chosen, valid_on)


def _places(given: list[str]) -> tuple[dict[str, str], dict[str, date]]:
    """Codes by fact, and the days on which they had their meaning, where one is named. Raises CommandError."""
    places: dict[str, str] = {}
    valid_on: dict[str, date] = {}
    for each in given:
        fact, _equals, rest = each.partition("=")
        code, at, day = rest.partition("@")
        try:
            valid_on |= {fact: date.fromisoformat(day)} if at else {}
        except ValueError:
            code = ""
        if not (fact and code):
            raise CommandError(f"--fact {each}: cần dạng tên=mã hoặc tên=mã@ngày, ví dụ residence=00004@2025-06-30.")
        places[fact] = code
    return places, valid_on


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
