"""A result on paper goes from hand to hand: asked for, sent, received. Each is on record with both counters."""

from django.utils.translation import gettext as _

from dossiers.actions.transition import By, Step, StepNotPossible, transition
from dossiers.lifecycle import State, Verb
from dossiers.models import Dossier, ResultMove
from portal.agencies.models import Office
from portal.core.errors import Conflict, DomainError


class AlreadyAsked(Conflict):
    """Another counter has asked for the result and has not got it yet."""


def open_move(dossier: Dossier) -> ResultMove | None:
    """The move that is under way or asked for."""
    moves = ResultMove.objects.filter(dossier=dossier, received_at__isnull=True, withdrawn_at__isnull=True)
    return moves.select_related("to_office", "from_office").first()


def leave_agency(dossier: Dossier, *, by: By) -> None:
    """The signed paper of the (locked) dossier is on its way to the counter where the person wants it."""
    office = dossier.returning_office or dossier.receiving_office
    ResultMove.objects.create(dossier=dossier, from_agency=dossier.agency, to_office=office, sent_by=by.user, sent_at=by.at)
    transition(dossier, Verb.SEND_RESULT, by, Step(fields={"returning_office": office}))


def ask_holder(dossier: Dossier, *, by: By, office: Office) -> ResultMove:
    """The counter that holds the paper of the (locked) dossier is asked to send it to this one. Raises StepNotPossible, AlreadyAsked."""
    if State(dossier.state) != State.READY_FOR_COLLECTION or dossier.returning_office_id == office.pk:
        raise StepNotPossible(_("The result is not at another counter."))
    if open_move(dossier) is not None:
        raise AlreadyAsked(_("Another counter has already asked for this result."))
    return ResultMove.objects.create(
        dossier=dossier, from_office=dossier.returning_office, to_office=office, asked_by=by.user, asked_at=by.at
    )


def send_on(dossier: Dossier, *, by: By) -> Office:
    """The paper of the (locked) dossier leaves this counter for the one that asked. Raises DomainError if nobody did."""
    move = open_move(dossier)
    if move is None or move.sent_at is not None or by.office is None or move.from_office_id != by.office.pk:
        raise DomainError(_("No counter has asked this one for the result."))
    move.sent_by, move.sent_at = by.user, by.at
    move.save(update_fields=["sent_by", "sent_at"])
    transition(dossier, Verb.SEND_RESULT, by, Step(fields={"returning_office": move.to_office, "custody_office": None}))
    return move.to_office


def receive(dossier: Dossier, *, by: By) -> None:
    """The move of the (locked) dossier has ended at this counter."""
    move = open_move(dossier)
    if move is not None:
        move.received_by, move.received_at = by.user, by.at
        move.save(update_fields=["received_by", "received_at"])


def withdraw(dossier: Dossier, *, by: By) -> None:
    """Nobody waits for the paper of the (locked) dossier any more."""
    move = open_move(dossier)
    if move is not None:
        move.withdrawn_at = by.at
        move.save(update_fields=["withdrawn_at"])
