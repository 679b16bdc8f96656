"""A fee whose amount no table here knows (a council sets it, a tariff) gets its amount from the person who knows it, and is owed."""

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.say import say
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.documents.issue import issue
from dossiers.lifecycle import Verb
from dossiers.models import FeeLine, IssuedDocument
from portal.core.errors import Conflict, DomainError, NotAllowed
from portal.core.money import MOST_VND, format_vnd


class AmountUnclear(DomainError):
    """No amount, or nothing that it rests on."""


class AmountKnown(Conflict):
    """The line has an amount already; a colleague was faster, or it was never unknown."""


@transaction.atomic
def set_fee_amount(line: FeeLine, *, amount_vnd: int, basis: str, by: By) -> IssuedDocument:
    """The line is due with this amount, the notice issued and the person told; the event keeps amount and basis for ever.

    For the competent agency, its own counter and the receiving counter. Raises AmountUnclear, AmountKnown, NotAllowed, StepNotPossible.
    """
    basis = " ".join(basis.split())
    if not 0 < amount_vnd <= MOST_VND or len(basis) < 5:
        raise AmountUnclear(_("Enter the amount and what it rests on, such as the number of the resolution."))
    dossier = locked(line.dossier_id)
    if not _may(by, dossier.agency_id, dossier.receiving_office_id, dossier.agency.reception_office_id if dossier.agency else None):
        raise NotAllowed(_("The amount is entered by the competent agency, its own counter or the counter that received the dossier."))
    line = dossier.fee_lines.select_for_update().get(pk=line.pk)
    if line.state != FeeLine.State.UNKNOWN:
        raise AmountKnown(_("The amount of this fee has already been entered."))
    line.amount_vnd, line.basis, line.state = amount_vnd, basis[:300], FeeLine.State.DUE
    line.save(update_fields=["amount_vnd", "basis", "state"])
    note = f"{line.name}: {format_vnd(amount_vnd)} ({line.basis})"
    facts = {"line": line.pk, "amount_vnd": amount_vnd, "basis": line.basis}
    event = transition(dossier, Verb.SET_FEE, by, Step(note=note, facts=facts))
    notice = issue(
        dossier, kind="payment_notice", at=by.at, actor=by.user, office=by.office, agency=by.agency, extra={"reason": line.basis}
    )
    say(dossier, "payment", event)
    return notice


def _may(by: By, agency_id: int | None, *counters: int | None) -> bool:
    if by.agency is not None:
        return by.agency.pk == agency_id
    return by.office is not None and by.office.pk in counters
