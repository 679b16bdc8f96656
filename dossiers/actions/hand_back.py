"""The result reaches a counter and is handed to the right person, or is opened as a file."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.print_again import print_again
from dossiers.actions.result_moves import ask_holder, receive, send_on, withdraw
from dossiers.actions.say import say
from dossiers.actions.transition import By, Step, StepNotPossible, locked, transition
from dossiers.documents.issue import issue
from dossiers.lifecycle import State, Verb
from dossiers.models import DocumentPrint, Dossier, HandOver, IssuedDocument, Party, RefusedCollection
from portal.agencies.models import Office
from portal.core.errors import DomainError


class NotHere(DomainError):
    """The result lies at another counter or has not arrived."""


class WrongCollector(DomainError):
    """The person is neither the owner nor authorised; the attempt is recorded."""


@dataclass(frozen=True, slots=True)
class Collector:
    """Who stands at the counter. `ground` is the authorisation of somebody who is not a party."""

    name: str
    personal_id: str
    ground: str = ""
    identity_checked: bool = False


@transaction.atomic
def call_result_to(dossier: Dossier, *, by: By, office: Office) -> None:
    """The counter that holds a paper result is asked to send it to this one, which the person chose.

    An electronic one is printed here at once, also when another counter has printed it before. Raises AlreadyAsked, StepNotPossible.
    """
    dossier = locked(dossier.pk)
    if not is_electronic(dossier):
        ask_holder(dossier, by=by, office=office)
        return
    if dossier.returning_office_id == office.pk and State(dossier.state) == State.READY_FOR_COLLECTION:
        raise StepNotPossible(_("The result is already printed at this counter."))
    transition(dossier, Verb.PRINT_AT_COUNTER, by, Step(fields={"returning_office": office, "custody_office": office}))


def is_electronic(dossier: Dossier) -> bool:
    """Whether the result that holds is a file."""
    return dossier.results.filter(withdrawn_at__isnull=True, is_electronic=True).exists()


@transaction.atomic
def send_result(dossier: Dossier, *, by: By) -> Office:
    """The paper leaves this counter for the one that asked for it, which is returned. Raises DomainError if nobody did."""
    return send_on(locked(dossier.pk), by=by)


@transaction.atomic
def certify_print(dossier: Dossier, *, by: By, collector: Collector) -> DocumentPrint:
    """An electronic result that was handed back already is printed once more at this counter: a numbered copy, on record.

    Raises WrongCollector, StepNotPossible.
    """
    dossier = locked(dossier.pk)
    result = dossier.results.filter(withdrawn_at__isnull=True, is_electronic=True, document__isnull=False).order_by("-pk").first()
    if State(dossier.state) != State.CLOSED or result is None or result.document is None:
        raise StepNotPossible(_("Only an electronic result that was handed back is printed again."))
    require_right_person(dossier, collector)
    return print_again(result.document, by=by, reason=collector.name)


@transaction.atomic
def arrive(dossier: Dossier, *, by: By) -> None:
    """The counter to which it was sent holds the result, and the person has been told. Raises NotHere, StepNotPossible."""
    assert by.office is not None  # noqa: S101 -- a clerk's step
    dossier = locked(dossier.pk)
    if dossier.returning_office_id != by.office.pk:
        raise NotHere(_("The result is not on its way to this counter."))
    event = transition(dossier, Verb.ARRIVE, by, Step(fields={"custody_office": by.office}))
    receive(dossier, by=by)
    say(dossier, "result", event)


@transaction.atomic
def hand_back(dossier: Dossier, *, by: By, collector: Collector) -> IssuedDocument:
    """The person has the result and has signed for it. Raises NotHere, WrongCollector, StepNotPossible."""
    assert by.office is not None  # noqa: S101 -- a clerk's step
    dossier = locked(dossier.pk)
    if State(dossier.state) != State.READY_FOR_COLLECTION:
        raise StepNotPossible(_("The result is not at a counter yet."))
    if dossier.returning_office_id != by.office.pk:
        raise NotHere(_("The result lies at another counter. Ask for it to be sent here first."))
    require_right_person(dossier, collector)
    receipt = issue(dossier, kind="handover_receipt", at=by.at, actor=by.user, office=by.office, extra={"collector": collector})
    HandOver.objects.create(
        dossier=dossier,
        office=by.office,
        clerk=by.user,
        collector_name=collector.name,
        collector_id=collector.personal_id,
        ground=collector.ground,
        at=by.at,
        receipt=receipt,
    )
    withdraw(dossier, by=by)  # another counter may have asked for it meanwhile
    transition(dossier, Verb.HAND_BACK, by, Step(fields={"returned_at": by.at, "custody_office": None}))
    return receipt


@transaction.atomic
def open_as_file(dossier: Dossier, *, by: By, collector: Collector) -> None:
    """The applicant has opened the electronic result; nothing is left to hand over."""
    dossier = locked(dossier.pk)
    if State(dossier.state) not in (State.ISSUED,):
        return
    HandOver.objects.create(dossier=dossier, collector_name=collector.name, collector_id=collector.personal_id, at=by.at)
    transition(dossier, Verb.HAND_BACK, by, Step(fields={"returned_at": by.at}))


def require_right_person(dossier: Dossier, collector: Collector) -> None:
    """Raise WrongCollector unless the identity was checked and the person is a party or brings an authorisation."""
    if not collector.identity_checked:
        raise WrongCollector(_("Check the collector's identity paper first."))
    known = {
        party.personal_id or party.tax_code
        for party in dossier.parties.filter(role__in=[Party.Role.OWNER, Party.Role.COLLECTOR, Party.Role.SUBMITTER])
    } - {""}
    if collector.personal_id not in known and not collector.ground.strip():
        raise WrongCollector(
            _("This person is neither owner nor named collector. Ask for a written authorisation, or turn the person away.")
        )


@transaction.atomic
def turn_away(dossier: Dossier, *, by: By, collector_name: str, reason: str) -> None:
    """The attempt of the wrong person is on record; the dossier has not changed."""
    assert by.office is not None and by.user is not None  # noqa: S101, PT018 -- a clerk's step
    RefusedCollection.objects.create(
        dossier=dossier, office=by.office, clerk=by.user, collector_name=collector_name, reason=reason, at=by.at
    )
