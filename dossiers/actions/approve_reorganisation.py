"""Approve a reorganisation, after looking who would be competent in the new units on its first day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from portal.accounts import reorganising
from portal.accounts.models import User
from portal.agencies.actions.reorganise import record
from portal.agencies.models import Reorganisation
from portal.core.db import require_transaction
from procedures.actions.gaps import LeavesGaps, one_publication_at_a_time
from procedures.queries.gaps import Gaps, gaps_in_units

ONE_DAY = timedelta(days=1)
LEAST_REASON = 10
KEPT_ROWS = 60


class PlacesWithoutAgency(LeavesGaps):
    """From the first day on, places would have no competent agency, or several. `gaps` names them."""


@transaction.atomic
def approve_reorganisation(reorganisation: Reorganisation, *, actor: User, at: datetime, today: date, despite: str = "") -> Reorganisation:
    """Everything of the day is written. Raises NotPossible, and PlacesWithoutAgency unless `despite` says in words why all the same.

    A gap that everything at the place has already does not count: the reorganisation does not make it.
    """
    one_publication_at_a_time()
    approved, gaps = _approve(reorganisation, actor=actor, at=at, today=today)
    if not gaps:
        return approved
    if len(despite.strip()) < LEAST_REASON:
        raise PlacesWithoutAgency(gaps)
    facts = {"total": gaps.total, "places": [_line(row.procedure, row.outcome, row.communes) for row in gaps.rows[:KEPT_ROWS]]}
    record(approved, "with_gaps", actor=actor, at=at, note=despite.strip(), facts=facts)
    return approved


def gaps_if_approved(reorganisation: Reorganisation, *, actor: User, at: datetime, today: date) -> Gaps:
    """What approving would be refused for; nothing stays written. Raises NotPossible."""
    with transaction.atomic():
        _approved, gaps = _approve(reorganisation, actor=actor, at=at, today=today)
        transaction.set_rollback(True)
    return gaps


def _approve(reorganisation: Reorganisation, *, actor: User, at: datetime, today: date) -> tuple[Reorganisation, Gaps]:
    require_transaction()
    earlier = gaps_in_units(reorganisation.effective_from - ONE_DAY, _old_codes(reorganisation))
    approved = reorganising.approve(reorganisation, actor=actor, at=at, today=today)
    return approved, _new(gaps_in_units(approved.effective_from, _new_codes(approved)), earlier, _origins(approved))


def _line(procedure: str, outcome: str, communes: Iterable[str]) -> dict[str, object]:
    return {"procedure": procedure, "outcome": str(outcome), "communes": list(communes)}


def _new(gaps: Gaps, earlier: Gaps, origins: Mapping[str, Collection[str]]) -> Gaps:
    """The gaps without the places that were without an answer before, in each of the communes that they come from."""
    known = {(row.procedure, row.outcome, code) for row in earlier.rows for code in row.codes}
    rows = (
        row.only({code for code in row.codes if not all((row.procedure, row.outcome, old) in known for old in origins.get(code, (code,)))})
        for row in gaps.rows
    )
    return Gaps(tuple(row for row in rows if row.codes))


def _origins(reorganisation: Reorganisation) -> dict[str, set[str]]:
    """Old codes by new code. A commune that no line names, in a province that is merged, keeps its own."""
    origins: dict[str, set[str]] = defaultdict(set)
    for new, old in reorganisation.lines.order_by("pk").values_list("new_code", "old_unit__code"):
        origins[new].add(old)
    return origins


def _old_codes(reorganisation: Reorganisation) -> set[str]:
    return set(reorganisation.lines.order_by("pk").values_list("old_unit__code", flat=True))


def _new_codes(reorganisation: Reorganisation) -> set[str]:
    return set(reorganisation.lines.order_by("pk").values_list("new_code", flat=True))
