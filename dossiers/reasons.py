"""Why this agency? Sentences read from the stored decisions alone: no rule, agency or unit of today is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier, RouteDecision
from dossiers.routerecord import SettledBy
from portal.core.workcalendar import local
from procedures.competence import ReasonCode
from procedures.reasons import fact_name, reason_text

_TOLD_BY_OUTCOME = frozenset({"person", "returned", "rejected"})
"""Codes that the headline tells."""

HEADLINES = {
    "agency": _("%(agency)s decides"),
    "several": _("Several agencies were possible; a person decides"),
    "none": _("The rules named no agency; a person decides"),
    "person": _("%(agency)s decides, named by a person"),
    "returned": _("%(agency)s returned it: not its competence"),
    "inherited": _("%(agency)s decides, as the legal successor"),
    "rerouted": _("%(agency)s decides, after the rules had changed"),
    "moved_back": _("Back at %(agency)s: the move was taken back"),
    "unstaffed": _("%(agency)s lacks the people for it; a person decides, or it goes back there by itself"),
    "restaffed": _("Back at %(agency)s: it has people again"),
}
NAMING = frozenset({"agency", "person", "rerouted", "moved_back", "inherited", "restaffed"})
HOW = {
    SettledBy.STATED: _("As stated in the form."),
    SettledBy.ONLY_SUCCESSOR: _("This old unit lies wholly in the new one, so the new one counts."),
    SettledBy.CHOSEN: _("The old unit was divided; the person who filed chose this part."),
    SettledBy.ANSWERED: _("The old unit was divided; %(told_by)s determined the part."),
    SettledBy.CORRECTED: _("Corrected by %(told_by)s."),
    SettledBy.OPEN: _("Not yet settled which unit of today this is."),
}


@dataclass(frozen=True, slots=True)
class PlaceWay:
    """One place that was read: what was written, the units from then to now, and who settled it."""

    fact: str
    written: str
    steps: tuple[tuple[str, str], ...]
    how: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """One decision about the agency. `rejected` pairs what a rule says with why it did not apply."""

    outcome: str
    headline: str
    at: str
    sentences: tuple[str, ...]
    places: tuple[PlaceWay, ...]
    rule: str
    rule_version: int | None
    legal_basis: str
    rejected: tuple[tuple[str, str], ...]
    candidates: tuple[str, ...]
    note: str
    decided_by: str
    on: str

    @property
    def has_details(self) -> bool:
        """Whether there is more to read behind the sentences."""
        return bool(self.places or self.rule or self.rejected)


def why_this_agency(dossier: Dossier) -> list[Why]:
    """Every decision about the agency, the latest first; one query."""
    return [why(decision) for decision in RouteDecision.objects.filter(dossier=dossier).order_by("-pk")]


def why(decision: RouteDecision) -> Why:
    """One decision in words, from its row alone."""
    record: Mapping[str, Any] = decision.record
    rule = record.get("rule") or {}
    by = record.get("decided_by") or {}
    return Why(
        outcome=decision.outcome,
        headline=str(HEADLINES.get(decision.outcome, _("Decided by a person"))) % {"agency": (record.get("agency") or {}).get("name", "")},
        at=_moment(decision.at),
        sentences=tuple(_text(each) for each in decision.reasons if each.get("code") not in _TOLD_BY_OUTCOME or each.get("text")),
        places=tuple(_way(fact, each) for fact, each in (record.get("places") or {}).items()),
        rule=rule.get("words", ""),
        rule_version=decision.rule_version,
        legal_basis=decision.rule_text,
        rejected=tuple(dict.fromkeys(_rejected(each) for each in record.get("rejected") or ())),
        candidates=tuple(each["name"] for each in record.get("candidates") or ()),
        note=decision.note,
        decided_by=" · ".join(part for part in (by.get("name"), by.get("place")) if part),
        on=_day(decision.inputs.get("on", "")),
    )


def _text(reason: Mapping[str, Any]) -> str:
    """The sentence of that day in Vietnamese; in another language the same reason read anew, if it is still known."""
    stored = str(reason.get("text") or "")
    is_known = reason.get("code") in set(ReasonCode)
    return stored if stored and (get_language() in ("vi", None) or not is_known) else reason_text(reason)


def _rejected(each: Mapping[str, Any]) -> tuple[str, str]:
    rule = each.get("rule") or {}
    basis = f" ({rule['legal_basis']})" if rule.get("legal_basis") else ""
    return f"{rule.get('words', '')}{basis}", _text(each.get("because") or {})


def _way(fact: str, place: Mapping[str, Any]) -> PlaceWay:
    settled = SettledBy(place.get("settled_by", SettledBy.OPEN))
    return PlaceWay(
        fact=str(place.get("fact", "")) if get_language() == "vi" else fact_name(fact),
        written=str(place.get("written", "")),
        steps=tuple((step["label"], _period(step)) for step in place.get("steps") or ()),
        how=str(HOW[settled]) % {"told_by": place.get("told_by", "")},
        options=tuple(place.get("options") or ()),
    )


def _period(step: Mapping[str, str]) -> str:
    if step.get("to"):
        return gettext("until %(day)s") % {"day": _day(step["to"])}
    return gettext("since %(day)s") % {"day": _day(step["from"])} if step.get("from") else ""


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}" if iso else ""


def _moment(at: datetime) -> str:
    return f"{local(at):%d/%m/%Y %H:%M}"


def latest(whys: Sequence[Why]) -> Why | None:
    """What holds now: the last decision that named an agency, else the last of all."""
    return next((each for each in whys if each.outcome in NAMING), whys[0] if whys else None)
