"""The legal time of a dossier day by day: which day counted, which did not, and why."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dossiers.actions.ledger import clock_entries
from dossiers.deadlines import WHY_TEXTS, Day, Lateness, explain_days, lateness, parse_policy, parse_rule
from dossiers.lifecycle import TERMINAL, WAITING_FOR_APPLICANT, State
from dossiers.models import Dossier
from portal.agencies.queries import working_calendar
from portal.core.workcalendar import CalendarYearMissing, WorkCalendar, local


@dataclass(frozen=True, slots=True)
class DayRow:
    """One date of the table. `amount`: which of the counted days it is, or how many hours of it counted; empty for none."""

    on: str
    weekday: str
    counted: bool
    amount: str
    why: str


@dataclass(frozen=True, slots=True)
class DateRow:
    """A return date that was promised, and how the dossier stands towards it."""

    label: str
    on: str
    words: str
    kind: str


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
        amount = _amount(day, count) if day.counted else ""
        rows.append(DayRow(f"{day.on:%d/%m/%Y}", weekday(day.on), day.counted, amount, _(WHY_TEXTS[day.why])))
    return rows


def _amount(day: Day, count: int) -> str:
    if not day.minutes:
        return _("day %(number)s") % {"number": count}
    hours, minutes = divmod(day.minutes, 60)
    return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}


def both_dates(dossier: Dossier, now: datetime) -> list[DateRow]:
    """The first return date and the last, and the lateness towards each; empty while there is only one."""
    if dossier.first_due_at is None or dossier.due_at is None or dossier.first_due_at == dossier.due_at:
        return []
    calendar = working_calendar(range(now.year - 2, now.year + 3))
    dates = ((_("First return date"), dossier.first_due_at), (_("Present return date"), dossier.due_at))
    rule = dossier.case.time_rule
    stands = [
        (label, due_words(DueFacts(dossier.state, "", due_at, None, dossier.finished_at, rule), now, calendar)) for label, due_at in dates
    ]
    return [DateRow(label, words.exact, words.text, words.kind) for label, words in stands]


def weekday(on: date) -> str:
    """The name of the day of the week."""
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return names[on.weekday()]


@dataclass(frozen=True, slots=True)
class DueFacts:
    """What a dossier's row says about its time. `came_from` is where a wait goes back to."""

    state: str
    came_from: str
    due_at: datetime | None
    soon_at: datetime | None
    finished_at: datetime | None
    time_rule: str


def due_of(dossier: Dossier, now: datetime, calendar: WorkCalendar) -> DueWords:
    """How the dossier, with its case at hand, stands."""
    rule = dossier.case.time_rule
    facts = DueFacts(dossier.state, dossier.came_from, dossier.due_at, dossier.due_soon_at, dossier.finished_at, rule)
    return due_words(facts, now, calendar)


def due_words(facts: DueFacts, now: datetime, calendar: WorkCalendar) -> DueWords:
    """How the dossier stands. While the clock waits for the citizen, and once finished, it is never overdue.

    An ordinary fee that is asked for at intake does not hold the clock.
    """
    state, due_at, time_rule, came_from = facts.state, facts.due_at, facts.time_rule, facts.came_from
    exact = f"{local(due_at):%d/%m/%Y %H:%M}" if due_at else ""
    if due_at is None:
        return DueWords(_without_date(State(state), time_rule), "", "")
    if State(state) in WAITING_FOR_APPLICANT and came_from != State.ACCEPTED:
        return DueWords(_("Clock stands still"), "", exact)
    stands = lateness(facts.finished_at, due_at, now, parse_rule(time_rule or "1 working_day"), facts.soon_at)
    closed = {Lateness.EARLY: _("Done early"), Lateness.ON_TIME: _("Done on time"), Lateness.LATE: _("Done late")}
    if stands in closed:
        return DueWords(closed[stands], "bad" if stands is Lateness.LATE else "ok", exact)
    if State(state) in TERMINAL or State(state) is State.STOPPED:
        return DueWords("", "", exact)
    if stands is Lateness.OVERDUE:
        return DueWords(_late_by(due_at, now, calendar), "bad", exact, is_late=True)
    return DueWords(_left(due_at, now, calendar), "warn" if stands is Lateness.DUE_SOON else "ok", exact)


def _without_date(state: State, time_rule: str) -> str:
    if not time_rule:
        return _("No statutory time")
    if state in (State.SUBMITTED, State.AWAITING_RECEPTION, *WAITING_FOR_APPLICANT):
        return _("Counted from acceptance")
    return _("Counted from receipt by the competent agency") if state is State.ACCEPTED else _("No statutory time")


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
