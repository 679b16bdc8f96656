"""The legal time of a dossier day by day: which day counted, which did not, and why."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dossiers.actions.ledger import clock_entries
from dossiers.deadlines import WHY_TEXTS, Lateness, explain_days, lateness, parse_policy, parse_rule
from dossiers.lifecycle import TERMINAL, WAITING_FOR_APPLICANT, State
from dossiers.models import Dossier
from portal.agencies.queries import working_calendar
from portal.core.workcalendar import CalendarYearMissing, WorkCalendar, local


@dataclass(frozen=True, slots=True)
class DayRow:
    """One date of the table; `number` counts only the days that count."""

    on: str
    weekday: str
    counted: bool
    number: str
    why: str


@dataclass(frozen=True, slots=True)
class DueWords:
    """How a dossier stands towards its due time: words and colour together. `exact` is the instant written out."""

    text: str
    kind: str
    exact: str
    is_late: bool = False


def day_rows(dossier: Dossier) -> list[DayRow]:
    """Each day from acceptance to the due date, in order; empty if the law sets no time or the clock has not started."""
    if not dossier.case.time_rule or not (entries := clock_entries(dossier)):
        return []
    years = {entry.at.year for entry in entries}
    calendar = working_calendar(range(min(years), max(years) + 3))
    try:
        days = explain_days(parse_rule(dossier.case.time_rule), parse_policy(dossier.version.supplement_policy), entries, calendar)
    except CalendarYearMissing:
        return []
    rows, count = [], 0
    for day in days:
        count += day.counted
        number = str(count) if day.counted else ""
        rows.append(DayRow(f"{day.on:%d/%m/%Y}", weekday(day.on), day.counted, number, _(WHY_TEXTS[day.why])))
    return rows


def weekday(on: date) -> str:
    """The name of the day of the week."""
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return names[on.weekday()]


def due_words(
    state: str, due_at: datetime | None, finished_at: datetime | None, now: datetime, time_rule: str, calendar: WorkCalendar
) -> DueWords:
    """How the dossier stands. Waiting for the citizen and finished ones are never overdue."""
    exact = f"{local(due_at):%d/%m/%Y %H:%M}" if due_at else ""
    if State(state) in WAITING_FOR_APPLICANT:
        return DueWords(_("Clock stands still"), "", exact)
    if due_at is None and time_rule and State(state) is State.ACCEPTED:
        return DueWords(_("Counted from receipt by the competent agency"), "", "")
    if due_at is None:
        return DueWords(_("No statutory time"), "", "")
    stands = lateness(finished_at, due_at, now, parse_rule(time_rule or "1 working_day"), calendar)
    closed = {Lateness.EARLY: _("Done early"), Lateness.ON_TIME: _("Done on time"), Lateness.LATE: _("Done late")}
    if stands in closed:
        return DueWords(closed[stands], "bad" if stands is Lateness.LATE else "ok", exact)
    if State(state) in TERMINAL or State(state) is State.STOPPED:
        return DueWords("", "", exact)
    if stands is Lateness.OVERDUE:
        return DueWords(_late_by(due_at, now, calendar), "bad", exact, is_late=True)
    return DueWords(_left(due_at, now, calendar), "warn" if stands is Lateness.DUE_SOON else "ok", exact)


def _late_by(due_at: datetime, now: datetime, calendar: WorkCalendar) -> str:
    days = _working_days(local(due_at).date(), local(now).date(), calendar)
    if not days:
        return _("Overdue since %(time)s") % {"time": f"{local(due_at):%H:%M %d/%m}"}
    return ngettext("Overdue by %(days)d working day", "Overdue by %(days)d working days", days) % {"days": days}


def _left(due_at: datetime, now: datetime, calendar: WorkCalendar) -> str:
    due, today = local(due_at), local(now).date()
    if due.date() == today:
        return _("Today before %(time)s") % {"time": f"{due:%H:%M}"}
    days = _working_days(today, due.date(), calendar)
    return ngettext("%(days)d working day left", "%(days)d working days left", days) % {"days": days}


def _working_days(after: date, until: date, calendar: WorkCalendar) -> int:
    """Working days after the one date up to and with the other; calendar days where a year is not entered."""
    try:
        return sum(calendar.is_working_day(date.fromordinal(n)) for n in range(after.toordinal() + 1, until.toordinal() + 1))
    except CalendarYearMissing:
        return (until - after).days
