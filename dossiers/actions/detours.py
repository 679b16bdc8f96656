"""The time that a dossier spends at an agency that is not competent: begun by the return, ended by the arrival at the next."""

from datetime import datetime

from dossiers.models import Detour, Dossier, Event
from dossiers.states import Verb
from portal.agencies.models import Agency
from portal.agencies.queries import working_calendar

ARRIVALS = (Verb.HAND_OVER.value, Verb.ROUTE_TO_RECEPTION.value, Verb.REROUTE.value)


def arrived_at(dossier: Dossier) -> datetime:
    """When the dossier came to the agency that has it now."""
    at = (
        Event.objects.filter(dossier=dossier, verb__in=ARRIVALS, agency=dossier.agency)
        .order_by("-seq")
        .values_list("at", flat=True)
        .first()
    )
    return at or dossier.accepted_at or dossier.filed_at


def end_detour(dossier: Dossier, agency: Agency, *, at: datetime) -> None:
    """The open detour of the dossier, if there is one, has ended at this agency; its working minutes are counted."""
    if not dossier.hops:
        return
    detour = Detour.objects.select_for_update(of=("self",)).filter(dossier=dossier, ended_at__isnull=True).first()
    if detour is None:
        return
    detour.ended_at, detour.next_agency = at, agency
    detour.charged_minutes = working_minutes(detour.arrived_at, at)
    detour.save(update_fields=["ended_at", "next_agency", "charged_minutes"])


def working_minutes(start: datetime, end: datetime) -> int:
    """Working minutes between the two."""
    calendar = working_calendar(range(start.year - 1, end.year + 2))
    return max(0, calendar.working_minutes_between(start, max(start, end)))
