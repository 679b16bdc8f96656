"""A decision about the agency as it is stored: whole in itself, so that it reads the same after rules and names changed. Pure.

Everybody who routes stores what `decision_record` returns, one dossier or ten thousand: `RouteDecision(dossier_id=…, **columns)`.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol

from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from procedures.competence import Ambiguous, Competent, Decision, Facts, NoCompetentAgency, Place, Reason, Rejected, Rule, RuleKind
from procedures.reasons import fact_name, kind_name, reason_text

MAX_TEXT = 300


class SettledBy(StrEnum):
    """Who or what led from the unit that was named to the unit that counts."""

    STATED = "stated"
    ONLY_SUCCESSOR = "only_successor"
    CHOSEN = "chosen"
    ANSWERED = "answered"
    CORRECTED = "corrected"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class UnitStep:
    """A unit on the way, with its name of then. Dates are ISO; empty is open."""

    label: str
    code: str = ""
    valid_from: str = ""
    valid_to: str = ""

    def as_dict(self) -> dict[str, str]:
        """The step as it is stored."""
        return {"label": self.label, "code": self.code, "from": self.valid_from, "to": self.valid_to}


@dataclass(frozen=True, slots=True)
class Trail:
    """From what the person wrote, over the unit named, to the unit of today. `options` are the parts of a divided unit."""

    written: str = ""
    steps: tuple[UnitStep, ...] = ()
    settled_by: SettledBy = SettledBy.OPEN
    options: tuple[str, ...] = ()
    told_by: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The trail as it is stored."""
        return {
            "written": self.written[:MAX_TEXT],
            "steps": [step.as_dict() for step in self.steps],
            "settled_by": self.settled_by.value,
            "options": list(self.options),
            "told_by": self.told_by,
        }


NO_TRAILS: Mapping[str, Trail] = {}


def decision_record(
    decision: Decision, facts: Facts, *, at: datetime, trails: Mapping[str, Trail] = NO_TRAILS, chosen_fact: str = ""
) -> dict[str, Any]:
    """The columns of a `RouteDecision` but its dossier: rule, basis, inputs, units on the way, reasons and what was rejected, in words.

    `chosen_fact` is the place by which the applicant chose to be decided, where the law offers that.
    """
    competent = decision if isinstance(decision, Competent) else None
    candidates = decision.candidates if isinstance(decision, Ambiguous) else ()
    with _vietnamese():
        return {
            "outcome": OUTCOMES[type(decision)],
            "agency_id": competent.agency.id if competent else None,
            "rule_id": competent.rule.id if competent else None,
            "rule_version": competent.rule.version if competent else None,
            "rule_text": competent.rule.legal_basis[:MAX_TEXT] if competent else "",
            "inputs": {**_inputs(facts), "chosen_fact": chosen_fact},
            "reasons": stored_reasons(decision.reasons),
            "candidates": [agency.id for agency in candidates],
            "record": {
                "agency": {"name": competent.agency.name, "identifier": competent.agency.code} if competent else None,
                "rule": _rule(competent.rule) if competent else None,
                "places": {fact: {"fact": fact_name(fact), **trail.as_dict()} for fact, trail in trails.items()},
                "rejected": [_rejected(each) for each in decision.rejected],
                "candidates": [{"id": agency.id, "name": agency.name} for agency in candidates],
            },
            "at": at,
        }


def _vietnamese() -> AbstractContextManager[object]:
    """The language of records, which workers speak already."""
    return nullcontext() if translation.get_language() == "vi" else translation.override("vi")


OUTCOMES = {Competent: "agency", Ambiguous: "several", NoCompetentAgency: "none"}


def stored_reasons(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Reasons with the sentence that people read on this day; call it under the Vietnamese language."""
    return [{**reason.as_dict(), "text": reason_text(reason)} for reason in reasons]


@lru_cache(maxsize=4096)
def _rule(rule: Rule) -> Mapping[str, Any]:
    """A rule never changes; called under the Vietnamese language only. Shared, so nobody changes it."""
    return {
        "id": rule.id,
        "version": rule.version,
        "rank": rule.rank,
        "kind": rule.kind.value,
        "ground": rule.ground.value,
        "words": rule_words(rule),
        "within": rule.within_name or rule.within,
        "legal_basis": rule.legal_basis,
    }


RULE_WORDS: Mapping[RuleKind, str] = {
    RuleKind.FIXED_AGENCY: gettext_noop("One agency for the whole country"),
    RuleKind.DEPARTMENT_OF_PROVINCE: gettext_noop("%(kind)s of the province of %(place)s"),
    RuleKind.COMMUNE_AUTHORITY: gettext_noop("%(kind)s of %(place)s"),
    RuleKind.MINISTRY: gettext_noop("%(kind)s"),
    RuleKind.SERVICE_AREA: gettext_noop("%(kind)s whose service area holds %(place)s"),
    RuleKind.FILING_PLACE: gettext_noop("%(kind)s of the place of filing"),
    RuleKind.APPLICANT_CHOICE: gettext_noop("%(kind)s that the applicant chooses"),
    RuleKind.POOLED: gettext_noop("%(kind)s that has the most free capacity"),
}


def rule_words(rule: Rule) -> str:
    """Who decides by the rule, in words; with the unit within which it holds, if it does not hold everywhere."""
    within = rule.within_name or rule.within
    if within and rule.kind is RuleKind.FIXED_AGENCY:
        return gettext("One agency for %(within)s") % {"within": within}
    words = gettext(RULE_WORDS[rule.kind]) % {"kind": kind_name(rule.agency_kind), "place": fact_name(rule.place_fact)}
    return gettext("%(words)s, only in %(within)s") % {"words": words, "within": within} if within else words


def _rejected(each: Rejected) -> dict[str, Any]:
    return {"rule": _rule(each.rule), "because": {**each.reason.as_dict(), "text": reason_text(each.reason)}}


def _inputs(facts: Facts) -> dict[str, Any]:
    places: dict[str, dict[str, Any]] = {}
    for fact, place in facts.places.items():
        if isinstance(place, Place):
            places[fact] = {"province": place.province_code, "commune": place.commune_code, "name": place.name}
        else:
            candidates = getattr(place, "candidates", ())
            places[fact] = {
                "unresolved": getattr(place, "reason", ""),
                "candidates": [each.name for each in candidates],
                "parts": [{"province": each.province_code, "commune": each.commune_code} for each in candidates],
            }
    return {
        "on": facts.on.isoformat(),
        "places": places,
        "filed_in": {"province": facts.filing_province_code, "commune": facts.filing_commune_code},
        "choice": facts.applicant_choice,
    }


class Named(Protocol):
    """An agency, as far as a record names it."""

    name: str
    identifier: str


def person_record(agency: Named | None, person: str, place: str, *, candidates: Iterable[tuple[int, str]] = ()) -> dict[str, Any]:
    """The record of a decision that a person took: the agency and whoever decided, as they were called."""
    return {
        "agency": {"name": agency.name, "identifier": agency.identifier} if agency else None,
        "decided_by": {"name": person, "place": place},
        "candidates": [{"id": pk, "name": name} for pk, name in candidates],
    }
