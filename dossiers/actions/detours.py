"""The time that a dossier spends at an agency that is not competent: begun by the return, ended by the arrival at the next."""

from datetime import datetime
from itertools import pairwise

from django.db.models import Max

from dossiers.models import Detour, Dossier, Event
from dossiers.states import Verb
from portal.agencies.models import Agency
from portal.agencies.queries import working_calendar

ARRIVALS = (Verb.HAND_OVER.value, Verb.ROUTE_TO_RECEPTION.value, Verb.REROUTE.value, Verb.INHERIT.value)
NOWHERE = ("", None, None)


def arrived_at(dossier: Dossier) -> datetime:
    """Since when the agency that has the dossier answers for it: its last arrival there, and not before the last detour had ended.

    A successor answers from the day on which it took over. That a counter was replaced is no arrival.
    """
    events = Event.objects.filter(dossier=dossier, verb__in=ARRIVALS).order_by("-seq").values_list("verb", "agency_id", "at")
    arrived = dossier.accepted_at or dossier.filed_at
    for (verb, agency, at), (_verb, before, _at) in pairwise([*events, NOWHERE]):
        if agency == dossier.agency_id and not (verb == Verb.INHERIT and before == agency):
            arrived = at or arrived
            break
    ended = Detour.objects.filter(dossier=dossier, ended_at__isnull=False).aggregate(last=Max("ended_at"))["last"]
    return max(arrived, ended or arrived)


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
