"""What the ledger of a dossier's clock comes to."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from dossiers.deadlines import ClockEntry, EntryKind, due_soon_from, fold, parse_policy, parse_rule
from dossiers.models import ClockRecord, Dossier
from portal.agencies.queries import working_calendar
from portal.core.errors import DomainError
from portal.core.workcalendar import CalendarYearMissing, WorkCalendar

CalendarOf = Callable[[Iterable[int]], WorkCalendar]


class Dates(NamedTuple):
    """When the dossier is due, and from when on that is soon; None if the law sets no time or the clock stands still."""

    due_at: datetime | None = None
    soon_at: datetime | None = None


class CalendarMissing(DomainError):
    """The return date reaches into a year without holidays in the table."""


def clock_entries(dossier: Dossier) -> list[ClockEntry]:
    """The stored ledger as the pure fold reads it."""
    return _plain(dossier.clock.order_by("seq"))


def dates_after(dossier: Dossier, ledger: Sequence[ClockRecord], calendar_of: CalendarOf = working_calendar) -> Dates:
    """The dates after these entries. Raises CalendarMissing."""
    if not dossier.case.time_rule:
        return Dates()
    entries = _plain(ledger)
    years = {entry.at.year for entry in entries}
    calendar, rule = calendar_of(range(min(years), max(years) + 3)), parse_rule(dossier.case.time_rule)
    try:
        clock = fold(rule, parse_policy(dossier.version.supplement_policy), entries, calendar)
    except CalendarYearMissing as missing:
        raise CalendarMissing(
            _("The working calendar of the year needed for the return date has not been entered yet. Tell the catalogue editor.")
        ) from missing
    return Dates(clock.due_at, due_soon_from(rule, clock, calendar))


def _plain(ledger: Iterable[ClockRecord]) -> list[ClockEntry]:
    return [
        ClockEntry(EntryKind(each.kind), each.at, each.legal_basis, parse_policy(each.policy) if each.policy else None, each.until)
        for each in ledger
    ]
