"""All rules of a day, by ground: the one door to a decision for a dossier, a batch, a dry run and a completeness check. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from procedures.competence import Decision, Delegation, Directory, Facts, Ground, Rule, RuleKind, decide


@dataclass(frozen=True, slots=True)
class Subject:
    """What competence needs to know of a procedure's version.

    `asks` are the places that its forms ask for, one set per form; empty where that is not known, as of a single dossier.
    """

    procedure_id: int
    field_vi: str = ""
    levels: tuple[str, ...] = ()
    asks: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with its ground: one procedure, one field or one level. `choice_facts` are places among which the applicant chooses."""

    rule: Rule
    procedure_id: int | None = None
    field_vi: str = ""
    level: str = ""
    choice_facts: tuple[str, ...] = ()
    choice_kind: RuleKind = RuleKind.COMMUNE_AUTHORITY

    def concerns(self, subject: Subject) -> bool:
        """Whether the ground covers the procedure."""
        if self.procedure_id is not None:
            return self.procedure_id == subject.procedure_id
        if self.field_vi:
            return self.field_vi == subject.field_vi
        return self.level in subject.levels

    def rules(self) -> list[Rule]:
        """The rule; a lawful choice among places is one rule per place, of the same rank."""
        if self.rule.kind is RuleKind.APPLICANT_CHOICE and self.choice_facts:
            return [replace(self.rule, kind=self.choice_kind, place_fact=fact, is_choice=True) for fact in self.choice_facts]
        return [self.rule]


class ChangeAction(StrEnum):
    """What a change of a rule set does."""

    ADD = "add"
    REPLACE = "replace"
    END = "end"


@dataclass(frozen=True, slots=True)
class Change:
    """A planned change. `target` is the id of the rule that is replaced or ended; `row` what is added."""

    action: ChangeAction
    target: int | None = None
    row: RuleRow | None = None


@dataclass(frozen=True)
class RuleBook:
    """The rules and delegations in force on `on`. Plain data: it can be pickled and shared by workers."""

    on: date
    rows: tuple[RuleRow, ...]
    delegations: Mapping[int, Sequence[Delegation]] = field(default_factory=dict)
    _by_ground: Mapping[tuple[Ground, int | str], Sequence[RuleRow]] = field(init=False, repr=False, compare=False)
    _known: dict[Subject, tuple[Rule, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        by_ground: dict[tuple[Ground, int | str], list[RuleRow]] = defaultdict(list)
        for row in self.rows:
            by_ground[_ground(row)].append(row)
        object.__setattr__(self, "_by_ground", dict(by_ground))

    def rules_for(self, subject: Subject) -> tuple[Rule, ...]:
        """The rules for the procedure, its field and its levels, in the order in which they are tried."""
        if subject not in self._known:
            grounds: list[tuple[Ground, int | str]] = [(Ground.PROCEDURE, subject.procedure_id), (Ground.FIELD, subject.field_vi)]
            grounds += [(Ground.LEVEL, level) for level in dict.fromkeys(subject.levels)]
            rules = [rule for ground in grounds for row in self._by_ground.get(ground, ()) for rule in row.rules()]
            self._known[subject] = tuple(sorted(rules, key=lambda rule: (rule.precedence, rule.id)))
        return self._known[subject]

    def with_changes(self, changes: Iterable[Change]) -> "RuleBook":
        """The book as it would be if the changes held."""
        changes = list(changes)
        gone = {change.target for change in changes if change.target is not None}
        kept = [row for row in self.rows if row.rule.id not in gone]
        added = [change.row for change in changes if change.row is not None and change.action is not ChangeAction.END]
        return RuleBook(self.on, (*kept, *added), self.delegations)


def competent(book: RuleBook, subject: Subject, facts: Facts, directory: Directory, *, chosen_fact: str = "") -> Decision:
    """The agency that decides, several (the applicant's or a person's choice), or none; always with reasons.

    `chosen_fact` is the place that the applicant chose where the law offers several; `facts.applicant_choice` is the agency
    chosen among the lawful ones.
    """
    rules = offered(book.rules_for(subject), chosen_fact)
    return decide(rules, facts, directory, book.delegations, procedure_id=subject.procedure_id)


def offered(rules: Sequence[Rule], chosen_fact: str) -> Sequence[Rule]:
    """The rules without the lawful alternatives that the applicant did not choose."""
    chosen = {rule.id for rule in rules if rule.is_choice and rule.place_fact == chosen_fact} if chosen_fact else set()
    return [rule for rule in rules if rule.id not in chosen or rule.place_fact == chosen_fact] if chosen else rules


def _ground(row: RuleRow) -> tuple[Ground, int | str]:
    if row.procedure_id is not None:
        return (Ground.PROCEDURE, row.procedure_id)
    return (Ground.FIELD, row.field_vi) if row.field_vi else (Ground.LEVEL, row.level)
