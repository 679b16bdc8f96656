"""Delegations and the requests for them, as their page lists them."""

from dataclasses import dataclass
from datetime import date

from procedures.models import Delegation, DelegationRequest, RuleContent
from procedures.queries.registry_pages import RELATED, row_of

PAGE_SIZE = 50
MOST_WAITING = 100


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """One delegation. `stage` is future, now, past or withdrawn; `scope` what is delegated, empty for everything."""

    delegation: Delegation
    stage: str
    scope: str


def waiting_requests() -> list[DelegationRequest]:
    """What waits for a second person, the oldest first."""
    waiting = DelegationRequest.objects.filter(state=DelegationRequest.State.WAITING)
    related = waiting.select_related("from_agency", "to_agency", "procedure", "asked_by", "ends")
    return list(related.order_by("pk")[:MOST_WAITING])


def delegations_page(on: date, before: int | None = None) -> tuple[list[DelegationRow], int]:
    """One page, the newest first, and the mark of the next page (0 if there is none). One query."""
    rules = [f"rule__{name}" for name in RELATED]
    found = Delegation.objects.select_related("from_agency", "to_agency", "procedure", "entered_by", "ended_by", "rule", *rules)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    following = shown[-1].pk if len(rows) > PAGE_SIZE else 0
    return [DelegationRow(each, _stage(each, on), _scope(each)) for each in shown], following


def _stage(each: Delegation, on: date) -> str:
    if each.valid_to < each.valid_from:
        return "withdrawn"
    return "future" if on < each.valid_from else "now" if on <= each.valid_to else "past"


def _scope(each: Delegation) -> str:
    rule: RuleContent | None = each.rule
    if rule is not None:
        row = row_of(rule)
        return f"{row.subject}: {row.sentence}"
    return each.procedure.code if each.procedure else ""
