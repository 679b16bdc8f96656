"""The centre answers in which part of a divided unit an address lies; routing goes on with the answer."""

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.route import FOR_A_PERSON, leave_to_person, wake_router
from dossiers.actions.transition import By, locked
from dossiers.models import Dossier, PlaceFinding, PlaceQuestion
from portal.agencies.models import AdministrativeUnit
from portal.core.errors import DomainError

SEQUENCE_AFTER = 1_000_000
"""Routing after an answer comes after the routings that steps of the dossier ask for; none has a million steps."""


class AlreadyAnswered(DomainError):
    """Somebody else has answered the question."""

    status = 409


@transaction.atomic
def answer_place(question: PlaceQuestion, *, by: By, unit: AdministrativeUnit | None, note: str = "") -> None:
    """The answer is on record with its author. A part: the dossier is routed by it. None of the parts: a person decides.

    Raises AlreadyAnswered.
    """
    assert by.user is not None  # noqa: S101 -- people answer
    dossier = locked(question.dossier_id)
    question = PlaceQuestion.objects.select_for_update(of=("self",)).select_related("office").get(pk=question.pk)
    if question.answered_at is not None:
        raise AlreadyAnswered(_("A colleague has already answered this question."))
    if unit is not None and unit.pk not in question.options:
        raise DomainError(_("Choose one of the parts, or say that it is none of them."))
    if unit is None and len(note.strip()) < 10:
        raise DomainError(_("Say in a few words what you know about the address (10 characters or more)."))
    question.answered_at, question.answered_by, question.answer, question.note = by.at, by.user, unit, note.strip()[:500]
    question.save(update_fields=["answered_at", "answered_by", "answer", "note"])
    if unit is None:
        _leave(dossier)
        return
    PlaceFinding.objects.create(
        dossier=dossier,
        fact=question.fact,
        unit=unit,
        source=PlaceFinding.Source.ANSWERED,
        told_by=question.office.name,
        by=by.user,
        at=by.at,
    )
    if dossier.routing in (Dossier.Routing.ASKED, *FOR_A_PERSON):
        leave_to_person(dossier, Dossier.Routing.PENDING)
        wake_router(dossier, SEQUENCE_AFTER + question.pk)


def _leave(dossier: Dossier) -> None:
    if dossier.routing == Dossier.Routing.ASKED:
        last = dossier.route_decisions.order_by("-pk").first()
        several = last is not None and last.outcome == "several"
        leave_to_person(dossier, Dossier.Routing.SEVERAL if several else Dossier.Routing.NONE)
