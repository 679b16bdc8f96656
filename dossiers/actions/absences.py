"""Somebody of the agency is away; the work is offered to others meanwhile."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dossiers.actions.transition import By
from dossiers.models import Absence
from portal.accounts.identity import identity_of
from portal.accounts.models import Role, User
from portal.agencies.models import Agency
from portal.core.errors import Conflict, DomainError, NotAllowed
from portal.core.workcalendar import local

LONGEST_DAYS = 366


class NotAway(DomainError):
    """Days or deputy do not fit."""


class OverlapsAbsence(Conflict):
    """Some of the days are entered already."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Who is away from when to when, both days counted, and who stands in."""

    user: User
    agency: Agency
    starts_on: date
    ends_on: date
    deputy: User | None = None


@transaction.atomic
def enter_absence(leave: Leave, *, by: By) -> Absence:
    """The person is offered no new work on these days. Raises NotAllowed, NotAway, OverlapsAbsence."""
    user = _entitled(leave.user, leave.agency, by)
    _check(leave, on=local(by.at).date())
    try:
        with transaction.atomic():
            return Absence.objects.create(
                user=leave.user,
                agency=leave.agency,
                starts_on=leave.starts_on,
                ends_on=leave.ends_on,
                deputy=leave.deputy,
                entered_by=user,
                entered_at=by.at,
            )
    except IntegrityError as refused:
        raise OverlapsAbsence(_("These days overlap an absence that is entered already.")) from refused


@transaction.atomic
def call_off(absence: Absence, *, by: By) -> None:
    """The person is there again; that the absence was entered stays on record. Raises NotAllowed."""
    absence = Absence.objects.select_for_update(of=("self",)).select_related("user", "agency").get(pk=absence.pk)
    user = _entitled(absence.user, absence.agency, by)
    if absence.cancelled_at is None:
        absence.cancelled_at, absence.cancelled_by = by.at, user
        absence.save(update_fields=["cancelled_at", "cancelled_by"])


def _entitled(person: User, agency: Agency, by: By) -> User:
    """The leader of the agency, or the person. Raises NotAllowed."""
    if by.user is not None:
        leads = agency.pk in identity_of(by.user, local(by.at).date()).agencies.get(Role.LEADER, ())
        if leads or by.user.pk == person.pk:
            return by.user
    raise NotAllowed(_("Absences are entered by the person or by the leader."))


def _check(leave: Leave, *, on: date) -> None:
    posts, wrong = _posts(leave.user, leave.agency, on), ""
    if not posts:
        wrong = _("%(name)s holds no post at this agency.") % {"name": leave.user.full_name}
    elif leave.ends_on < max(leave.starts_on, on):
        wrong = _("The last day cannot lie before the first, nor in the past.")
    elif (leave.ends_on - leave.starts_on).days > LONGEST_DAYS:
        wrong = _("Enter a year at most.")
    elif leave.deputy and leave.deputy.pk == leave.user.pk:
        wrong = _("Somebody else must stand in.")
    elif leave.deputy and not posts & _posts(leave.deputy, leave.agency, on):
        wrong = _("%(name)s cannot stand in: another post.") % {"name": leave.deputy.full_name}
    if wrong:
        raise NotAway(wrong)


def _posts(user: User, agency: Agency, on: date) -> set[Role]:
    """As what the person works at the agency: officer, approver or both."""
    held = identity_of(user, on).agencies
    return {role for role in (Role.OFFICER, Role.LEADER) if agency.pk in held.get(role, ())}
