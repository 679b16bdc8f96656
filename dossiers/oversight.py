"""What a supervisor must know of the agencies: how much of it is due soon, overdue, stuck, waiting or not taken."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from dossiers import attention, queries
from portal.accounts.identity import Identity

KINDS = ("late", "soon", "stuck", "waiting", "unclaimed")
CONDITIONS = {
    "late": attention.late,
    "soon": attention.soon,
    "stuck": attention.stuck,
    "waiting": attention.waiting,
    "unclaimed": attention.unclaimed,
}


def concerned(who: Identity, at: datetime, kind: str = "") -> "QuerySet[Any]":
    """The watched dossiers that somebody must look at; of one kind, or of any."""
    watched = queries.watched(who).filter(agency__isnull=False)
    if kind in CONDITIONS:
        return watched.filter(CONDITIONS[kind](at))
    return watched.filter(attention.late(at) | attention.soon(at) | attention.lingers(at))


def counts_for(who: Identity, at: datetime) -> dict[str, int]:
    """The numbers of all that the supervisor watches; one query."""
    found: dict[str, int] = concerned(who, at).order_by().aggregate(**_counted(at))
    return found


def counts_by_agency(who: Identity, at: datetime, *, after: int = 0, size: int) -> list[Mapping[str, Any]]:
    """The numbers by agency, those with anything at all, by the agency's key beyond `after`; one query."""
    rows = concerned(who, at).filter(agency_id__gt=after).order_by("agency_id").values("agency_id", "agency__name")
    return list(rows.annotate(**_counted(at))[:size])


def _counted(at: datetime) -> dict[str, Count]:
    return {kind: Count("pk", filter=condition(at)) for kind, condition in CONDITIONS.items()}
