"""The rules of the database as plain values: of one procedure, of a whole day, or as a draft set would make them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.db.models import Q

from portal.agencies.models import AdministrativeUnit, UnitSuccession, valid_on
from portal.agencies.queries.lineage import heirs
from procedures.competence import Delegation, Ground, Rule, RuleKind
from procedures.competence_book import Change, ChangeAction, RuleBook, RuleRow, Subject
from procedures.formschema.schema import known_schema
from procedures.models import CompetenceRule, Procedure, ProcedureVersion, RuleChange, RuleContent, RuleSet
from procedures.models import Delegation as DelegationRow


def subject_of(version: ProcedureVersion) -> Subject:
    """What competence needs to know of the version."""
    return Subject(version.procedure_id, version.procedure.field_vi, tuple(version.levels))


def subjects_on(on: date) -> dict[str, Subject]:
    """Every procedure that can be filed on the day, by code."""
    versions = ProcedureVersion.objects.in_force(on).select_related("procedure").prefetch_related("cases")
    return {each.procedure.code: asking(each) for each in sorted(versions, key=lambda each: str(each.procedure.code))}


def asking(version: ProcedureVersion) -> Subject:
    """The same with the places that the forms of its cases ask for: whoever looks at places instead of dossiers needs them."""
    asks = {known_schema(case.form).places_asked for case in version.cases.all()}
    return replace(subject_of(version), asks=tuple(sorted(asks, key=sorted)))


def rulebook(on: date, *, subject: Subject | None = None, rule_set: RuleSet | None = None) -> RuleBook:
    """The rules and delegations of the day; of one subject only, or with the changes of a set applied, where asked."""
    rules = CompetenceRule.objects.filter(valid_on(on)).select_related("place").order_by("rank", "pk")
    if subject is not None:
        field = Q(procedure=None, level="", field_vi=subject.field_vi)
        rules = rules.filter(Q(procedure_id=subject.procedure_id) | field | Q(level__in=subject.levels))
    places = _Places(on)
    rows = [row for rule in rules if (row := _row(rule, places, rule.version, rule.valid_from)) is not None]
    book = RuleBook(on, tuple(rows), _delegations(on))
    return book.with_changes(changes_of(rule_set, on)) if rule_set is not None else book


def changes_of(rule_set: RuleSet, on: date) -> list[Change]:
    """The changes of the set as they would hold on the day. An unpublished rule has the id of its change, negative."""
    places, since = _Places(on), rule_set.effective_from or on
    changes = []
    for change in rule_set.changes.select_related("place", "target").order_by("pk"):
        action, row = ChangeAction(change.action), None
        if action is not ChangeAction.END and (change.valid_to is None or on <= change.valid_to):
            row = _row(change, places, (change.target.version if change.target else 0) + 1, since)
        changes.append(Change(action, change.target_id, row))
    return changes


def _row(content: RuleContent, places: "_Places", version: int, valid_from: date) -> RuleRow | None:
    """None for a rule whose unit is no more and has no single heir: it holds nowhere."""
    unit = places.today(content.place) if content.place else None
    if content.place and unit is None:
        return None
    ground = Ground.PROCEDURE if content.procedure_id else Ground.FIELD if content.field_vi else Ground.LEVEL
    rule = Rule(
        id=-content.pk if isinstance(content, RuleChange) else content.pk,
        version=version,
        rank=content.rank,
        ground=ground,
        kind=RuleKind(content.kind),
        agency_kind=content.agency_kind,
        agency=places.present(content.agency_id),
        place_fact=content.place_fact,
        valid_from=valid_from,
        valid_to=content.valid_to,
        legal_basis=content.legal_basis,
        within=unit.code if unit else "",
        within_name=unit.name if unit else "",
    )
    return RuleRow(rule, content.procedure_id, content.field_vi, content.level, tuple(content.choice_facts), RuleKind(content.choice_kind))


class _Places:
    """Units and agencies of rules as those of the day: a renamed unit goes on, one that was divided or merged does not."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._heirs: dict[int, int] | None = None

    def present(self, agency_id: int | None) -> int | None:
        """The agency that a rule names, or its one successor: a merger edits no rule."""
        if agency_id is None:
            return None
        if self._heirs is None:
            self._heirs = heirs(self._on)
        return self._heirs.get(agency_id, agency_id)

    def today(self, unit: AdministrativeUnit) -> AdministrativeUnit | None:
        passed: set[int] = set()
        while unit.valid_to is not None and unit.valid_to < self._on and unit.pk not in passed:
            passed.add(unit.pk)
            trusted = UnitSuccession.objects.filter(is_trusted=True, level=unit.level, valid_from__gt=unit.valid_to)
            heirs = {row.successor for row in trusted.filter(predecessor=unit).select_related("successor").order_by("pk")}
            if len(heirs) != 1:
                return None
            heir = heirs.pop()
            others = trusted.filter(successor=heir).exclude(predecessor=unit)
            if others.exists():
                return None
            unit = heir
        return unit if unit.valid_from <= self._on and (unit.valid_to is None or self._on <= unit.valid_to) else None


def _delegations(on: date) -> dict[int, tuple[Delegation, ...]]:
    """By the agency that delegates. A renamed agency's go on; one that was merged had not delegated the other's powers."""
    found: dict[int, list[Delegation]] = defaultdict(list)
    rows = list(DelegationRow.objects.filter(valid_on(on)).order_by("pk"))
    renamed, present = (heirs(on, alone=True), heirs(on)) if rows else ({}, {})
    for row in rows:
        source, target = renamed.get(row.from_agency_id, row.from_agency_id), present.get(row.to_agency_id, row.to_agency_id)
        if source != target:
            found[source].append(
                Delegation(row.pk, source, target, row.rule_id, row.valid_from, row.valid_to, row.legal_basis, row.procedure_id)
            )
    return {agency: tuple(rows) for agency, rows in found.items()}


def subjects_of(procedures: Iterable[Procedure], on: date) -> list[Subject]:
    """The subjects of these procedures that can be filed on the day."""
    wanted = {procedure.pk for procedure in procedures}
    return [subject for subject in subjects_on(on).values() if subject.procedure_id in wanted]
