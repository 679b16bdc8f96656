"""One question to the rules, answered in sentences: which agency, by which rule, why, and what was passed over."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.agencies.models import AdministrativeUnit
from portal.agencies.queries import unit_label
from procedures.competence import (
    Ambiguous,
    Competent,
    Decision,
    Facts,
    Place,
    PlaceAnswer,
    Rejected,
    Rule,
    SplitPlace,
)
from procedures.competence_book import RuleBook, Subject, competent
from procedures.models import CompetenceRule, Procedure, RuleChange, RuleContent, RuleSet
from procedures.queries.directory import AgencyDirectory
from procedures.queries.registry_pages import RELATED, RuleRow, newest_name, row_of
from procedures.queries.rulebook import rulebook, subject_of
from procedures.queries.trial import place_of
from procedures.queries.versions import current_version
from procedures.reasons import reason_text


@dataclass(frozen=True, slots=True)
class Answer:
    """The decision, ready to be shown. `kind` is one, choice, several or none."""

    kind: str
    headline: str
    asked_place: str
    agencies: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    rule: RuleRow | None = None
    rule_url: str = ""


def tried(procedure: Procedure, unit: AdministrativeUnit, on: date, *, rule_set: RuleSet | None = None) -> Answer:
    """The answer if every place that the procedure asks, and the filing, were this unit."""
    version = current_version(procedure.code, on)
    asked = unit_label(unit)
    if version is None:
        return Answer("none", _("This procedure cannot be filed on that day."), asked)
    subject = subject_of(version)
    book = rulebook(on, subject=subject, rule_set=rule_set)
    place = place_of(unit.code, on, unit.valid_to)
    decision = competent(book, subject, facts_of(book, subject, place, on), AgencyDirectory())
    return _answer(decision, asked, _places(place, asked), book, subject)


def facts_of(book: RuleBook, subject: Subject, place: PlaceAnswer, on: date) -> Facts:
    """What would be known of a dossier all of whose places are this one."""
    asked = {rule.place_fact for rule in book.rules_for(subject) if rule.place_fact}
    here = place if isinstance(place, Place) else Place("")
    return Facts(on=on, places=dict.fromkeys(asked, place), filing_commune_code=here.commune_code, filing_province_code=here.province_code)


def _answer(decision: Decision, asked: str, places: list[str], book: RuleBook, subject: Subject) -> Answer:
    common = {"asked_place": asked, "places": places, "rejected": _sentences(decision.rejected)}
    reasons = list(dict.fromkeys(reason_text(reason) for reason in decision.reasons))
    if isinstance(decision, Competent):
        row, url = _rule(decision.rule)
        return Answer("one", decision.agency.name, agencies=[decision.agency.name], reasons=reasons, rule=row, rule_url=url, **common)  # type: ignore[arg-type]
    if isinstance(decision, Ambiguous):
        names = [agency.name for agency in decision.candidates]
        kind, headline = ("choice", _("The applicant chooses")) if decision.is_choice else ("several", _("Several agencies are competent"))
        return Answer(kind, headline, agencies=names, reasons=reasons, **common)  # type: ignore[arg-type]
    return Answer("none", _("No agency is competent"), reasons=reasons, **common)  # type: ignore[arg-type]


def _rule(rule: Rule) -> tuple[RuleRow | None, str]:
    """The rule of the registry, or, for a negative id, the one that a draft proposes."""
    found: RuleContent | None
    if rule.id < 0:
        found = RuleChange.objects.select_related(*RELATED).annotate(name=newest_name()).filter(pk=-rule.id).first()
        return (row_of(found, name=getattr(found, "name", "") or ""), "") if found else (None, "")
    found = CompetenceRule.objects.select_related(*RELATED).annotate(name=newest_name()).filter(pk=rule.id).first()
    if found is None:
        return None, ""
    return row_of(found, name=getattr(found, "name", "") or ""), reverse("procedures:rule", args=[rule.id])


def _sentences(rejected: Iterable[Rejected]) -> list[str]:
    return list(dict.fromkeys(f"{_kind(each.rule)}: {reason_text(each.reason)}" for each in rejected))


def _kind(rule: Rule) -> str:
    return str(CompetenceRule.Kind(rule.kind.value).label)


def _places(place: PlaceAnswer, asked: str) -> list[str]:
    found = [place] if isinstance(place, Place) else list(place.candidates) if isinstance(place, SplitPlace) else []
    return [each.name for each in found if each.name != asked]
