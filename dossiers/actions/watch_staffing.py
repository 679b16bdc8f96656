"""Nothing waits where nobody works: dossiers leave agencies without people, and come back when somebody is there again.

Safe in any number of workers: each dossier moves under its own lock, and only if it still stands where it was seen.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from dossiers.actions.route import hand_to
from dossiers.actions.transition import By, locked
from dossiers.actions.unstaffed import leave_unstaffed, note_return
from dossiers.lifecycle import State
from dossiers.models import Dossier
from dossiers.models.dossier import CLOSED_STATES, DossierQuerySet
from dossiers.staffing import TO_GO_ON, Lacks, holding_up, lack_words, lacks_of
from portal.agencies.models import Agency
from portal.core.clock import technical_now
from portal.core.workcalendar import local
from portal.notifications.staff import supervisors_of, tell_staff

MOST = 500
"""Dossiers of one agency in one run; the next run goes on."""
WATCHED = tuple(state.value for state in TO_GO_ON)
_ROUTED, _UNSTAFFED = Dossier.Routing.ROUTED, Dossier.Routing.UNSTAFFED


@dataclass(slots=True)
class Watched:
    """What a run moved: how many dossiers left their agency, how many came back, how many messages went to supervisors."""

    left: int = 0
    back: int = 0
    told: int = 0


def watch_staffing(*, at: datetime) -> Watched:
    """Dossiers at agencies that lack what they need wait for a supervisor; those whose agency has people again are back. Idempotent."""
    on, result = local(at).date(), Watched()
    running = Dossier.objects.filter(state__one_of=WATCHED, routing=_ROUTED).order_by().values("agency")
    waiting = set(_waiting().order_by().values_list("agency_id", flat=True).distinct())
    concerned = Agency.objects.on(on).filter(Q(pk__in=running) | Q(pk__in=waiting))
    agencies = list(concerned.select_related("province").order_by("pk"))
    lacking = lacks_of(agencies, on)
    for agency in agencies:
        lacks = lacking[agency.pk]
        if not lacks and agency.pk not in waiting:
            continue
        for pk in _to_look_at(agency, lacks):
            moved = _look(pk, agency, lacks, at=at)
            result.left += moved == _UNSTAFFED
            result.back += moved == _ROUTED
        if lacks and (count := _waiting().filter(agency=agency).count()):
            result.told += _tell(agency, lacks, count, on)
    return result


def _waiting() -> DossierQuerySet:
    return Dossier.objects.filter(routing=_UNSTAFFED).exclude(state__in=CLOSED_STATES)


def _to_look_at(agency: Agency, lacks: Lacks) -> list[int]:
    held_up = [state for state in WATCHED if holding_up(state, lacks)]
    going = Dossier.objects.filter(agency=agency, routing=_ROUTED, state__in=held_up).values_list("pk", flat=True)
    standing = [state.value for state in State if holding_up(state, lacks)]
    coming = _waiting().filter(agency=agency).exclude(state__in=standing).values_list("pk", flat=True)
    return sorted({*going.order_by("pk")[:MOST], *coming.order_by("pk")[:MOST]})


@transaction.atomic
def _look(dossier_id: int, agency: Agency, lacks: Lacks, *, at: datetime) -> str:
    """Where the dossier went; empty if it stayed, because somebody else came before."""
    dossier = locked(dossier_id)
    if dossier.agency_id != agency.pk or dossier.state in CLOSED_STATES:
        return ""
    held_up = holding_up(dossier.state, lacks)
    if dossier.routing == _ROUTED and dossier.state in WATCHED and held_up:
        return leave_unstaffed(dossier, agency, held_up, at=at)
    if dossier.routing == _UNSTAFFED and not held_up:
        return _bring_back(dossier, agency, at=at)
    return ""


def _bring_back(dossier: Dossier, agency: Agency, *, at: datetime) -> str:
    note_return(dossier, agency, at=at)
    if State(dossier.state) in (State.SUBMITTED, State.ACCEPTED):
        return hand_to(dossier, agency, By(None, at))
    return str(dossier.routing)


@transaction.atomic
def _tell(agency: Agency, lacks: Lacks, count: int, on: date) -> int:
    """The supervisors of the agency's province, or of the country, are told once a day; how many messages that were."""
    with translation.override("vi"):
        text = _("%(agency)s: %(lacks)s. Dossiers that wait for you: %(count)d, see %(link)s") % {
            "agency": agency.name,
            "lacks": lack_words(lacks),
            "count": count,
            "link": f"{settings.BASE_URL}/giam-sat/chua-ro-tham-quyen/",
        }
    return tell_staff("unstaffed", key=f"unstaffed:{agency.pk}:{on:%y%m%d}", text=text, to=supervisors_of(agency, on), at=technical_now())
