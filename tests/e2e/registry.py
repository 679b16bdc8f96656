"""A draft set that was tried, and a completeness report, made by the worker's own functions."""

from datetime import datetime, timedelta

from portal.accounts.models import User
from procedures.actions.completeness import keep_report
from procedures.actions.registry_runs import ask_completeness, ask_dry_run, claim, finish
from procedures.actions.registry_work import do_run
from procedures.actions.rulesets import RuleInput, add_change
from procedures.models import CompetenceRule, RuleSet
from procedures.queries.completeness import Scope, check, unstaffed
from procedures.queries.directory import directory_snapshot
from procedures.queries.gaps import communes_on
from procedures.queries.rulebook import rulebook, subjects_on
from tests.access.registry import build_registry

SAMPLE = 40


def build_tried_registry(editor: User, approver: User, at: datetime) -> RuleSet:
    """A set that ends one rule and moves another from the residence to the seat, its dry run, and a report of a sample of communes."""
    rule_set = build_registry(editor, approver)
    moved = CompetenceRule.objects.filter(procedure__code="1.004873").order_by("rank")[0]
    rule = RuleInput(kind="department_of_province", procedure=moved.procedure, agency_kind="department_justice",
                     place_fact="residence", legal_basis="120/2025/NĐ-CP, Điều 5")  # fmt: skip
    add_change(rule_set, action="replace", target=moved, rule=rule)
    ask_dry_run(rule_set, dossiers=100, on=at.date(), actor=editor, at=at)
    run = claim(now=at)
    assert run is not None
    do_run(run, now=lambda: at)
    ask_completeness(on=at.date(), actor=editor, at=at)
    run = claim(now=at)
    assert run is not None
    day = at.date()
    found, competent = check(rulebook(day), subjects_on(day), communes_on(day)[::SAMPLE], directory_snapshot(day, with_load=False))
    found.unstaffed = unstaffed(competent, day)
    report = keep_report(found, scope=Scope(), took=timedelta(seconds=1), at=at)
    finish(run, result={"reports": [report.pk]}, report=report, now=at)
    return rule_set
