"""Rules for tests, published the way they are in life: drafted by one person, approved by another."""

from datetime import date, datetime
from typing import Any

from portal.accounts.models import User
from portal.core.clock import LOCAL
from procedures.actions.rulesets import RuleInput, add_change, create_rule_set, submit
from procedures.actions.rulesets_publish import publish
from procedures.models import CompetenceRule, Procedure, RuleSet

AT = datetime(2026, 11, 2, 9, 0, tzinfo=LOCAL)
SOON = date(2026, 12, 1)


def person(name: str) -> User:
    return User.objects.get_or_create(username=name, defaults={"full_name": name, "kind": User.Kind.STAFF})[0]


def procedure(code: str) -> Procedure:
    return Procedure.objects.get(code=code)


def rule_input(kind: str = "commune_authority", **given: Any) -> RuleInput:
    values = {"agency_kind": "commune_committee", "place_fact": "residence", "legal_basis": "1/2026/NĐ-CP"}
    return RuleInput(kind=kind, **values | given)


def in_review(*changes: dict[str, Any], effective_from: date | None = SOON, decision_number: str = "12/QĐ-UBND") -> RuleSet:
    """A set with these changes (arguments of `add_change`) that waits for approval."""
    rule_set = create_rule_set(
        title="Thí điểm", actor=person("drafter"), at=AT, legal_basis="1/2026/NĐ-CP", decision_number=decision_number,
        effective_from=effective_from,
    )  # fmt: skip
    for change in changes:
        add_change(rule_set, **change)
    return submit(rule_set, at=AT)


def published(*changes: dict[str, Any], effective_from: date = SOON) -> RuleSet:
    """A published set with these changes."""
    return publish(in_review(*changes, effective_from=effective_from), actor=person("approver"), at=AT)


def rule_of(code: str) -> CompetenceRule:
    """The rule of the lowest rank of the procedure."""
    return CompetenceRule.objects.filter(procedure__code=code, ended_by=None).order_by("rank")[0]
