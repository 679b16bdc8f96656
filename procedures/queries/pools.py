"""Agencies among which work is shared by load."""

from dataclasses import dataclass
from datetime import date

from portal.agencies.models import Agency, valid_on
from procedures.models import CompetenceRule
from procedures.queries.workload import open_dossiers

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class PoolMember:
    """One agency of a pool with what it has and can."""

    pk: int
    name: str
    identifier: str
    kind: str
    capacity: int
    open: int


def pooled_kinds(on: date) -> list[str]:
    """Kinds of agency that a rule of the day pools."""
    rules = CompetenceRule.objects.filter(valid_on(on), kind=CompetenceRule.Kind.POOLED)
    return sorted(set(rules.order_by().values_list("agency_kind", flat=True)))


def pool_members(on: date, *, after: int = 0) -> tuple[list[PoolMember], int]:
    """A page of the agencies of all pools by id, and the mark of the next page, 0 if there is none. Three queries."""
    rows = list(Agency.objects.on(on).filter(kind__in=pooled_kinds(on), pk__gt=after).order_by("pk")[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    counts = open_dossiers([each.pk for each in shown]) if shown else {}
    members = [PoolMember(each.pk, each.name, each.identifier, each.kind, each.capacity, counts.get(each.pk, 0)) for each in shown]
    return members, shown[-1].pk if len(rows) > PAGE_SIZE else 0
