"""Results arrive and are handed over."""

from django.db import transaction
from django.utils.translation import gettext as _

from counters.actions.take import note_visit
from counters.models import Visit
from dossiers import queries
from dossiers.actions.hand_back import Collector, arrive, hand_back
from dossiers.actions.transition import By
from dossiers.codes import parse_code
from dossiers.models import Dossier, IssuedDocument
from dossiers.states import State
from portal.core.errors import DomainError

MAX_CODES = 200


def arrive_many(text: str, *, by: By) -> tuple[int, list[str]]:
    """How many of the scanned codes have arrived here, and why the others have not; each on its own."""
    arrived, refused = 0, []
    for line in dict.fromkeys(each.strip() for each in text.split("\n")[:MAX_CODES]):
        if not line:
            continue
        code = parse_code(line)
        dossier = (
            queries.at_any_counter(code.text).filter(returning_office=by.office, state=State.IN_TRANSFER_TO_COUNTER).first()
            if code
            else None
        )
        if dossier is None:
            refused.append(_("%(code)s is not on its way to this counter.") % {"code": line[:60]})
            continue
        try:
            arrive(dossier, by=by)
        except DomainError as error:
            refused.append(f"{dossier.code}: {error}")
        else:
            arrived += 1
    return arrived, refused


@transaction.atomic
def give_result(dossier: Dossier, *, by: By, collector: Collector) -> IssuedDocument:
    """The person has the result, and the visit is on record. Raises what `hand_back` raises."""
    assert by.user is not None and by.office is not None  # noqa: S101, PT018 -- a clerk's step
    receipt = hand_back(dossier, by=by, collector=collector)
    note_visit(dossier, office=by.office, clerk=by.user, purpose=Visit.Purpose.COLLECTION, at=by.at)
    return receipt
