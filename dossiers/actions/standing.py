"""Who may take a step, checked by the action itself: whatever page or program calls it, a stranger is refused."""

from django.utils.translation import gettext as _

from dossiers.actions.transition import By
from dossiers.models import Dossier
from portal.accounts.identity import identity_of
from portal.accounts.models import Role, User
from portal.agencies.models import Agency
from portal.core.errors import NotAllowed
from portal.core.workcalendar import local


class NotHolder(NotAllowed):
    """Only the officer who holds the dossier does this."""


class NoPost(NotAllowed):
    """The person does not hold the post at the deciding agency on that day."""


def official(dossier: Dossier, by: By) -> tuple[User, Agency]:
    """The person and the deciding agency, in whose name the step is taken. Raises NoPost."""
    if by.user is None or by.agency is None or by.agency.pk != dossier.agency_id:
        raise NoPost(_("Only a person of the agency can do this."))
    return by.user, by.agency


def holds_post(user: User, role: Role, dossier: Dossier, by: By) -> bool:
    """Whether the user has the role at the agency that decides this dossier on the day of the step. One query."""
    return dossier.agency_id in identity_of(user, local(by.at).date()).agencies.get(role, ())


def require_post(dossier: Dossier, by: By, role: Role) -> tuple[User, Agency]:
    """The person and the agency; the person has the post there today. Raises NoPost."""
    user, agency = official(dossier, by)
    if not holds_post(user, role, dossier, by):
        raise NoPost(_("Only a person of the agency can do this."))
    return user, agency


def require_holder(dossier: Dossier, by: By) -> tuple[User, Agency]:
    """The officer who holds the dossier, and the agency. Raises NotHolder, NoPost."""
    user, agency = require_post(dossier, by, Role.OFFICER)
    if dossier.assigned_to_id != user.pk:
        raise NotHolder(_("A colleague holds this dossier."))
    return user, agency
