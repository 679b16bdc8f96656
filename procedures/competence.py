"""Which agency decides? Ranked, dated rules over the facts of one dossier. Pure.

The lowest rank that leads to an agency wins; at equal rank the rule for the narrower ground goes first (one procedure, one
field, one level), then the rule for the narrower place. Two agencies of equal precedence are Ambiguous, no agency at any
rank is NoCompetentAgency: both are for a person. A place that was given but cannot be
resolved never falls through to a lower rank, because that would be a guess.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from procedures.competence_applying import Found, Parts, Unresolved, apply_rule, unique
from procedures.competence_delegation import Delegations, delegated
from procedures.competence_outcomes import (
    REASON_CODES,
    Ambiguous,
    Competent,
    Decision,
    NoCompetentAgency,
    Reason,
    ReasonCode,
    Rejected,
)
from procedures.competence_rules import (
    AgencyRef,
    Delegation,
    Directory,
    Facts,
    Ground,
    Place,
    PlaceAnswer,
    Rule,
    RuleKind,
    SplitPlace,
    UnknownPlace,
)

__all__ = [
    "REASON_CODES", "AgencyRef", "Ambiguous", "Competent", "Decision", "Delegation", "Directory", "Facts", "Ground",
    "NoCompetentAgency", "Place", "PlaceAnswer", "Reason", "ReasonCode", "Rejected", "Rule", "RuleKind", "SplitPlace", "UnknownPlace",
    "decide",
]  # fmt: skip

_C = ReasonCode


@dataclass(frozen=True, slots=True)
class _Case:
    """What one decision is about."""

    facts: Facts
    directory: Directory
    delegations: Delegations
    procedure_id: int | None


def decide(
    rules: Iterable[Rule], facts: Facts, directory: Directory, delegations: Delegations = (), *, procedure_id: int | None = None
) -> Decision:
    """The competent agency with its reasons, or why there is none or more than one."""
    ordered = sorted(rules, key=lambda rule: (rule.precedence, rule.id))
    if not ordered:
        return NoCompetentAgency((Reason(_C.NO_RULES),))
    return _decide(ordered, _Case(facts, directory, delegations, procedure_id))


def _decide(ordered: Sequence[Rule], case: _Case) -> Decision:
    rejected: list[Rejected] = []
    for _, equals in groupby(ordered, key=lambda rule: rule.precedence):
        found: list[tuple[Rule, Found]] = []
        unsettled: list[tuple[Rule, Unresolved]] = []
        for rule in equals:
            outcome = apply_rule(rule, case.facts, case.directory)
            if isinstance(outcome, Unresolved):
                unsettled.append((rule, outcome))
                if not rule.is_choice:
                    break
                continue
            if isinstance(outcome, Parts):
                return _by_parts(ordered, rule.place_fact, outcome.places, case)
            if isinstance(outcome, Reason):
                rejected.append(Rejected(rule, outcome))
            else:
                found.append((rule, outcome))
        if unsettled and not (found and all(rule.is_choice for rule, _each in (*found, *unsettled))):
            return _for_a_person(*unsettled[0], rejected)
        if found:
            return _settle(found, unsettled, tuple(rejected), case)
    return NoCompetentAgency(tuple(each.reason for each in rejected), tuple(rejected))


def _settle(
    found: Sequence[tuple[Rule, Found]], unsettled: Sequence[tuple[Rule, Unresolved]], rejected: tuple[Rejected, ...], case: _Case
) -> Decision:
    agencies = unique(agency for _, each in found for agency in each.agencies)
    if len(agencies) == 1 and not unsettled:
        rule, only = found[0]
        return _delegate(Competent(agencies[0], rule, only.reasons, rejected), case)
    if all(rule.kind is RuleKind.APPLICANT_CHOICE or (rule.is_choice and len(each.agencies) == 1) for rule, each in found):
        return _offer(found, unsettled, rejected, case)
    return Ambiguous(agencies, (Reason(_C.SEVERAL_AGENCIES), *found[0][1].reasons), rejected)


def _offer(
    found: Sequence[tuple[Rule, Found]], unsettled: Sequence[tuple[Rule, Unresolved]], rejected: tuple[Rejected, ...], case: _Case
) -> Decision:
    """What the applicant chose among the lawful agencies, or the agencies. Delegated to one and the same agency there is no choice."""
    rules = {agency.id: rule for rule, each in reversed(found) for agency in each.agencies}
    agencies = unique(agency for _, each in found for agency in each.agencies)
    chosen = next((agency for agency in agencies if agency.id == case.facts.applicant_choice), None)
    if chosen is not None:
        return _delegate(Competent(chosen, rules[chosen.id], (Reason.of(_C.CHOSEN, agency=chosen.name),), rejected), case)
    if case.delegations and not unsettled and all(rule.is_choice for rule, _each in found):
        ends = [_delegate(Competent(agency, rules[agency.id], (Reason(_C.LAWFUL_CHOICE),), rejected), case) for agency in agencies]
        if len({end.agency.id if isinstance(end, Competent) else 0 for end in ends}) == 1 and isinstance(ends[0], Competent):
            return ends[0]
    told = (*(one for _, each in found for one in each.reasons), *(each.reason for _, each in unsettled))
    return Ambiguous(
        agencies,
        (Reason(_C.LAWFUL_CHOICE), *told),
        rejected,
        is_choice=True,
        offers=tuple(rules[agency.id] for agency in agencies),
        open_rules=tuple(rule for rule, _each in unsettled),
    )


def _delegate(decision: Competent, case: _Case) -> Decision:
    return delegated(decision, case.delegations, case.directory, case.facts.on, case.procedure_id)


def _by_parts(rules: Sequence[Rule], fact: str, places: Sequence[Place], case: _Case) -> Decision:
    """One agency if every part of the split place leads to it; otherwise its candidates, for a person."""
    facts = [replace(case.facts, places={**case.facts.places, fact: place}) for place in places]
    decisions = [_decide(rules, replace(case, facts=each)) for each in facts]
    named = [each for each in decisions if isinstance(each, Competent)]
    agencies = unique(each.agency for each in named)
    if len(named) == len(decisions) and len(agencies) == 1:
        first = named[0]
        return Competent(first.agency, first.rule, (*first.reasons, Reason(_C.SPLIT_IRRELEVANT)), first.rejected)
    reason = Reason.of(_C.PLACE_SPLIT, fact=fact)
    return Ambiguous(agencies, (reason,)) if agencies else NoCompetentAgency((reason,))


def _for_a_person(rule: Rule, outcome: Unresolved, rejected: Sequence[Rejected]) -> Decision:
    every = (*rejected, Rejected(rule, outcome.reason))
    if outcome.candidates:
        return Ambiguous(outcome.candidates, (outcome.reason,), every)
    return NoCompetentAgency((outcome.reason,), every)
