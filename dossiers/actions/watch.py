"""Urge an agency that has not answered, and answer the urging."""

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.transition import By, locked
from dossiers.models import Dossier, Reminder
from portal.agencies.queries import working_calendar
from portal.core.errors import DomainError

HOURS_TO_ANSWER = 8
"""Working hours within which a reminder must be answered."""


class NobodyToUrge(DomainError):
    """The dossier has no agency yet, or is closed."""


class AnswerMissing(DomainError):
    """A reminder must be answered with words."""


@transaction.atomic
def remind(dossier: Dossier, *, by: By, text: str) -> Reminder:
    """The reminder is in the agency's queue, or its counter's inbox,, due in HOURS_TO_ANSWER. Raises NobodyToUrge, AnswerMissing."""
    assert by.user is not None  # noqa: S101 -- people urge
    dossier = locked(dossier.pk)
    if dossier.agency_id is None or not dossier.is_open:
        raise NobodyToUrge(_("No agency is working on this dossier now."))
    if not text.strip():
        raise AnswerMissing(_("Write what you ask for."))
    return Reminder.objects.create(
        dossier=dossier,
        office=by.office,
        agency_id=dossier.agency_id,
        sent_by=by.user,
        sent_at=by.at,
        due_at=working_calendar(range(by.at.year, by.at.year + 2)).add_working_minutes(by.at, HOURS_TO_ANSWER * 60),
        text=text.strip(),
    )


@transaction.atomic
def answer_reminder(reminder: Reminder, *, by: By, text: str) -> None:
    """The watching office can read the answer. Raises AnswerMissing."""
    if not text.strip():
        raise AnswerMissing(_("Write an answer."))
    held = Reminder.objects.select_for_update().get(pk=reminder.pk)
    if held.answered_at is None:
        held.answered_by, held.answered_at, held.answer = by.user, by.at, text.strip()
        held.save(update_fields=["answered_by", "answered_at", "answer"])
