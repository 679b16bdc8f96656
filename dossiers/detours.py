"""Detours in words: how long a dossier was with agencies that were not competent, and who answers for that time."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dossiers.models import Detour, Dossier
from portal.agencies.queries import working_calendar
from portal.core.workcalendar import WorkCalendar, local


@dataclass(frozen=True, slots=True)
class DetourLine:
    """One stay at an agency that was not competent."""

    number: int
    agency: str
    next_agency: str
    reason: str
    text: str
    place: str
    proposal: str
    arrived: str
    ended: str
    time: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Detours:
    """All of them, with the whole working time."""

    lines: tuple[DetourLine, ...]
    total: str


def detours_of(dossier: Dossier, now: datetime) -> Detours | None:
    """The detours of the dossier, oldest first; None if it went straight to its agency. One query, none without hops."""
    if not dossier.hops:
        return None
    rows = list(with_names(dossier.detours.order_by("number")))
    calendar = working_calendar(range(dossier.filed_at.year - 1, now.year + 2))
    return Detours(tuple(line_of(row, now, calendar) for row in rows), working_time(sum(minutes_of(row, now, calendar) for row in rows)))


def with_names(rows: QuerySet[Detour]) -> QuerySet[Detour]:
    """The rows with everything that their lines show."""
    return rows.select_related("agency", "next_agency", "proposal", "place__province", "place__parent", "dossier__version")


def line_of(row: Detour, now: datetime, calendar: WorkCalendar) -> DetourLine:
    """The detour in words; one that goes on is counted until now."""
    return DetourLine(
        number=row.number,
        agency=row.agency.name,
        next_agency=row.next_agency.name if row.next_agency else "",
        reason=str(row.get_reason_code_display()),
        text=row.reason,
        place=row.place.name if row.place else "",
        proposal=row.proposal.name if row.proposal else "",
        arrived=f"{local(row.arrived_at):%d/%m/%Y %H:%M}",
        ended=f"{local(row.ended_at):%d/%m/%Y %H:%M}" if row.ended_at else "",
        time=working_time(minutes_of(row, now, calendar)),
        is_open=row.ended_at is None,
    )


def minutes_of(row: Detour, now: datetime, calendar: WorkCalendar) -> int:
    """The working minutes that the administration answers for."""
    if row.charged_minutes is not None:
        return row.charged_minutes
    return max(0, calendar.working_minutes_between(row.arrived_at, max(row.arrived_at, now)))


def working_time(minutes: int) -> str:
    """ "3 giờ 20 phút làm việc"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return ngettext("%(count)d working minute", "%(count)d working minutes", rest) % {"count": rest}
    return _("%(hours)d h %(minutes)02d min of working time") % {"hours": hours, "minutes": rest}
