"""Enter, approve and cancel a reorganisation. Approving writes everything dated; nothing happens on the day itself.

Source: Luật Tổ chức chính quyền địa phương 2025; how the change of 1 July 2025 was written down (NQ 202/2025/QH15).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from portal.agencies.actions.reorganise_rows import Written, remove_rows, write_rows
from portal.agencies.models import AdministrativeUnit, Reorganisation, ReorganisationLine, ReorganisationRecord
from portal.agencies.queries.reorganisations import planned
from portal.agencies.reorganisation import FLAWS, Problem
from portal.core.db import require_transaction
from portal.core.errors import DomainError

Account = Any
"""A row of the table of accounts; the app that keeps them stands above this one."""
LOCK = 7_410_205
"""Key of the advisory lock under which dated rows of units and agencies are written, one reorganisation at a time."""


class NotPossible(DomainError):
    """The reorganisation cannot be entered, approved or cancelled as it stands."""

    status = 409


@dataclass(frozen=True, slots=True)
class NewLine:
    """One line as entered."""

    old_unit: AdministrativeUnit
    code: str
    name: str
    type: str
    province_code: str = ""
    identifier: str = ""


@transaction.atomic
def enter(
    reorganisation: Reorganisation, lines: Sequence[NewLine], *, actor: Account, at: datetime, today: date
) -> tuple[Reorganisation, tuple[Problem, ...]]:
    """The draft is kept with its lines, and what is still wrong with them is told. Raises NotPossible."""
    if reorganisation.pk is not None and _locked(reorganisation.pk).state != Reorganisation.State.DRAFT:
        raise NotPossible(_("Only a draft of a decision can be changed."))
    _in_future(reorganisation.effective_from, today)
    reorganisation.entered_by, reorganisation.entered_at = actor, at
    reorganisation.save()
    reorganisation.lines.all().delete()
    ReorganisationLine.objects.bulk_create(
        ReorganisationLine(
            reorganisation=reorganisation, old_unit=line.old_unit, new_code=line.code, new_name=line.name, new_type=line.type,
            new_province_code=line.province_code, new_identifier=line.identifier,
        )
        for line in {(line.old_unit.pk, line.code): line for line in lines}.values()
    )  # fmt: skip
    record(reorganisation, "entered", actor=actor, at=at, facts={"lines": len(lines)})
    return reorganisation, planned(reorganisation).problems


@transaction.atomic
def approve(reorganisation: Reorganisation, *, actor: Account, at: datetime, today: date) -> Reorganisation:
    """Units, agencies, offices, areas and successions of the day are written. Raises NotPossible."""
    one_at_a_time()
    reorganisation = _locked(reorganisation.pk)
    if reorganisation.state != Reorganisation.State.DRAFT:
        raise NotPossible(_("Only a draft can be approved."))
    if reorganisation.entered_by_id == actor.pk:
        raise NotPossible(_("A second person has to approve what you entered."))
    _in_future(reorganisation.effective_from, today)
    plan = planned(reorganisation)
    if plan.problems:
        raise NotPossible(problem_text(plan.problems[0]))
    written = write_rows(reorganisation, plan)
    reorganisation.state = Reorganisation.State.APPROVED
    reorganisation.approved_by, reorganisation.approved_at = actor, at
    reorganisation.save(update_fields=["state", "approved_by", "approved_at"])
    record(reorganisation, "approved", actor=actor, at=at, facts=written.as_dict())
    return reorganisation


@transaction.atomic
def cancel(reorganisation: Reorganisation, *, actor: Account, reason: str, at: datetime, today: date) -> Reorganisation:
    """Nothing of it will happen: what would have begun is gone, what would have ended goes on. Not from its day on. Raises NotPossible."""
    one_at_a_time()
    reorganisation = _locked(reorganisation.pk)
    if len(reason.strip()) < 10:
        raise NotPossible(_("Write why, in at least ten characters."))
    if reorganisation.state == Reorganisation.State.CANCELLED:
        raise NotPossible(_("It is already cancelled."))
    was_approved = reorganisation.state == Reorganisation.State.APPROVED
    if was_approved and reorganisation.effective_from <= today:
        raise NotPossible(_("It has taken effect and cannot be cancelled. Enter a new decision that changes the units again."))
    reorganisation.state = Reorganisation.State.CANCELLED
    reorganisation.closed_by, reorganisation.closed_at, reorganisation.close_reason = actor, at, reason.strip()[:500]
    reorganisation.save(update_fields=["state", "closed_by", "closed_at", "close_reason"])
    if was_approved:
        reorganisation.lines.update(new_unit=None)
        approved = reorganisation.records.filter(step="approved").order_by("pk")[:1].get()
        if (in_use := remove_rows(reorganisation, Written.from_dict(approved.facts))) is not None:
            raise NotPossible(_("%(what)s already builds on it. Undo that first.") % {"what": in_use})
    record(reorganisation, "cancelled", actor=actor, at=at, note=reason.strip())
    return reorganisation


def one_at_a_time() -> None:
    """No other reorganisation is written until this transaction ends."""
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [LOCK])


def record(
    reorganisation: Reorganisation,
    step: str,
    *,
    at: datetime,
    actor: Account = None,
    note: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """The step is on record for ever."""
    ReorganisationRecord.objects.create(
        reorganisation=reorganisation, step=step, actor=actor, note=note[:500], facts=dict(facts or {}), at=at
    )


def problem_text(problem: Problem) -> str:
    """The flaw in words."""
    return _(FLAWS[problem.flaw]) % {"code": problem.code, "name": problem.name}


def _locked(pk: int) -> Reorganisation:
    return Reorganisation.objects.select_for_update().get(pk=pk)


def _in_future(day: date, today: date) -> None:
    if day <= today:
        raise NotPossible(_("The first day must lie in the future: what has happened cannot be entered as a change to come."))
