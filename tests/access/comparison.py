"""A difference with the national portal and a drawn inspection, for the matrix."""

from dossiers.models import InspectedDossier, InspectionDraw, ReconciliationRun, SyncDifference
from portal.accounts.models import User
from tests.factories import MONDAY, TODAY

SEED = "matrix"


def difference() -> SyncDifference:
    """A dossier that only the portal shows."""
    found = SyncDifference.objects.filter(code="H29-261102-9999").first()
    if found is not None:
        return found
    run = ReconciliationRun.objects.create(scope="all", started_at=MONDAY, finished_at=MONDAY)
    return SyncDifference.objects.create(code="H29-261102-9999", kind="extra", theirs_seq=1, run=run, found_at=MONDAY, seen_at=MONDAY)


def inspection() -> InspectionDraw:
    """A draw of one code, for which the portal has not answered."""
    found = InspectionDraw.objects.filter(seed=SEED).first()
    if found is not None:
        return found
    made = InspectionDraw.objects.create(
        seed=SEED, since=TODAY, until=TODAY, population=1, drawn_by=User.objects.order_by("pk")[:1].get(), drawn_at=MONDAY
    )
    InspectedDossier.objects.create(draw=made, position=1, code="H29-261102-9999", fault="HTTP 503", asked_at=MONDAY)
    return made
