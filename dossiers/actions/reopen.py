"""An issued result was wrong: it is revoked, and the agency issues the next version. Nothing is deleted."""

from django.db import transaction

from dossiers.actions.reasons import require_reason
from dossiers.actions.result_moves import withdraw
from dossiers.actions.say import say
from dossiers.actions.standing import require_post
from dossiers.actions.stop import LAW
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.lifecycle import Verb
from dossiers.models import Dossier, Result
from portal.accounts.models import Role


@transaction.atomic
def reopen(dossier: Dossier, *, by: By, reason: str, expected_version: int) -> Result:
    """The issued result is revoked from this moment, the officer has the dossier again and the full time runs.

    The next result carries the next version number and takes the revoked one's place on the public page.
    Raises ReasonMissing, StaleVersion, StepNotPossible, NoPost for whoever is no approver of the deciding agency.
    """
    reason = require_reason(reason)
    dossier = locked(dossier.pk, expected_version=expected_version)
    user, _agency = require_post(dossier, by, Role.LEADER)
    fields = {"finished_at": None, "returned_at": None, "custody_office": None}
    withdraw(dossier, by=by)
    event = transition(dossier, Verb.REOPEN, by, Step(note=reason, legal_basis=LAW, fields=fields))
    result = dossier.results.select_related("document").get(withdrawn_at__isnull=True)
    result.withdrawn_at, result.withdrawn_by = by.at, user
    result.save(update_fields=["withdrawn_at", "withdrawn_by"])
    if result.document is not None:
        result.document.revoked_at = by.at
        result.document.save(update_fields=["revoked_at"])
    say(dossier, "reopened", event)
    return result
