"""An issued result was wrong: it is revoked, and the agency issues the next version. Nothing is deleted."""

from django.db import transaction

from dossiers.actions.reasons import require_reason
from dossiers.actions.say import say
from dossiers.actions.stop import LAW
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.lifecycle import Verb
from dossiers.models import Dossier, Result


@transaction.atomic
def reopen(dossier: Dossier, *, by: By, reason: str, expected_version: int) -> Result:
    """The issued result is revoked from this moment, the officer has the dossier again and the full time runs.

    The next result carries the next version number and takes the revoked one's place on the public page.
    Raises ReasonMissing, StaleVersion, StepNotPossible.
    """
    reason = require_reason(reason)
    dossier = locked(dossier.pk, expected_version=expected_version)
    fields = {"finished_at": None, "returned_at": None, "custody_office": None}
    event = transition(dossier, Verb.REOPEN, by, Step(note=reason, legal_basis=LAW, fields=fields))
    result = dossier.results.select_related("document").get(withdrawn_at__isnull=True)
    result.withdrawn_at = by.at
    result.save(update_fields=["withdrawn_at"])
    if result.document is not None:
        result.document.revoked_at = by.at
        result.document.save(update_fields=["revoked_at"])
    say(dossier, "reopened", event)
    return result
