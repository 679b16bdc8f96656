"""Handling is stopped with a notice (form 05), and goes on if the stop was recorded as a pause.

Source: Thông tư 03/2025/TT-VPCP, Appendix I, form 05.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from dossiers.actions.reasons import require_reason
from dossiers.actions.say import say
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.documents.issue import issue
from dossiers.lifecycle import Verb
from dossiers.models import Dossier, FeeLine, HandlingStop, IssuedDocument
from portal.core.errors import DomainError

LAW = "118/2025/NĐ-CP"
PAID = "Đã nhận đủ khoản nộp."


class FinalStop(DomainError):
    """The stop was not recorded as a pause: the case has ended."""

    status = 409


@dataclass(frozen=True, slots=True)
class Ground:
    """Why handling stops, and whether the cause may end."""

    kind: str
    reason: str
    is_pause: bool


@transaction.atomic
def stop(dossier: Dossier, *, by: By, ground: Ground, expected_version: int) -> IssuedDocument:
    """Handling stands still, or has ended, with the stop notice; the clock is stopped. Raises ReasonMissing, StepNotPossible."""
    reason = require_reason(ground.reason)
    dossier = locked(dossier.pk, expected_version=expected_version)
    dossier.results.filter(withdrawn_at__isnull=True, signed_at__isnull=True).update(withdrawn_at=by.at, withdrawn_by=by.user)
    event = transition(dossier, Verb.STOP, by, Step(note=reason, legal_basis=LAW, facts={"ground": ground.kind, "pause": ground.is_pause}))
    HandlingStop.objects.create(
        dossier=dossier, ground=ground.kind, reason=reason, is_pause=ground.is_pause, stopped_by=by.user, stopped_at=by.at
    )
    with override("vi"):
        why = f"{HandlingStop.Ground(ground.kind).label}. {reason}"
    said = {"reason": why, "legal_basis": f"Nghị định số {LAW}", "can_resume": ground.is_pause}
    notice = issue(dossier, kind="stop_notice", at=by.at, actor=by.user, agency=by.agency, extra=said)
    say(dossier, "stopped", event)
    return notice


@transaction.atomic
def resume(dossier: Dossier, *, by: By, reason: str, expected_version: int) -> IssuedDocument:
    """The officer has the dossier again; what was left of the time runs, and the slip carries both dates.

    Raises ReasonMissing, FinalStop, StepNotPossible.
    """
    reason = require_reason(reason)
    dossier = locked(dossier.pk, expected_version=expected_version)
    held = dossier.stops.select_for_update().filter(resumed_at__isnull=True).first()
    if held is not None and not held.is_pause:
        raise FinalStop(_("This stop was final: it was not recorded as a pause."))
    return _go_on(dossier, held, by=by, reason=reason)


def resume_paid(dossier: Dossier, *, by: By) -> None:
    """The (locked) dossier goes on if it stood still only because something was not paid, and now it is."""
    held = dossier.stops.select_for_update().filter(resumed_at__isnull=True, ground=HandlingStop.Ground.UNPAID).first()
    if held is not None and not dossier.fee_lines.filter(state=FeeLine.State.DUE).exists():
        _go_on(dossier, held, by=by, reason=PAID)


def _go_on(dossier: Dossier, held: HandlingStop | None, *, by: By, reason: str) -> IssuedDocument:
    old_due_at = dossier.due_at
    event = transition(dossier, Verb.RESUME_STOPPED, by, Step(note=reason, legal_basis=LAW))
    if held is not None:
        held.resumed_by, held.resumed_at, held.resume_reason = by.user, by.at, reason
        held.save(update_fields=["resumed_by", "resumed_at", "resume_reason"])
    slip = issue(dossier, kind="receipt_slip", at=by.at, actor=by.user, office=dossier.receiving_office, extra={"old_due_at": old_due_at})
    say(dossier, "resumed", event)
    return slip
