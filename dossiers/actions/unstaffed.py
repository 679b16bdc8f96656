"""A dossier leaves an agency at which nobody can go on with it, and comes back; both with the reason on record."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from dossiers.models import Dossier, RouteDecision
from dossiers.routerecord import person_record
from dossiers.staffing import BACK, LEFT, Lacks, lacks_sentence
from portal.agencies.models import Agency


def leave_unstaffed(dossier: Dossier, agency: Agency, lacks: Lacks, *, at: datetime) -> str:
    """The (locked) dossier waits in a supervisor's queue; state, holder and dates stay. Said once for as long as it waits there."""
    is_known = dossier.routing == Dossier.Routing.UNSTAFFED and dossier.agency_id == agency.pk
    dossier.agency, dossier.routing = agency, Dossier.Routing.UNSTAFFED
    dossier.save(update_fields=["agency", "routing", "place"])
    if not is_known:
        with translation.override("vi"):
            _record(dossier, agency, LEFT, lacks_sentence(agency.name, lacks), at)
    return str(dossier.routing)


def note_return(dossier: Dossier, agency: Agency, *, at: datetime) -> None:
    """The (locked) dossier is in the agency's queue again, where it stood."""
    dossier.routing = Dossier.Routing.ROUTED
    dossier.save(update_fields=["routing"])
    with translation.override("vi"):
        _record(dossier, agency, BACK, _("%(agency)s has people again") % {"agency": agency.name}, at)


def _record(dossier: Dossier, agency: Agency, outcome: str, told: str, at: datetime) -> None:
    RouteDecision.objects.create(
        dossier=dossier,
        outcome=outcome,
        agency=agency,
        reasons=[{"code": outcome, "params": {}, "text": told}],
        record=person_record(agency, "", ""),
        at=at,
    )
