"""What the ledger of a dossier's clock comes to."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from dossiers.deadlines import ClockEntry, EntryKind, fold, parse_policy, parse_rule
from dossiers.models import ClockRecord, Dossier
from portal.agencies.queries import working_calendar
from portal.core.errors import DomainError
from portal.core.workcalendar import CalendarYearMissing, WorkCalendar

CalendarOf = Callable[[Iterable[int]], WorkCalendar]


class CalendarMissing(DomainError):
    """The return date reaches into a year without holidays in the table."""


def clock_entries(dossier: Dossier) -> list[ClockEntry]:
    """The stored ledger as the pure fold reads it."""
    return _plain(dossier.clock.order_by("seq"))


def due_after(dossier: Dossier, ledger: Sequence[ClockRecord], calendar_of: CalendarOf = working_calendar) -> datetime | None:
    """The due instant after these entries; None if the law sets no time or the clock stands still. Raises CalendarMissing."""
    if not dossier.case.time_rule:
        return None
    entries = _plain(ledger)
    years = {entry.at.year for entry in entries}
    calendar = calendar_of(range(min(years), max(years) + 3))
    try:
        return fold(parse_rule(dossier.case.time_rule), parse_policy(dossier.version.supplement_policy), entries, calendar).due_at
    except CalendarYearMissing as missing:
        raise CalendarMissing(
            _("The working calendar of the year needed for the return date has not been entered yet. Tell the catalogue editor.")
        ) from missing


def _plain(ledger: Iterable[ClockRecord]) -> list[ClockEntry]:
    return [
        ClockEntry(EntryKind(each.kind), each.at, each.legal_basis, parse_policy(each.policy) if each.policy else None, each.until)
        for each in ledger
    ]
