"""What one rule says for one dossier: the agencies that it leads to, why it leads nowhere, or that a place must be settled first. Pure."""

from collections.abc import Iterable, Sequence

from procedures.competence_outcomes import Reason, ReasonCode
from procedures.competence_rules import AgencyRef, Directory, Facts, Place, Rule, RuleKind, UnknownPlace

_C = ReasonCode


class Found:
    """Agencies that a rule leads to, and why."""

    def __init__(self, agencies: Sequence[AgencyRef], *reasons: Reason) -> None:
        self.agencies, self.reasons = tuple(agencies), reasons


class Unresolved:
    """A given place that cannot be used: the search ends here."""

    def __init__(self, reason: Reason, candidates: Sequence[AgencyRef] = ()) -> None:
        self.reason, self.candidates = reason, tuple(candidates)


class Parts:
    """A split place of which the rule holds for some parts only: each part is decided by all the rules."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = tuple(places)


Outcome = Found | Unresolved | Parts | Reason


def apply_rule(rule: Rule, facts: Facts, directory: Directory) -> Outcome:
    """What the rule says on the day of the facts."""
    if not rule.is_in_force(facts.on):
        return Reason(_C.NOT_IN_FORCE)
    if rule.within:
        limit = _limit(rule, facts)
        if limit is not None:
            return limit
    if rule.kind.needs_place:
        return _by_place(rule, facts, directory)
    if rule.kind is RuleKind.FIXED_AGENCY:
        agency = directory.agency(rule.agency, facts.on) if rule.agency is not None else None
        return _found([agency] if agency else [], rule, _C.FIXED)
    if rule.kind is RuleKind.MINISTRY:
        return _found(directory.agencies_of(rule.agency_kind, None, facts.on), rule, _C.MINISTRY)
    if rule.kind is RuleKind.FILING_PLACE:
        return _by_filing_place(rule, facts, directory)
    if rule.kind is RuleKind.APPLICANT_CHOICE:
        return _by_choice(rule, facts, directory)
    pool = directory.agencies_of(rule.agency_kind, None, facts.on)
    freest = min(pool, key=lambda agency: (directory.load(agency.id), agency.id), default=None)
    return _found([freest] if freest else [], rule, _C.LEAST_LOADED)


def _limit(rule: Rule, facts: Facts) -> Outcome | None:
    """Why a rule that holds within one unit says nothing here; None where it holds."""
    if not rule.place_fact:
        filed = (facts.filing_province_code, facts.filing_commune_code)
        if not any(filed):
            return Reason(_C.FILING_PLACE_UNKNOWN)
        return None if rule.within in filed else Reason.of(_C.ELSEWHERE, unit=rule.within_name or rule.within)
    answer = facts.places.get(rule.place_fact)
    if answer is None:
        return Reason.of(_C.PLACE_MISSING, fact=rule.place_fact)
    if isinstance(answer, UnknownPlace):
        return Unresolved(Reason.of(_C.PLACE_UNKNOWN, fact=rule.place_fact))
    places = (answer,) if isinstance(answer, Place) else answer.candidates
    holds = [rule.within in (place.province_code, place.commune_code) for place in places]
    if all(holds):
        return None
    return Parts(places) if any(holds) else Reason.of(_C.ELSEWHERE, unit=rule.within_name or rule.within)


def _found(agencies: Sequence[AgencyRef], rule: Rule, code: ReasonCode, place: str = "") -> Found | Reason:
    if not agencies:
        return Reason.of(_C.NO_AGENCY, kind=rule.agency_kind)
    return Found(agencies, Reason.of(code, agency=", ".join(agency.name for agency in agencies), place=place))


def _by_place(rule: Rule, facts: Facts, directory: Directory) -> Outcome:
    answer = facts.places.get(rule.place_fact)
    if answer is None:
        return Reason.of(_C.PLACE_MISSING, fact=rule.place_fact)
    if isinstance(answer, UnknownPlace):
        return Unresolved(Reason.of(_C.PLACE_UNKNOWN, fact=rule.place_fact))
    if isinstance(answer, Place):
        return _at(rule, answer, facts, directory)
    outcomes = [_at(rule, place, facts, directory) for place in answer.candidates]
    agencies = unique(agency for each in outcomes if isinstance(each, Found) for agency in each.agencies)
    first = outcomes[0] if outcomes else None
    if len(agencies) == 1 and isinstance(first, Found) and all(isinstance(each, Found) for each in outcomes):
        return Found(agencies, *first.reasons, Reason(_C.SPLIT_IRRELEVANT))
    return Unresolved(Reason.of(_C.PLACE_SPLIT, fact=rule.place_fact), agencies)


def _at(rule: Rule, place: Place, facts: Facts, directory: Directory) -> Found | Reason:
    if rule.kind is RuleKind.DEPARTMENT_OF_PROVINCE:
        return _found(directory.agencies_of(rule.agency_kind, place.province_code, facts.on), rule, _C.DEPARTMENT, place.name)
    if not place.commune_code:
        return Reason.of(_C.PLACE_WITHOUT_COMMUNE, fact=rule.place_fact)
    if rule.kind is RuleKind.COMMUNE_AUTHORITY:
        return _found(directory.agencies_of(rule.agency_kind, place.commune_code, facts.on), rule, _C.COMMUNE, place.name)
    return _found(directory.serving(place.commune_code, rule.agency_kind, facts.on), rule, _C.SERVICE_AREA, place.name)


def _by_filing_place(rule: Rule, facts: Facts, directory: Directory) -> Outcome:
    """The commune's own agency of the kind comes before the province's."""
    units = [code for code in (facts.filing_commune_code, facts.filing_province_code) if code]
    if not units:
        return Reason(_C.FILING_PLACE_UNKNOWN)
    for code in units:
        agencies = directory.agencies_of(rule.agency_kind, code, facts.on)
        if agencies:
            return _found(agencies, rule, _C.FILING_PLACE)
    return Reason.of(_C.NO_AGENCY, kind=rule.agency_kind)


def _by_choice(rule: Rule, facts: Facts, directory: Directory) -> Outcome:
    """All agencies of the kind until one of them is chosen. A choice that the law offers is never passed over."""
    lawful = directory.agencies_of(rule.agency_kind, None, facts.on)
    if facts.applicant_choice is None:
        return Found(lawful, Reason(_C.NO_CHOICE)) if lawful else Reason.of(_C.NO_AGENCY, kind=rule.agency_kind)
    chosen = next((agency for agency in lawful if agency.id == facts.applicant_choice), None)
    return _found([chosen], rule, _C.CHOSEN) if chosen else Unresolved(Reason(_C.CHOICE_NOT_LAWFUL))


def unique(agencies: Iterable[AgencyRef]) -> tuple[AgencyRef, ...]:
    """Each agency once, in the order of the first time."""
    return tuple({agency.id: agency for agency in agencies}.values())
