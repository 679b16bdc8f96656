"""A draft set with a change, a delegation and a request for one: what the pages of the registry of competence name."""

from datetime import date, datetime, timedelta
from typing import Any

from portal.accounts.models import User
from portal.agencies.models import AdministrativeUnit, Agency
from portal.core.clock import business_now
from procedures.actions.completeness import keep_report
from procedures.actions.delegation_requests import ask_delegation
from procedures.actions.delegations import delegate
from procedures.actions.feesets import FeeInput, put_fee, start_fee_set, submit_fee_set
from procedures.actions.new_procedure import NewProcedure, draft_new_procedure
from procedures.actions.rulesets import add_change, create_rule_set
from procedures.models import (
    CompetenceRule,
    CompletenessReport,
    Delegation,
    DelegationRequest,
    FeeChange,
    FeeSet,
    Procedure,
    RuleChange,
    RuleSet,
)
from procedures.queries.completeness import Completeness, Scope

NEW_CODE = "9.000001"


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
    _build_drafts(editor, at, first_day)
    return rule_set


def _build_drafts(editor: User, at: datetime, first_day: date) -> None:
    """A new procedure that still lacks nearly everything, a set of fees that waits for approval, and one that is being written."""
    draft_new_procedure(
        NewProcedure(
            code=NEW_CODE, field_vi="Hộ tịch", short_name_vi="Xác nhận thông tin cư trú cũ", levels=["commune"], place_fact="residence",
            name_vi="Xác nhận thông tin về nơi cư trú trước khi sắp xếp đơn vị hành chính",
        ),
        actor=editor,
    )  # fmt: skip
    hanoi = AdministrativeUnit.objects.on(at.date()).get(code="01", level=AdministrativeUnit.Level.PROVINCE)
    marital = Procedure.objects.get(code="1.004873")
    for title, amount in (("Lệ phí hộ tịch, chờ duyệt", 5000), ("Lệ phí hộ tịch, đang soạn", 6000)):
        fees = start_fee_set(
            title=title, province=hanoi, legal_basis="Nghị quyết 12/2026/NQ-HĐND", effective_from=first_day, note="", actor=editor, at=at
        )
        put_fee(fees, fee=FeeInput(procedure=marital, code="le-phi-ho-tich", name_vi="Lệ phí hộ tịch", kind="levy", amount_vnd=amount))
        if amount == 5000:
            submit_fee_set(fees, at=at)


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


def fee_set() -> dict[str, Any]:
    return {"pk": FeeSet.objects.filter(state="draft").order_by("-pk")[0].pk}


def fee_set_in_review() -> dict[str, Any]:
    return {"pk": FeeSet.objects.filter(state="review").order_by("-pk")[0].pk}


def fee_change() -> dict[str, Any]:
    return fee_set() | {"change": FeeChange.objects.order_by("-pk")[0].pk}


def new_draft() -> dict[str, Any]:
    return {"code": NEW_CODE}


def question() -> dict[str, Any]:
    return new_draft() | {"key": "previous_paper"}
