"""The refusal of what would leave a place without its competent agency."""

from portal.core.errors import DomainError
from procedures.queries.gaps import Gaps


class LeavesGaps(DomainError):
    """Publishing would leave places without a competent agency, or with several. `gaps` names them."""

    status = 409

    def __init__(self, gaps: Gaps) -> None:
        super().__init__(gaps.sentence())
        self.gaps = gaps
