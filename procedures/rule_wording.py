"""A competence rule as one sentence that a lawyer would sign: who decides, by which place."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from procedures.models import CompetenceRule
from procedures.reasons import FACT_NAMES, KIND_NAMES, fact_name, kind_name

Kind = CompetenceRule.Kind

WHERE: Mapping[str, str] = {
    "residence": gettext_noop("where the person lives"),
    "residence_father": gettext_noop("where the father lives"),
    "residence_mother": gettext_noop("where the mother lives"),
    "residence_other": gettext_noop("where the other person lives"),
    "place_of_event": gettext_noop("where the event took place"),
    "parcel": gettext_noop("where the parcel lies"),
    "seat": gettext_noop("where the business has its seat"),
    "register_holder": gettext_noop("where the register is kept"),
    "building_site": gettext_noop("where the building stands"),
    "applied_address": gettext_noop("where the residence is registered"),
    "employer": gettext_noop("where the employer is"),
    "facility": gettext_noop("where the facility is"),
    "agency_place": gettext_noop("where the agency is"),
}
"""The place that decides, as the end of a sentence about an authority."""

PAIRS: Mapping[frozenset[str], str] = {
    frozenset({"residence_father", "residence_mother"}): gettext_noop("where the father or the mother lives"),
    frozenset({"residence", "residence_other"}): gettext_noop("where either of the two persons lives"),
}
"""Choices that people say in one breath."""

_PLACED: Mapping[str, str] = {
    Kind.DEPARTMENT_OF_PROVINCE: gettext_noop("%(kind)s of the province %(where)s"),
    Kind.COMMUNE_AUTHORITY: gettext_noop("%(kind)s %(where)s"),
    Kind.SERVICE_AREA: gettext_noop("%(kind)s that serves the place %(where)s"),
}


class RuleLike(Protocol):
    """What a sentence needs: a rule in force, or the rule that a draft proposes."""

    kind: str
    place_fact: str
    choice_facts: list[str]
    choice_kind: str
    agency_kind: str


def where_text(facts: Sequence[str]) -> str:
    """ "where the father or the mother lives": the places among which the applicant chooses."""
    known = PAIRS.get(frozenset(facts))
    return _(known) if known else _(" or ").join(_(WHERE[fact]) if fact in WHERE else fact_name(fact) for fact in facts)


def decides_text(rule: RuleLike, *, agency: str = "") -> str:
    """Who decides by this rule. `agency` is the name of its fixed agency."""
    names = {"kind": kind_name(rule.agency_kind), "where": where_text([rule.place_fact])}
    if rule.kind == Kind.FIXED_AGENCY:
        return agency or _("one fixed agency")
    if rule.kind in _PLACED:
        return _(_PLACED[rule.kind]) % names
    if rule.kind == Kind.APPLICANT_CHOICE and rule.choice_facts:
        named = _(_PLACED.get(rule.choice_kind, _PLACED[Kind.COMMUNE_AUTHORITY])) % (names | {"where": where_text(rule.choice_facts)})
        return _("%(agency)s, as the applicant chooses") % {"agency": named}
    texts = {
        Kind.APPLICANT_CHOICE: _("any %(kind)s that the applicant chooses"),
        Kind.MINISTRY: "%(kind)s",
        Kind.FILING_PLACE: _("%(kind)s where the dossier is filed"),
        Kind.POOLED: _("whichever %(kind)s has the most free capacity"),
    }
    return texts[Kind(rule.kind)] % names


def rank_text(position: int) -> str:
    """The rank in words: a reserve is asked only where the rules before it lead to no agency."""
    return _("Main rule") if position <= 1 else _("Reserve %(number)s") % {"number": position - 1}


def fact_choices() -> list[tuple[str, str]]:
    """The places that a form can ask for, by their names."""
    return sorted(((key, _capital(_(name))) for key, name in FACT_NAMES.items()), key=lambda pair: pair[1])


def kind_choices(kinds: Sequence[str]) -> list[tuple[str, str]]:
    """The kinds of agency that exist, by their names; those without a name of their own are left out."""
    return sorted(((kind, _capital(_(KIND_NAMES[kind]))) for kind in kinds if kind in KIND_NAMES), key=lambda pair: pair[1])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
