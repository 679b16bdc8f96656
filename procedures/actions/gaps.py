"""The refusal of what would leave a place without its competent agency, and the lock under which that is looked at."""

from django.db import OperationalError, connection
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from portal.core.db import require_transaction
from portal.core.errors import Conflict, DomainError
from procedures.queries.gaps import Gaps

PUBLISHING = 0x52554C45
"""Key of the lock that lets one publication at a time look for gaps: of a rule set, of a version, of a reorganisation."""


class LeavesGaps(DomainError):
    """Publishing would leave places without a competent agency, or with several. `gaps` names them."""

    status = 409

    def __init__(self, gaps: Gaps) -> None:
        super().__init__(gaps.sentence())
        self.gaps = gaps


def one_publication_at_a_time() -> None:
    """Nobody else publishes what could leave a gap together with this until the transaction ends. Taken before any row is locked.

    Raises Conflict where another publication takes longer than this connection waits for a lock.
    """
    require_transaction()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise Conflict(_("Somebody else is publishing at this moment. Nothing was changed; try again in a minute.")) from error
