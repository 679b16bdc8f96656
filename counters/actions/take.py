"""Take a walk-in: the dossier, and the visit that brought it."""

from datetime import datetime

from django.db import transaction

from counters.models import Visit
from dossiers.actions.file import Filed, Filing, file
from dossiers.models import Dossier
from portal.accounts.models import User
from portal.agencies.models import Office


@transaction.atomic
def take_walk_in(filing: Filing) -> Filed:
    """The dossier is filed at this counter and the visit is on record, both once. Raises what `file` raises."""
    filed = file(filing)
    if filed.is_new:
        note_visit(filed.dossier, office=filing.office, clerk=filing.actor, purpose=Visit.Purpose.FILING, at=filing.at)
    return filed


def note_visit(dossier: Dossier, *, office: Office, clerk: User, purpose: str, at: datetime) -> Visit:
    """The visit is on record."""
    return Visit.objects.create(dossier=dossier, office=office, clerk=clerk, purpose=purpose, at=at)
