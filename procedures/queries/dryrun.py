"""What a draft set would change: which recent dossiers and which communes would go elsewhere. Nothing is written."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from portal.agencies.models import AdministrativeUnit
from procedures.competence import Directory, Facts
from procedures.competence_book import RuleBook, Subject
from procedures.competence_check import Move, Outcome, Verdict, affected, moves, verdict
from procedures.models import RuleSet
from procedures.queries.directory import directory_snapshot
from procedures.queries.gaps import ONE_DAY, communes_on, effective_days
from procedures.queries.rulebook import changes_of, rulebook, subjects_on


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """A dossier as competence sees it; told by the app that keeps dossiers.

    `reference` is its code; `facts_on` gives its facts in units and agencies of a day.
    """

    reference: str
    procedure: str
    subject: Subject
    facts_on: Callable[[date], Facts]
    chosen_fact: str = ""


@dataclass(frozen=True, slots=True)
class MovedDossier:
    """A dossier that would go elsewhere."""

    reference: str
    procedure: str
    old: Verdict
    new: Verdict


@dataclass(frozen=True, slots=True)
class MovedCommune:
    """A commune in which a procedure would go elsewhere, or where nobody or several would be competent."""

    procedure: str
    province_code: str
    province_name: str
    commune_code: str
    commune_name: str
    old: Verdict
    new: Verdict


@dataclass(frozen=True, slots=True)
class ProvinceEffect:
    """One province of the map: communes in which something changes, and pairs of procedure and commune by what becomes of them.

    `holes` counts those that nobody would decide, or whose deciding place no form asks for.
    """

    code: str
    name: str
    communes: int
    changed_communes: int
    moved: int
    holes: int
    ambiguous: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """The effect of a set on one day."""

    on: date
    procedures: tuple[str, ...]
    dossiers_checked: int
    dossiers: tuple[MovedDossier, ...]
    pairs_checked: int
    communes: tuple[MovedCommune, ...]
    provinces: tuple[ProvinceEffect, ...]

    @property
    def has_gaps(self) -> bool:
        """Whether publishing would be refused for what this run found."""
        return any(each.holes or each.ambiguous for each in self.provinces)


def days_of(rule_set: RuleSet, on: date) -> list[date]:
    """The set's first day (`on`, while it has none), and the next on which rules, units, agencies or versions change, if there is one."""
    ends = [change.valid_to + ONE_DAY for change in rule_set.changes.order_by("pk") if change.valid_to]
    return effective_days(rule_set.effective_from or on, limit=1, extra=ends)


def dry_run(rule_set: RuleSet, *, dossiers: Iterable[DossierFacts] = (), day: date) -> DryRun:
    """What the set changes on the day, its first or a later one. Also names gaps that already exist in what it affects."""
    before = rulebook(day)
    after = before.with_changes(changes_of(rule_set, day))
    subjects, directory, communes = subjects_on(day), directory_snapshot(day), communes_on(day)
    touched = affected(before, after, subjects.values())
    codes = {subject.procedure_id: code for code, subject in subjects.items()}
    changed = [_commune(move, codes) for move in moves(before, after, touched, communes, directory, with_gaps=True)]
    per_province: dict[str, int] = defaultdict(int)
    for commune in communes:
        per_province[commune.place.province_code] += 1
    asked = list(dossiers)
    return DryRun(
        on=day,
        procedures=tuple(sorted(codes[subject.procedure_id] for subject in touched)),
        dossiers_checked=len(asked),
        dossiers=tuple(_moved_dossiers(asked, before, after, directory)),
        pairs_checked=len(touched) * len(communes),
        communes=tuple(changed),
        provinces=tuple(_provinces(day, changed, per_province)),
    )


def _commune(move: Move, codes: dict[int, str]) -> MovedCommune:
    place = move.commune.place
    return MovedCommune(
        procedure=codes[move.subject.procedure_id],
        province_code=place.province_code,
        province_name=move.commune.province_name,
        commune_code=place.commune_code,
        commune_name=place.name.split(", ")[0],
        old=move.old,
        new=move.new,
    )


def _moved_dossiers(dossiers: Iterable[DossierFacts], before: RuleBook, after: RuleBook, directory: Directory) -> Iterable[MovedDossier]:
    for each in dossiers:
        if before.rules_for(each.subject) == after.rules_for(each.subject):
            continue
        facts = each.facts_on(before.on)
        old = verdict(before, each.subject, facts, directory, chosen_fact=each.chosen_fact)
        new = verdict(after, each.subject, facts, directory, chosen_fact=each.chosen_fact)
        if not old.leads_like(new):
            yield MovedDossier(each.reference, each.procedure, old, new)


def _provinces(day: date, changed: list[MovedCommune], communes: dict[str, int]) -> Iterable[ProvinceEffect]:
    """Every province of the day, those without a change too."""
    by_province: dict[str, list[MovedCommune]] = defaultdict(list)
    for each in changed:
        by_province[each.province_code].append(each)
    for province in AdministrativeUnit.objects.on(day).provinces().order_by("code"):
        rows = by_province[province.code]
        yield ProvinceEffect(
            code=province.code,
            name=province.name,
            communes=communes.get(province.code, 0),
            changed_communes=len({row.commune_code for row in rows}),
            moved=sum(not row.new.outcome.is_gap for row in rows),
            holes=sum(row.new.outcome in (Outcome.HOLE, Outcome.NOT_ASKED) for row in rows),
            ambiguous=sum(row.new.outcome is Outcome.AMBIGUOUS for row in rows),
        )
