"""The legal working calendar: which days and hours count.

Pure. Times are aware; days and shifts are those of Asia/Ho_Chi_Minh, which has no daylight
saving. A calendar refuses to guess: a computation that touches a year whose days off were not
loaded raises CalendarYearMissing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TIMEZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ONE_DAY = timedelta(days=1)
_SATURDAY = 5


class CalendarYearMissing(LookupError):
    """The days off of the year were not entered, so nothing can be counted across it."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(f"The working calendar of {year} has not been entered.")


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of working time within one day."""

    starts: time
    ends: time

    def __post_init__(self) -> None:
        if self.starts >= self.ends:
            raise ValueError(f"A shift ends after it starts: {self.starts}–{self.ends}")


DEFAULT_SHIFTS = (Shift(time(7, 0), time(11, 30)), Shift(time(13, 30), time(17, 0)))


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day that differs from its weekday: off, or a make-up day that is worked."""

    on: date
    is_working: bool


def local(instant: datetime) -> datetime:
    """The same instant on the clock of Việt Nam. Raises ValueError for a time without offset."""
    if instant.tzinfo is None:
        raise ValueError(f"A time needs its offset: {instant.isoformat()}")
    return instant.astimezone(TIMEZONE)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Working days and hours of the years that are loaded."""

    days_off: frozenset[date]
    make_up_days: frozenset[date]
    years: frozenset[int]
    shifts: tuple[Shift, ...] = DEFAULT_SHIFTS

    def __post_init__(self) -> None:
        if not self.shifts or any(a.ends > b.starts for a, b in zip(self.shifts, self.shifts[1:], strict=False)):
            raise ValueError("Shifts are at least one, in order, and do not overlap.")

    @classmethod
    def from_holidays(
        cls,
        holidays: Iterable[Holiday],
        years: Iterable[int],
        shifts: tuple[Shift, ...] = DEFAULT_SHIFTS,
    ) -> "WorkCalendar":
        """A calendar of the given years in which these days differ from their weekday."""
        days = tuple(holidays)
        return cls(
            days_off=frozenset(day.on for day in days if not day.is_working),
            make_up_days=frozenset(day.on for day in days if day.is_working),
            years=frozenset(years),
            shifts=shifts,
        )

    def is_working_day(self, day: date) -> bool:
        """Whether the day counts. Raises CalendarYearMissing."""
        if day.year not in self.years:
            raise CalendarYearMissing(day.year)
        if day in self.make_up_days:
            return True
        return day.weekday() < _SATURDAY and day not in self.days_off

    def next_working_day(self, day: date) -> date:
        """The first working day after the day."""
        return self.roll_forward(day + ONE_DAY)

    def roll_forward(self, day: date) -> date:
        """The day itself when it is worked, else the next working day."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The count-th working day after the day, which itself is not counted."""
        for _ in range(count):
            day = self.next_working_day(day)
        return day

    def working_days_between(self, after: date, before: date) -> int:
        """Working days strictly after the one and strictly before the other."""
        span = (before - after).days
        return sum(self.is_working_day(after + n * ONE_DAY) for n in range(1, span))

    def start_of_shift(self, day: date) -> datetime:
        """When work begins on the day."""
        return datetime.combine(day, self.shifts[0].starts, TIMEZONE)

    def end_of_shift(self, day: date) -> datetime:
        """When work ends on the day."""
        return datetime.combine(day, self.shifts[-1].ends, TIMEZONE)

    def stretches(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The working time of the day; none on a day off."""
        if not self.is_working_day(day):
            return ()
        return tuple(
            (
                datetime.combine(day, shift.starts, TIMEZONE),
                datetime.combine(day, shift.ends, TIMEZONE),
            )
            for shift in self.shifts
        )

    def normalise(self, instant: datetime) -> datetime:
        """The instant itself in working time, both ends included, else when work next begins."""
        moment = local(instant)
        day = moment.date()
        for starts, ends in self.stretches(day):
            if moment <= ends:
                return max(moment, starts)
        return self.start_of_shift(self.next_working_day(day))

    def add_working_minutes(self, instant: datetime, minutes: int) -> datetime:
        """The instant after so many minutes of working time.

        Ends at the close of a shift rather than at the opening of the next.
        """
        moment = self.normalise(instant)
        left = timedelta(minutes=minutes)
        day = moment.date()
        while True:
            for starts, ends in self.stretches(day):
                begins = max(starts, moment)
                if begins > ends:
                    continue
                if left <= ends - begins:
                    return begins + left
                left -= ends - begins
            day = self.next_working_day(day)

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole minutes of working time from the one instant to the other."""
        first, last = local(start), local(end)
        worked = timedelta()
        day = first.date()
        while day <= last.date():
            for starts, ends in self.stretches(day):
                worked += max(min(ends, last) - max(starts, first), timedelta())
            day += ONE_DAY
        return int(worked.total_seconds()) // 60
