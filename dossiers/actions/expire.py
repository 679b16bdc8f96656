"""A request for papers that nobody answered in time ends the case: refused before acceptance, stopped after it.

Source: Thông tư 03/2025/TT-VPCP, forms 03 and 05.
"""

from datetime import datetime

from django.db import transaction

from dossiers.actions.release_held import release_held_fees
from dossiers.actions.say import say
from dossiers.actions.stop import LAW
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.documents.issue import issue
from dossiers.lifecycle import State, Verb
from dossiers.models import Dossier, FeeLine, HandlingStop, SupplementRequest
from portal.core.workcalendar import local

REASON = "Đã hết thời hạn bổ sung, hoàn thiện hồ sơ ghi trong phiếu yêu cầu mà không nhận được giấy tờ."
"""Printed on the refusal slip and the stop notice, which are official papers and Vietnamese."""


def expire_supplements(*, at: datetime, limit: int = 200) -> int:
    """Every open request whose last day has passed is closed with its document; returns how many. Each in its own transaction."""
    today = local(at).date()
    due = SupplementRequest.objects.filter(answered_at__isnull=True, answer_by__lt=today).order_by("answer_by", "pk")
    return sum(expire_supplement(pk, at=at) for pk in due.values_list("dossier_id", flat=True)[:limit])


@transaction.atomic
def expire_supplement(dossier_id: int, *, at: datetime) -> bool:
    """The dossier is refused or stopped because its request ran out. False if it was answered, withdrawn or prolonged meanwhile."""
    dossier = locked(dossier_id)
    request = dossier.supplement_requests.select_for_update().filter(answered_at__isnull=True).first()
    if request is None or request.answer_by >= local(at).date() or State(dossier.state) is not State.SUPPLEMENT_REQUESTED:
        return False
    request.answered_at = request.expired_at = at
    request.save(update_fields=["answered_at", "expired_at"])
    was_accepted = State(dossier.came_from) is State.ASSIGNED
    by = By(user=None, at=at, agency=dossier.agency)
    event = transition(dossier, Verb.SUPPLEMENT_EXPIRED, by, Step(note=REASON, legal_basis=LAW))
    if was_accepted:
        HandlingStop.objects.create(
            dossier=dossier, ground=HandlingStop.Ground.NO_ANSWER, reason=REASON, is_pause=False, stopped_by=None, stopped_at=at
        )
    else:
        release_held_fees(dossier, to=FeeLine.State.REFUND_DUE, at=at)
    _tell(dossier, at=at, was_accepted=was_accepted)
    say(dossier, "stopped" if was_accepted else "refused", event)
    return True


def _tell(dossier: Dossier, *, at: datetime, was_accepted: bool) -> None:
    kind = "stop_notice" if was_accepted else "refusal_slip"
    issue(dossier, kind=kind, at=at, actor=None, agency=dossier.agency, extra={"reason": REASON, "legal_basis": f"Nghị định số {LAW}"})
