"""What lengthens or ends the handling: one extension with an apology, a withdrawal."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.ledger import CalendarMissing
from dossiers.actions.reasons import require_reason
from dossiers.actions.release_held import release_held_fees
from dossiers.actions.say import say
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.documents.issue import issue
from dossiers.lifecycle import Verb
from dossiers.models import Dossier, FeeLine, IssuedDocument
from portal.accounts.identity import identity_of
from portal.accounts.models import Role
from portal.agencies.queries import working_calendar
from portal.core.errors import DomainError, NotAllowed
from portal.core.workcalendar import CalendarYearMissing, local


class TooLateToExtend(DomainError):
    """Less than one working day is left, or the date has passed."""


class ExtendedBefore(DomainError):
    """One extension only."""


class NotTheirs(NotAllowed):
    """Somebody else's dossier."""


class DateNotLater(DomainError):
    """The new date must lie after the present one."""


@transaction.atomic
def extend(dossier: Dossier, *, by: By, new_due_at: datetime, reason: str, expected_version: int) -> IssuedDocument:
    """The due date has moved once, with the apology letter (form 04); the first due date stays for statistics.

    Raises ReasonMissing, TooLateToExtend, ExtendedBefore, DateNotLater, CalendarMissing. Source: Nghị định 118/2025/NĐ-CP: one time,
    at least one working day before the due date.
    """
    reason = require_reason(reason)
    dossier = locked(dossier.pk, expected_version=expected_version)
    if dossier.extensions:
        raise ExtendedBefore(_("A dossier can be extended only once."))
    if dossier.due_at is None or new_due_at <= dossier.due_at:
        raise DateNotLater(_("The new return date must be later than the present one."))
    if not _a_working_day_is_left(by.at, dossier.due_at):
        raise TooLateToExtend(_("An extension must be announced at least one working day before the return date."))
    old_due_at = dossier.due_at
    event = transition(
        dossier, Verb.EXTEND, by, Step(note=reason, legal_basis="118/2025/NĐ-CP", new_due_at=new_due_at, fields={"extensions": 1})
    )
    letter = issue(
        dossier,
        kind="apology_letter",
        at=by.at,
        actor=by.user,
        agency=by.agency,
        extra={"reason": reason, "old_due_at": old_due_at, "new_due_at": dossier.due_at},
    )
    say(dossier, "new_date", event)
    return letter


def _a_working_day_is_left(at: datetime, due_at: datetime) -> bool:
    """Whether the next working day is no later than the due day. Days past the due day are not asked for."""
    today, due = local(at).date(), local(due_at).date()
    calendar = working_calendar(range(today.year, due.year + 1))
    try:
        return any(calendar.is_working_day(today + timedelta(days=n)) for n in range(1, (due - today).days + 1))
    except CalendarYearMissing as missing:
        raise CalendarMissing(_("The working calendar of that year has not been entered yet. Choose an earlier date.")) from missing


@transaction.atomic
def withdraw(dossier: Dossier, *, by: By, reason: str) -> IssuedDocument:
    """The owner has taken the dossier back before a decision; a fee that was held is refundable.

    Raises ReasonMissing, StepNotPossible once it is decided, NotTheirs for whoever is neither its applicant nor a clerk at work.
    """
    reason = require_reason(reason)
    dossier = locked(dossier.pk)
    _require_owner_or_clerk(dossier, by)
    dossier.results.filter(withdrawn_at__isnull=True, signed_at__isnull=True).update(withdrawn_at=by.at, withdrawn_by=by.user)
    dossier.supplement_requests.filter(answered_at__isnull=True).update(answered_at=by.at, answered_by=by.user)
    event = transition(dossier, Verb.WITHDRAW, by, Step(note=reason))
    release_held_fees(dossier, to=FeeLine.State.REFUND_DUE, at=by.at)
    note = issue(dossier, kind="return_note", at=by.at, actor=by.user, office=by.office, extra={"reason": reason})
    say(dossier, "withdrawn", event)
    return note


def _require_owner_or_clerk(dossier: Dossier, by: By) -> None:
    """The applicant withdraws, or a clerk for the person in front of the counter. Raises NotTheirs."""
    if by.user is None:
        raise NotTheirs(_("Only the person whose dossier it is can withdraw it, online or at a counter."))
    is_clerk = by.office is not None and by.office.pk in identity_of(by.user, local(by.at).date()).offices.get(Role.CLERK, ())
    if by.user.pk != dossier.applicant_id and not is_clerk:
        raise NotTheirs(_("Only the person whose dossier it is can withdraw it, online or at a counter."))
