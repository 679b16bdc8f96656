"""Take a walk-in: the dossier, and the visit that brought it."""

from datetime import datetime

from django.db import transaction

from counters.models import Visit
from dossiers.actions.file import Filed, Filing, file
from dossiers.actions.matters import file_matter
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


@transaction.atomic
def take_matter(filing: Filing, *, exemption: str) -> Filed:
    """The linked matter is filed at this counter; the visit is on record with its first dossier. Raises what `file_matter` raises."""
    filed = file_matter(filing, exemption=exemption)
    if filed.is_new:
        note_visit(filed.lead, office=filing.office, clerk=filing.actor, purpose=Visit.Purpose.FILING, at=filing.at)
    return filed.started[0]


def note_visit(dossier: Dossier, *, office: Office, clerk: User, purpose: str, at: datetime) -> Visit:
    """The visit is on record."""
    return Visit.objects.create(dossier=dossier, office=office, clerk=clerk, purpose=purpose, at=at)
