"""The register of an office (form 07): one numbered line per dossier, in the order of filing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Min
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from counters.labels import moment
from dossiers.codes import format_code
from dossiers.deadlines import Lateness, lateness, parse_rule
from dossiers.history import state_label
from dossiers.models import CodeCounter, Dossier, Event, HandOver
from dossiers.states import State, Verb
from portal.agencies.models import Office
from portal.core.workcalendar import TIMEZONE, local

MOST_LINES = 2_000
MOST_DAYS = 92
_ENDED_EARLY = frozenset({State.REFUSED, State.WITHDRAWN, State.STOPPED})


@dataclass(frozen=True, slots=True)
class Line:
    """One line, every cell written out. Source: Thông tư 03/2025/TT-VPCP, Appendix I, form 07."""

    number: int
    code: str
    owner: str
    content: str
    papers: int
    received: str
    due: str
    channel: str
    sent: str
    sent_to: str
    returned: str
    outcome: str
    collector: str
    note: str


def register_of(office: Office, first: date, last: date, *, now: datetime) -> list[Line]:
    """The lines of the period, numbered through since New Year; at most MOST_LINES. Four queries whatever their number."""
    begin, end = _instant(first), _instant(last + timedelta(days=1))
    year = _instant(date(first.year, 1, 1))
    filed = Dossier.objects.filter(receiving_office=office)
    before = filed.filter(filed_at__gte=year, filed_at__lt=begin).count()
    period = filed.filter(filed_at__gte=begin, filed_at__lt=end).select_related("version", "case", "agency").order_by("filed_at", "pk")
    dossiers = list(period[:MOST_LINES])
    sent, hand_overs = _sent(dossiers), _hand_overs(dossiers)
    return [
        _line(before + place, dossier, sent.get(dossier.pk), hand_overs.get(dossier.pk), now=now)
        for place, dossier in enumerate(dossiers, start=1)
    ]


def lines_in(office: Office, first: date, last: date) -> int:
    """How many lines the period has."""
    begin, end = _instant(first), _instant(last + timedelta(days=1))
    return Dossier.objects.filter(receiving_office=office, filed_at__gte=begin, filed_at__lt=end).count()


def missing_codes(office: Office, year: int) -> list[str]:
    """Codes of the office's series of the year that were given out and that no dossier has; empty when the series has no gap.

    Two queries while there is none, one more for the days that have.
    """
    given = dict(CodeCounter.objects.filter(office=office, day__year=year).order_by("day").values_list("day", "last"))
    begin, end = _instant(date(year, 1, 1)), _instant(date(year + 1, 1, 1))
    filed = Dossier.objects.filter(receiving_office=office, filed_at__gte=begin, filed_at__lt=end)
    days = filed.annotate(day=TruncDate("filed_at", tzinfo=TIMEZONE)).values_list("day").annotate(count=Count("pk")).order_by()
    counts = dict(days)
    short = [day for day, last in given.items() if counts.get(day, 0) < last]
    if not short:
        return []
    present = set(filed.annotate(day=TruncDate("filed_at", tzinfo=TIMEZONE)).filter(day__in=short).values_list("code", flat=True))
    wanted = (format_code(office.code, day, number) for day in short for number in range(1, given[day] + 1))
    return [code for code in wanted if code not in present]


def _instant(day: date) -> datetime:
    return datetime.combine(day, time.min, TIMEZONE)


def _sent(dossiers: Sequence[Dossier]) -> dict[int, datetime]:
    """When each was first sent on to its agency."""
    steps = Event.objects.filter(dossier__in=dossiers, verb__in=[Verb.HAND_OVER, Verb.ROUTE_TO_RECEPTION])
    return dict(steps.values_list("dossier_id").annotate(Min("at")).order_by())


def _hand_overs(dossiers: Sequence[Dossier]) -> dict[int, HandOver]:
    """The last hand-over of each result."""
    return {each.dossier_id: each for each in HandOver.objects.filter(dossier__in=dossiers).order_by("at", "pk")}


def _line(number: int, dossier: Dossier, sent: datetime | None, over: HandOver | None, *, now: datetime) -> Line:
    return Line(
        number=number,
        code=dossier.code,
        owner=dossier.owner_name,
        content=dossier.version.short_name_vi,
        papers=dossier.paper_count,
        received=moment(dossier.accepted_at or dossier.filed_at),
        due=moment(dossier.due_at),
        channel=str(dossier.get_channel_display()),
        sent=moment(sent),
        sent_to=dossier.agency.name if dossier.agency else "",
        returned=moment(dossier.returned_at),
        outcome=_outcome(dossier, now),
        collector=over.collector_name if over else "",
        note=state_label(dossier.state) if State(dossier.state) in _ENDED_EARLY else "",
    )


def _outcome(dossier: Dossier, now: datetime) -> str:
    """Before, on or after the date, once it is finished."""
    if dossier.finished_at is None:
        return ""
    stands = lateness(dossier.finished_at, dossier.due_at, now, parse_rule(dossier.case.time_rule or "1 working_day"))
    return {Lateness.EARLY: _("Done early"), Lateness.ON_TIME: _("Done on time"), Lateness.LATE: _("Done late")}.get(stands, "")


def default_period(now: datetime) -> tuple[date, date]:
    """The working week so far."""
    today = local(now).date()
    return today - timedelta(days=today.weekday()), today
