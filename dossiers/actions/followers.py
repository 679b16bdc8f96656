"""What becomes of the steps of a matter that wait for a dossier's result, when there will be none."""

from collections.abc import Mapping
from datetime import datetime

from dossiers.models import Dossier, MatterStep
from dossiers.states import State
from portal.core.db import require_transaction

_REASON = MatterStep.Reason
ENDS: Mapping[State, str] = {
    State.REFUSED: _REASON.NOT_RECEIVED,
    State.WITHDRAWN: _REASON.WITHDRAWN,
    State.STOPPED: _REASON.STOPPED,
}
"""States in which a dossier ends without a result. A stop that was recorded as a pause ends nothing."""


def leave_followers(dossier: Dossier, reason: str, *, at: datetime) -> None:
    """Every step that waits for this dossier says why it was not started, and so do those that wait for such a step."""
    require_transaction()
    waiting = MatterStep.objects.select_for_update().filter(after__dossier=dossier, state=MatterStep.State.WAITING)
    _leave(list(waiting.order_by("seq")), reason, at)


def leave(step: MatterStep, reason: str, *, at: datetime) -> None:
    """The step says why it was not started; so do those that wait for it."""
    require_transaction()
    _leave([step], reason, at)


def _leave(steps: list[MatterStep], reason: str, at: datetime) -> None:
    while steps:
        for step in steps:
            step.state, step.reason, step.changed_at = MatterStep.State.NOT_STARTED, reason, at
            step.save(update_fields=["state", "reason", "changed_at"])
        behind = MatterStep.objects.select_for_update().filter(after__in=steps, state=MatterStep.State.WAITING)
        steps, reason = list(behind.order_by("seq")), _REASON.NOT_BEFORE
