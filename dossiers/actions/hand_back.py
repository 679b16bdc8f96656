"""The result reaches a counter and is handed to the right person, or is opened as a file."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.say import say
from dossiers.actions.transition import By, Step, StepNotPossible, locked, transition
from dossiers.documents.issue import issue
from dossiers.lifecycle import State, Verb
from dossiers.models import Dossier, HandOver, IssuedDocument, Party, RefusedCollection
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
    """A paper result is on its way to this counter, which the person chose; an electronic one can be printed there at once."""
    dossier = locked(dossier.pk)
    if dossier.results.filter(withdrawn_at__isnull=True, is_electronic=True).exists() and State(dossier.state) == State.ISSUED:
        transition(dossier, Verb.PRINT_AT_COUNTER, by, Step(fields={"returning_office": office, "custody_office": office}))
        return
    transition(dossier, Verb.SEND_RESULT, by, Step(fields={"returning_office": office, "custody_office": None}))


@transaction.atomic
def arrive(dossier: Dossier, *, by: By) -> None:
    """The counter holds the result and the person has been told."""
    assert by.office is not None  # noqa: S101 -- a clerk's step
    dossier = locked(dossier.pk)
    event = transition(dossier, Verb.ARRIVE, by, Step(fields={"returning_office": by.office, "custody_office": by.office}))
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
