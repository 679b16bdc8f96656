"""The competent agency's own counter answers a filing: accept, ask for papers, or refuse in writing. Within 8 working hours.

Source: Nghị định 118/2025/NĐ-CP, Art. 15, 17; Nghị định 45/2020/NĐ-CP.
"""

from django.db import transaction

from dossiers.actions.reasons import require_reason
from dossiers.actions.recheck import Moved, recheck
from dossiers.actions.release_held import release_held_fees
from dossiers.actions.route import wake_router
from dossiers.actions.say import say
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.documents.issue import issue
from dossiers.lifecycle import State, Verb
from dossiers.models import Dossier, FeeLine, IssuedDocument
from dossiers.secrets import secret_for


@transaction.atomic
def accept(dossier: Dossier, *, by: By, expected_version: int) -> IssuedDocument | Moved:
    """The clock runs and the slip with the return date is issued; or, where another agency is competent today, the dossier has moved."""
    dossier = locked(dossier.pk, expected_version=expected_version)
    if State(dossier.state) is State.AWAITING_RECEPTION and (moved := recheck(dossier, by=by)) is not None:
        return moved
    event = transition(
        dossier, Verb.ACCEPT, by, Step(legal_basis="118/2025/NĐ-CP", fields={"accepted_at": by.at, "routing": Dossier.Routing.PENDING})
    )
    release_held_fees(dossier, to=FeeLine.State.PAID, at=by.at)
    slip = issue(
        dossier,
        kind="receipt_slip",
        at=by.at,
        actor=by.user,
        office=by.office,
        extra={"secret": secret_for(dossier.code, dossier.secret_issue)},
    )
    say(dossier, "accepted", event)
    wake_router(dossier, event.seq)
    return slip


@transaction.atomic
def refuse(dossier: Dossier, *, by: By, reason: str, guidance: str = "", expected_version: int) -> IssuedDocument:
    """Not received, with the refusal slip (form 03); a fee held for it becomes refundable at any counter. Raises ReasonMissing."""
    reason = require_reason(reason)
    dossier = locked(dossier.pk, expected_version=expected_version)
    event = transition(dossier, Verb.REFUSE, by, Step(note=reason))
    release_held_fees(dossier, to=FeeLine.State.REFUND_DUE, at=by.at)
    slip = issue(dossier, kind="refusal_slip", at=by.at, actor=by.user, office=by.office, extra={"reason": reason, "guidance": guidance})
    say(dossier, "refused", event)
    return slip
