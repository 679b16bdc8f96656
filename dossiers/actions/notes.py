"""The agency notes something on a dossier, for itself. State, clock and the national portal do not notice."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.standing import NoPost, official
from dossiers.actions.transition import By, locked
from dossiers.models import Dossier, InternalNote
from dossiers.models.talk import LONGEST
from dossiers.team import posted
from portal.accounts.identity import identity_of
from portal.accounts.models import Role, User
from portal.core.clock import technical_now
from portal.core.errors import DomainError
from portal.core.workcalendar import local
from portal.notifications.actions import Recipient, notify


class NoteRefused(DomainError):
    """There is nothing to note, or the person mentioned is no colleague."""


@transaction.atomic
def write_note(dossier: Dossier, *, by: By, text: str, mentioned: User | None = None) -> InternalNote:
    """The note stands beside the papers; the colleague it mentions finds it in the work list, and in the mail if there is an address.

    Raises NoPost, NoteRefused.
    """
    dossier = locked(dossier.pk)
    author, agency = official(dossier, by)
    on, said = local(by.at).date(), text.replace("\0", "").strip()
    if not {Role.OFFICER, Role.LEADER} & {role for role, agencies in identity_of(author, on).agencies.items() if agency.pk in agencies}:
        raise NoPost(_("Only a person of the agency can do this."))
    if not said or len(said) > LONGEST:
        raise NoteRefused(_("Write a note of at most %(count)d characters.") % {"count": LONGEST})
    if mentioned is not None and (mentioned.pk == author.pk or not posted([agency.pk], on).filter(pk=mentioned.pk).exists()):
        raise NoteRefused(_("Choose a colleague of your agency."))
    note = InternalNote.objects.create(dossier=dossier, agency=agency, author=author, text=said, mentioned=mentioned, at=by.at)
    if mentioned is not None and mentioned.email:
        _mail(dossier, note, mentioned.email)
    return note


def see_notes(who: User, keys: Collection[int], *, at: datetime) -> int:
    """These of the notes that mention the person are no longer shown as new; returns how many."""
    return InternalNote.objects.filter(mentioned=who, pk__in=keys, seen_at__isnull=True).update(seen_at=at)


def _mail(dossier: Dossier, note: InternalNote, email: str) -> None:
    notify(
        "mentioned",
        subject_id=dossier.pk,
        sequence=note.pk,
        code=dossier.code,
        secret="",
        to=Recipient(phone="", email=email, office_id=dossier.receiving_office_id),
        link=f"{settings.BASE_URL}/xu-ly/{dossier.code}/",
        at=technical_now(),
    )
