"""What is done to one dossier of a batch: the very actions of the single pages, by the person who started the batch."""

from datetime import datetime

from django.utils.translation import gettext as _

from dossiers.actions import decide, delay
from dossiers.actions.bulk import Act, NotSeen
from dossiers.actions.ledger import CalendarMissing
from dossiers.actions.print_again import print_again
from dossiers.actions.reassign import Giving, reassign
from dossiers.actions.transition import By
from dossiers.documents.merged import printed_documents
from dossiers.history import state_label
from dossiers.models import BulkItem, Dossier
from dossiers.permissions import steps_for
from dossiers.states import Verb
from dossiers.views.officer.editing import require_free
from portal.accounts.identity import Identity
from portal.accounts.models import User
from portal.agencies.queries import working_calendar
from portal.core.errors import DomainError, NotAllowed
from portal.core.workcalendar import CalendarYearMissing, local

PRINTED = "In cùng nhiều hồ sơ"


class HeldOrMoved(NotAllowed):
    """A colleague holds it, or its state does not permit the step any more."""

    status = 409


def _by(who: Identity, dossier: Dossier, at: datetime) -> By:
    return By(who.user if isinstance(who.user, User) else None, at, agency=dossier.agency)


def _require(who: Identity, dossier: Dossier, verb: Verb) -> None:
    if verb not in steps_for(who, dossier):
        holder = f": {dossier.assigned_to.full_name}" if dossier.assigned_to else ""
        raise HeldOrMoved(f"{state_label(dossier.state)}{holder}")


def claiming(who: Identity, at: datetime) -> Act:
    """The dossier is the officer's."""

    def act(dossier: Dossier, _item: BulkItem) -> str:
        _require(who, dossier, Verb.CLAIM)
        decide.claim(dossier, by=_by(who, dossier, at))
        return _("Taken by you")

    return act


def assigning(who: Identity, at: datetime, giving: Giving) -> Act:
    """The dossier is with that officer."""

    def act(dossier: Dossier, _item: BulkItem) -> str:
        _require(who, dossier, Verb.REASSIGN)
        reassign(dossier, by=_by(who, dossier, at), giving=giving, expected_version=dossier.state_version)
        return giving.to.full_name

    return act


def extending(who: Identity, at: datetime, *, days: int, reason: str) -> Act:
    """The return date has moved by so many working days, and the person has the letter."""

    def act(dossier: Dossier, _item: BulkItem) -> str:
        _require(who, dossier, Verb.EXTEND)
        require_free(dossier, Verb.EXTEND, who)
        new = _later(dossier, days)
        letter = delay.extend(dossier, by=_by(who, dossier, at), new_due_at=new, reason=reason, expected_version=dossier.state_version)
        return _("New return date %(date)s, letter %(number)s") % {"date": f"{local(new):%d/%m/%Y}", "number": letter.number}

    return act


def _later(dossier: Dossier, days: int) -> datetime:
    if dossier.due_at is None:
        raise DomainError(_("The law sets no time for this dossier; there is nothing to extend."))
    due = local(dossier.due_at).date()
    calendar = working_calendar(range(due.year, due.year + 2))
    try:
        return calendar.end_of_shift(calendar.add_working_days(due, days))
    except CalendarYearMissing as missing:
        raise CalendarMissing(_("The working calendar of that year has not been entered yet. Choose an earlier date.")) from missing


def printing(who: Identity, at: datetime) -> Act:
    """A copy of its control sheet and declaration is on record; the file is made when it is opened."""

    def act(dossier: Dossier, _item: BulkItem) -> str:
        documents = printed_documents(dossier)
        copies = [print_again(each, by=_by(who, dossier, at), reason=PRINTED).copy_no for each in documents]
        numbers = ", ".join(f"{each.number} ({copy})" for each, copy in zip(documents, copies, strict=True))
        return _("In the file: %(what)s") % {"what": numbers or _("papers only")}

    return act


def signing(who: Identity, at: datetime) -> Act:
    """The result is signed, numbered and issued, in the version that the leader looked at."""

    def act(dossier: Dossier, item: BulkItem) -> str:
        if item.seen_version is None:
            raise NotSeen(_("You have not looked at this result."))
        _require(who, dossier, Verb.SIGN)
        result = decide.sign(dossier, by=_by(who, dossier, at), expected_version=item.seen_version)
        return _("Signed and issued as number %(number)s.") % {"number": result.number}

    return act
