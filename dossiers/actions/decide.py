"""The competent agency works: claim, propose, sign. The officer who proposes never signs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.matters import follow_up
from dossiers.actions.reasons import require_reason
from dossiers.actions.result_moves import leave_agency
from dossiers.actions.say import say
from dossiers.actions.standing import require_holder, require_post
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.documents.issue import issue
from dossiers.documents.numbering import result_number
from dossiers.documents.signed import verified_file
from dossiers.lifecycle import State, Verb
from dossiers.models import Dossier, Result
from portal.accounts.models import Role
from portal.core.errors import DomainError, NotAllowed
from procedures.models import ResultType


class ProposalIncomplete(DomainError):
    """A proposal lacks what its kind of result needs."""


class SamePerson(NotAllowed):
    """The signer proposed it, or the officer took it in at the counter."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the officer proposes. `upload` is (storage key, SHA-256) of a signed document."""

    type: ResultType
    summary: str
    details: Mapping[str, object] = field(default_factory=dict)
    serial: str = ""
    upload: tuple[str, str] | None = None


@transaction.atomic
def claim(dossier: Dossier, *, by: By) -> None:
    """The dossier is the officer's. Raises StepNotPossible when a colleague was faster, SamePerson for the clerk who took it in."""
    dossier = locked(dossier.pk)
    if by.user is not None and dossier.filed_by_id == by.user.pk:
        raise SamePerson(_("You took this dossier in at the counter; a colleague must handle it."))
    transition(dossier, Verb.CLAIM, by, Step(fields={"assigned_to": by.user}))


@transaction.atomic
def release(dossier: Dossier, *, by: By, expected_version: int) -> None:
    """The dossier is back in the agency's queue, for anyone there."""
    transition(locked(dossier.pk, expected_version=expected_version), Verb.RELEASE, by, Step(fields={"assigned_to": None}))


@transaction.atomic
def propose(dossier: Dossier, *, by: By, proposal: Proposal, expected_version: int) -> Result:
    """The proposal waits for the approver's signature; a document that was signed elsewhere is checked once more, here.

    Raises ProposalIncomplete, SignatureRefused, NotHolder, NoPost.
    """
    _check(proposal)
    dossier = locked(dossier.pk, expected_version=expected_version)
    user, agency = require_holder(dossier, by)
    key, sha256 = proposal.upload or ("", "")
    result = Result.objects.create(
        dossier=dossier,
        type=proposal.type,
        agency=agency,
        summary=proposal.summary.strip(),
        details=dict(proposal.details),
        serial=proposal.serial.strip(),
        upload_key=key,
        upload_sha256=sha256,
        upload_signature=verified_file(key, sha256, at=by.at) if key else {},
        proposed_by=user,
        proposed_at=by.at,
        **_next_version(dossier),
        is_electronic=proposal.type.medium in {ResultType.Medium.RENDERED, ResultType.Medium.UPLOADED, ResultType.Medium.REGISTER},
    )
    transition(dossier, Verb.PROPOSE, by)
    return result


def _next_version(dossier: Dossier) -> dict[str, Any]:
    """The number of the result, and the revoked one whose place it takes."""
    before = dossier.results.filter(signed_at__isnull=False).order_by("-version").first()
    return {"version": before.version + 1, "replaces": before} if before else {}


def _check(proposal: Proposal) -> None:
    medium, wanted = proposal.type.medium, ""
    if not proposal.summary.strip():
        wanted = _("Write the decision in a sentence that the citizen understands.")
    elif medium in {ResultType.Medium.CARD, ResultType.Medium.REGISTER} and not proposal.serial.strip():
        wanted = _("Enter the serial number of the card or book, or the reference of the register entry.")
    elif medium == ResultType.Medium.UPLOADED and not proposal.upload:
        wanted = _("Attach the signed document.")
    elif proposal.type.outcome == ResultType.Outcome.REFUSAL and len(proposal.summary.strip()) < 20:
        wanted = _("A refusal needs its reason and legal ground.")
    if wanted:
        raise ProposalIncomplete(wanted)


@transaction.atomic
def send_back(dossier: Dossier, *, by: By, reason: str, expected_version: int) -> None:
    """The proposal is withdrawn and the officer has the dossier again, with the reason. Raises ReasonMissing."""
    reason = require_reason(reason)
    dossier = locked(dossier.pk, expected_version=expected_version)
    dossier.results.filter(withdrawn_at__isnull=True, signed_at__isnull=True).update(withdrawn_at=by.at, withdrawn_by=by.user)
    transition(dossier, Verb.SEND_BACK, by, Step(facts={"reason": reason}))


@transaction.atomic
def sign(dossier: Dossier, *, by: By, expected_version: int) -> Result:
    """The result is signed, numbered and issued; the clock has stopped; what waited for it under one matter has started.

    Raises SamePerson, NoPost.
    """
    dossier = locked(dossier.pk, expected_version=expected_version)
    user, agency = require_post(dossier, by, Role.LEADER)
    result = dossier.results.select_related("type").get(withdrawn_at__isnull=True)
    if result.proposed_by_id == user.pk:
        raise SamePerson(_("The officer who proposed it cannot sign it."))
    result.signed_by, result.signed_at = user, by.at
    result.number = result_number(agency, result.type, by.at)
    result.document = issue(dossier, kind="result", at=by.at, actor=by.user, agency=by.agency, extra={"result": result})
    result.save(update_fields=["signed_by", "signed_at", "number", "document"])
    event = transition(dossier, Verb.SIGN, by, Step(note=result.summary, legal_basis="118/2025/NĐ-CP", fields={"finished_at": by.at}))
    if result.is_electronic:
        say(dossier, "result", event)
    elif State(dossier.state) == State.ISSUED:
        leave_agency(dossier, by=by)
    follow_up(dossier, result, at=by.at)
    return result
