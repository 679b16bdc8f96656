"""Approve a reorganisation, after looking who would be competent in the new units on its first day."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from portal.accounts import reorganising
from portal.accounts.models import User
from portal.agencies.actions.reorganise import record
from portal.agencies.models import Reorganisation
from procedures.actions.gaps import LeavesGaps
from procedures.queries.gaps import Gaps, gaps_in_units

ONE_DAY = timedelta(days=1)
LEAST_REASON = 10
KEPT_ROWS = 60


class PlacesWithoutAgency(LeavesGaps):
    """From the first day on, places would have no competent agency, or several. `gaps` names them."""


@transaction.atomic
def approve_reorganisation(reorganisation: Reorganisation, *, actor: User, at: datetime, today: date, despite: str = "") -> Reorganisation:
    """Everything of the day is written. Raises NotPossible, and PlacesWithoutAgency unless `despite` says in words why all the same.

    Gaps that the old units have already do not count: the reorganisation does not make them.
    """
    old = _old_codes(reorganisation)
    earlier = gaps_in_units(reorganisation.effective_from - ONE_DAY, old)
    approved = reorganising.approve(reorganisation, actor=actor, at=at, today=today)
    gaps = _new(gaps_in_units(approved.effective_from, _new_codes(approved)), earlier)
    if not gaps:
        return approved
    if len(despite.strip()) < LEAST_REASON:
        raise PlacesWithoutAgency(gaps)
    facts = {"total": gaps.total, "places": [_line(row.procedure, row.outcome, row.communes) for row in gaps.rows[:KEPT_ROWS]]}
    record(approved, "with_gaps", actor=actor, at=at, note=despite.strip(), facts=facts)
    return approved


def gaps_if_approved(reorganisation: Reorganisation, *, actor: User, at: datetime, today: date) -> Gaps:
    """What approving would be refused for; nothing stays written. Raises NotPossible."""
    try:
        with transaction.atomic():
            approve_reorganisation(reorganisation, actor=actor, at=at, today=today)
            transaction.set_rollback(True)
    except PlacesWithoutAgency as refused:
        return refused.gaps
    return Gaps()


def _line(procedure: str, outcome: str, communes: Iterable[str]) -> dict[str, object]:
    return {"procedure": procedure, "outcome": str(outcome), "communes": list(communes)}


def _new(gaps: Gaps, earlier: Gaps) -> Gaps:
    known = {(row.procedure, row.outcome) for row in earlier.rows}
    return Gaps(tuple(row for row in gaps.rows if (row.procedure, row.outcome) not in known))


def _old_codes(reorganisation: Reorganisation) -> set[str]:
    return set(reorganisation.lines.order_by("pk").values_list("old_unit__code", flat=True))


def _new_codes(reorganisation: Reorganisation) -> set[str]:
    return set(reorganisation.lines.order_by("pk").values_list("new_code", flat=True))
