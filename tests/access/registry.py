"""A draft set with a change, a delegation and a request for one: what the pages of the registry of competence name."""

from datetime import timedelta
from typing import Any

from portal.accounts.models import User
from portal.agencies.models import Agency
from portal.core.clock import business_now
from procedures.actions.completeness import keep_report
from procedures.actions.delegation_requests import ask_delegation
from procedures.actions.delegations import delegate
from procedures.actions.rulesets import add_change, create_rule_set
from procedures.models import CompetenceRule, CompletenessReport, Delegation, DelegationRequest, RuleChange, RuleSet
from procedures.queries.completeness import Completeness, Scope


def build_registry(editor: User, other: User) -> RuleSet:
    """One of each exists; the editor drafted the set, somebody else asked for the delegation."""
    at = business_now()
    first_day = at.date() + timedelta(days=30)
    rule_set = create_rule_set(
        title="Thí điểm chuyển thẩm quyền hộ tịch", legal_basis="120/2025/NĐ-CP", decision_number="12/QĐ-BTP",
        effective_from=first_day, actor=editor, at=at,
    )  # fmt: skip
    add_change(rule_set, action="end", target=CompetenceRule.objects.order_by("pk")[0])
    giver, taker, third = Agency.objects.filter(kind="commune_committee").order_by("pk")[:3]
    period: dict[str, Any] = {"valid_from": first_day, "valid_to": first_day + timedelta(days=60), "legal_basis": "45/QĐ-UBND"}
    delegate(from_agency=giver, to_agency=taker, actor=other, at=at, **period)
    ask_delegation(from_agency=third, to_agency=taker, actor=other, at=at, **period)
    keep_report(Completeness(at.date()), scope=Scope(), took=timedelta(0), at=at)
    return rule_set


def rule() -> dict[str, Any]:
    """A rule that no set touches."""
    return {"pk": CompetenceRule.objects.order_by("-pk")[0].pk}


def rule_set() -> dict[str, Any]:
    return {"pk": RuleSet.objects.order_by("-pk")[0].pk}


def rule_in_set() -> dict[str, Any]:
    return rule_set() | {"rule": rule()["pk"]}


def rule_change() -> dict[str, Any]:
    return rule_set() | {"change": RuleChange.objects.order_by("-pk")[0].pk}


def delegation() -> dict[str, Any]:
    return {"pk": Delegation.objects.order_by("-pk")[0].pk}


def delegation_request() -> dict[str, Any]:
    return {"pk": DelegationRequest.objects.order_by("-pk")[0].pk}


def completeness_report() -> dict[str, Any]:
    return {"pk": CompletenessReport.objects.order_by("-pk")[0].pk}
