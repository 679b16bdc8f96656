"""The numbers and lines of supervision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counters.labels import moment
from counters.placequestions import open_and_late
from dossiers import queries
from dossiers.models import Dossier
from dossiers.models.dossier import CLOSED_STATES, UNDECIDED_STATES
from dossiers.reminders import late
from dossiers.staffing import Lacks, lacks_of, lacks_sentence
from dossiers.states import State
from portal.accounts.identity import Identity
from portal.accounts.models import Role
from portal.agencies.models import Agency, Office


@dataclass(frozen=True, slots=True)
class Stat:
    """One number, for components/stats.html."""

    label: str
    value: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class UnroutedRow:
    """A dossier without a decided agency, and why."""

    code: str
    url: str
    procedure: str
    office: str
    filed: str
    why: str
    is_alarm: bool


def counts_of(who: Identity, now: datetime) -> list[Stat]:
    """What the supervisor watches, in three queries."""
    undecided = Q(state__in=UNDECIDED_STATES)
    numbers = (
        queries.watched(who)
        .order_by()
        .aggregate(
            open=Count("pk", filter=~Q(state__in=CLOSED_STATES)),
            late=Count("pk", filter=undecided & Q(due_at__lt=now)),
            soon=Count("pk", filter=undecided & Q(due_at__gte=now, due_soon_at__lte=now)),
            unanswered=Count("pk", filter=Q(state=State.AWAITING_RECEPTION.value, answer_due_at__lt=now)),
            unrouted=Count("pk", filter=Q(routing__in=["none", "several"]) & ~Q(state__in=CLOSED_STATES)),
            returned=Count("pk", filter=Q(hops__gt=0)),
            unstaffed=Count("pk", filter=Q(routing="unstaffed") & ~Q(state__in=CLOSED_STATES)),
        )
    )
    asked, unanswered = open_and_late(who, now)
    urged = late(now).filter(dossier__in=queries.watched(who).order_by().values("pk")).order_by().count()
    return [
        Stat(_("Open dossiers"), str(numbers["open"])),
        Stat(_("Overdue"), str(numbers["late"]), "bad" if numbers["late"] else "ok"),
        Stat(_("Due soon"), str(numbers["soon"]), "warn" if numbers["soon"] else "ok"),
        Stat(_("Not accepted in 8 hours"), str(numbers["unanswered"]), "bad" if numbers["unanswered"] else "ok"),
        Stat(_("Reminders not answered in 8 hours"), str(urged), "bad" if urged else "ok"),
        Stat(_("Undecided competence"), str(numbers["unrouted"]), "warn" if numbers["unrouted"] else "ok"),
        Stat(_("Agency without staff"), str(numbers["unstaffed"]), "bad" if numbers["unstaffed"] else "ok"),
        Stat(_("Places being determined"), str(asked), "warn" if asked else "ok"),
        Stat(_("Places not determined in 4 hours"), str(unanswered), "bad" if unanswered else "ok"),
        Stat(_("Returned as not competent"), str(numbers["returned"])),
    ]


def unrouted_rows(dossiers: Sequence[Dossier], *, base: str, on: date) -> list[UnroutedRow]:
    """The lines of the queue; what their agencies lack is asked once."""
    waiting = {each.agency for each in dossiers if each.routing == Dossier.Routing.UNSTAFFED and each.agency}
    lacking = lacks_of(waiting, on)
    return [
        UnroutedRow(
            code=each.code,
            url=f"{base}{each.code}/",
            procedure=each.version.short_name,
            office=each.receiving_office.name,
            filed=moment(each.filed_at),
            why=_unstaffed(each.agency, lacking[each.agency.pk]) if each.agency in waiting else _why_it_waits(each),
            is_alarm=each.routing == Dossier.Routing.UNSTAFFED,
        )
        for each in dossiers
    ]


def _unstaffed(agency: Agency, lacks: Lacks) -> str:
    """What the agency lacks today; it may have people again before the next look has sent the dossier back."""
    if lacks:
        return lacks_sentence(agency.name, lacks)
    return _("%(agency)s has people again; the dossier goes back there within a minute") % {"agency": agency.name}


def _why_it_waits(dossier: Dossier) -> str:
    told = str(Dossier.Routing(dossier.routing).label)
    if not dossier.hops:
        return told
    times = ngettext("returned %(count)d time", "returned %(count)d times", dossier.hops) % {"count": dossier.hops}
    return f"{told}; {times}"


def seat_of(who: Identity) -> Office | None:
    """The centre for which the supervisor acts; None for the country."""
    ids = who.offices.get(Role.SUPERVISOR, ())
    return Office.objects.filter(pk__in=ids).select_related("province").order_by("pk").first()
