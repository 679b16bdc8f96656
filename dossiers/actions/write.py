"""The agency and the applicant write to each other. No state changes, no clock moves, and the national portal is told nothing."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.say import tell
from dossiers.actions.standing import NotHolder, holds_post, official
from dossiers.actions.transition import By, locked
from dossiers.models import Dossier, ThreadMessage
from dossiers.models.talk import LONGEST
from dossiers.threads import NEW_TO_AGENCY, NEW_TO_APPLICANT, closed_because
from portal.accounts.models import Role, User
from portal.core.errors import Conflict, DomainError, NotAllowed

MOST_AN_HOUR = 10
WINDOW = timedelta(hours=1)


class MessageRefused(DomainError):
    """There is nothing to send, or more than fits."""


class ThreadClosed(Conflict):
    """Nobody reads it: the case has ended, has not begun, or has no account."""


class TooManyMessages(DomainError):
    """The person has written so often that somebody should answer first."""

    status = 429


class NotApplicant(NotAllowed):
    """Only whoever filed the dossier writes about it."""


@transaction.atomic
def write_to_applicant(dossier: Dossier, *, by: By, text: str) -> ThreadMessage:
    """The applicant finds it on the page of the dossier and has a message about it, one for all that is still unread.

    Raises NotHolder, NoPost, ThreadClosed, MessageRefused, TooManyMessages.
    """
    dossier = locked(dossier.pk)
    user, agency = official(dossier, by)
    holds = dossier.assigned_to_id == user.pk and holds_post(user, Role.OFFICER, dossier, by)
    if not holds and not holds_post(user, Role.LEADER, dossier, by):
        raise NotHolder(_("A colleague holds this dossier."))
    said = _checked(dossier, user, text, by)
    is_first = not dossier.thread.filter(NEW_TO_APPLICANT).exists()
    message = ThreadMessage.objects.create(dossier=dossier, author=user, agency=agency, text=said, at=by.at)
    mark_read(dossier, by=by)
    if is_first:
        tell(dossier, "message", message.pk, path=f"/ho-so-cua-toi/{dossier.code}/trao-doi/")
    return message


@transaction.atomic
def write_to_agency(dossier: Dossier, *, by: By, text: str) -> ThreadMessage:
    """The agency finds it in its work list. Raises NotApplicant, ThreadClosed, MessageRefused, TooManyMessages."""
    dossier = locked(dossier.pk)
    if by.user is None or by.user.pk != dossier.applicant_id:
        raise NotApplicant(_("Only whoever filed the dossier writes to the agency about it."))
    message = ThreadMessage.objects.create(
        dossier=dossier, author=by.user, agency=None, text=_checked(dossier, by.user, text, by), at=by.at
    )
    mark_read(dossier, by=by)
    return message


def mark_read(dossier: Dossier, *, by: By) -> int:
    """What the other side has written is read. Returns how many messages that were."""
    new = NEW_TO_APPLICANT if by.agency is None else NEW_TO_AGENCY
    return dossier.thread.filter(new).update(read_at=by.at)


def _checked(dossier: Dossier, author: User, text: str, by: By) -> str:
    said = text.replace("\0", "").strip()
    if closed := closed_because(dossier):
        raise ThreadClosed(closed)
    if not said or len(said) > LONGEST:
        raise MessageRefused(_("Write a message of at most %(count)d characters.") % {"count": LONGEST})
    if dossier.thread.filter(author=author, at__gt=by.at - WINDOW).count() >= MOST_AN_HOUR:
        raise TooManyMessages(
            _("You have written %(count)d messages within an hour. Wait for an answer, or write again later.") % {"count": MOST_AN_HOUR}
        )
    return said
