"""What happens to a fee that was taken before acceptance."""

from datetime import datetime

from dossiers.models import Dossier, FeeLine
from portal.core.db import require_transaction


def release_held_fees(dossier: Dossier, *, to: str, at: datetime) -> None:
    """Held lines are now paid (accepted) or to be refunded (refused, withdrawn); unpaid ones of an ended dossier are waived."""
    require_transaction()
    dossier.fee_lines.filter(state=FeeLine.State.HELD).update(state=to, settled_at=at)
    if to == FeeLine.State.REFUND_DUE:
        dossier.fee_lines.filter(state=FeeLine.State.DUE).update(state=FeeLine.State.WAIVED)
