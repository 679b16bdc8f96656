"""What competence says for every place of the country: the check behind completeness reports, dry runs and publishing. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from procedures.competence import AgencyRef, Ambiguous, Competent, Directory, Facts, Ground, Place, Reason, ReasonCode, Rule, RuleKind
from procedures.competence_book import RuleBook, Subject, competent


class Outcome(StrEnum):
    """What a place finds. The last three are what a lawyer must repair; `NOT_ASKED`: a rule reads an answer that no form asks for."""

    AGENCY = "agency"
    CHOICE = "choice"
    HOLE = "hole"
    AMBIGUOUS = "ambiguous"
    NOT_ASKED = "not_asked"

    @property
    def is_gap(self) -> bool:
        """Whether nobody, or nobody in particular, is competent."""
        return self not in (Outcome.AGENCY, Outcome.CHOICE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who is competent in a place: exactly one agency, one stated lawful choice, nobody, or several."""

    outcome: Outcome
    agencies: tuple[AgencyRef, ...] = ()
    reason: Reason | None = None

    def leads_like(self, other: "Verdict") -> bool:
        """Whether a dossier goes to the same agencies."""
        return self.outcome == other.outcome and {each.id for each in self.agencies} == {each.id for each in other.agencies}


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of the day with its province."""

    place: Place
    province_name: str = ""


def facts_at(place: Place, on: date, fact_names: Iterable[str]) -> Facts:
    """Every place that a form may ask, and the filing, is this one."""
    return Facts(on, dict.fromkeys(fact_names, place), place.commune_code, place.province_code)


def fact_names(book: RuleBook) -> frozenset[str]:
    """Every answer that some rule of the book reads."""
    return frozenset(fact for row in book.rows for fact in (row.rule.place_fact, *row.choice_facts) if fact)


def verdict(book: RuleBook, subject: Subject, facts: Facts, directory: Directory, *, chosen_fact: str = "") -> Verdict:
    """Who is competent for these facts. Of a pool every agency is."""
    decision = competent(book, subject, facts, directory, chosen_fact=chosen_fact)
    if isinstance(decision, Competent):
        if decision.rule.kind is RuleKind.POOLED and decision.reasons[-1].code is ReasonCode.LEAST_LOADED:
            return Verdict(Outcome.AGENCY, tuple(directory.agencies_of(decision.rule.agency_kind, None, facts.on)), decision.reasons[0])
        outcome = Outcome.CHOICE if decision.rule.is_choice else Outcome.AGENCY
        return Verdict(outcome, (decision.agency,), decision.reasons[0])
    if isinstance(decision, Ambiguous):
        return Verdict(Outcome.CHOICE if decision.is_choice else Outcome.AMBIGUOUS, decision.candidates, decision.reasons[0])
    return Verdict(Outcome.HOLE, (), decision.reasons[-1] if decision.reasons else None)


def surveyed(book: RuleBook, subject: Subject, facts: Facts, directory: Directory) -> Verdict:
    """The verdict with only those places that the forms of the procedure ask for. What breaks with one form is the verdict."""
    place = next(iter(facts.places.values()), None)
    for rule in book.rules_for(subject):
        if _reads_nothing(rule, subject) and isinstance(place, Place) and rule.within in ("", place.province_code, place.commune_code):
            return Verdict(Outcome.NOT_ASKED, (), Reason.of(ReasonCode.PLACE_MISSING, fact=rule.place_fact))
    found: list[Verdict] = []
    for asked in subject.asks or (frozenset(facts.places),):
        one = verdict(book, subject, replace(facts, places={fact: facts.places[fact] for fact in asked & facts.places.keys()}), directory)
        missing = one.reason is not None and one.reason.code is ReasonCode.PLACE_MISSING
        if one.outcome is Outcome.HOLE and missing and subject.asks:
            return replace(one, outcome=Outcome.NOT_ASKED)
        if one.outcome.is_gap:
            return one
        found.append(one)
    return found[0]


def _reads_nothing(rule: Rule, subject: Subject) -> bool:
    """Whether the procedure's own rule needs an answer that none of its forms asks for: it would never be applied."""
    if rule.ground is not Ground.PROCEDURE or not rule.place_fact or not subject.asks:
        return False
    return not any(rule.place_fact in asked for asked in subject.asks)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one procedure finds in one commune."""

    subject: Subject
    commune: Commune
    verdict: Verdict


def survey(book: RuleBook, subjects: Sequence[Subject], communes: Sequence[Commune], directory: Directory) -> Iterator[Finding]:
    """The verdict of every procedure in every commune, procedure by procedure."""
    names = fact_names(book)
    facts = [(commune, facts_at(commune.place, book.on, names)) for commune in communes]
    for subject in subjects:
        for commune, known in facts:
            yield Finding(subject, commune, surveyed(book, subject, known, directory))


def affected(before: RuleBook, after: RuleBook, subjects: Iterable[Subject]) -> list[Subject]:
    """The procedures for which the two books do not say the same."""
    return [subject for subject in subjects if before.rules_for(subject) != after.rules_for(subject)]


@dataclass(frozen=True, slots=True)
class Move:
    """A commune in which a procedure would go elsewhere."""

    subject: Subject
    commune: Commune
    old: Verdict
    new: Verdict


def moves(
    before: RuleBook,
    after: RuleBook,
    subjects: Sequence[Subject],
    communes: Sequence[Commune],
    directory: Directory,
    *,
    with_gaps: bool = False,
) -> Iterator[Move]:
    """Where the second book leads elsewhere than the first; `with_gaps` also where it still leads nowhere."""
    pairs = zip(survey(before, subjects, communes, directory), survey(after, subjects, communes, directory), strict=True)
    for old, new in pairs:
        if not old.verdict.leads_like(new.verdict) or (with_gaps and new.verdict.outcome.is_gap):
            yield Move(new.subject, new.commune, old.verdict, new.verdict)
