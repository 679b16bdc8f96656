"""The vectors of the domain study, and each kind of entry in the ledger of the clock."""

from datetime import date, datetime, timedelta

import pytest

from dossiers.deadlines import (
    PAUSE_RESUME,
    RESTART,
    ClockEntry,
    ClockState,
    Day,
    EntryKind,
    LedgerBroken,
    Policy,
    PolicyKind,
    Why,
    answer_due,
    due_at,
    explain_days,
    fold,
    hand_over_due,
    parse_rule,
)
from portal.core.workcalendar import TIMEZONE, CalendarYearMissing, WorkCalendar


def _days(first: date, last: date) -> set[date]:
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


OFF_2026 = frozenset(
    {date(2026, 1, 1), date(2026, 1, 2), date(2026, 4, 27), date(2026, 4, 30), date(2026, 5, 1), date(2026, 11, 24)}
    | _days(date(2026, 2, 14), date(2026, 2, 22))
    | _days(date(2026, 8, 29), date(2026, 9, 2))
)
MAKE_UP_2026 = frozenset({date(2026, 1, 10), date(2026, 8, 22)})
CALENDAR = WorkCalendar(days_off=OFF_2026, make_up_days=MAKE_UP_2026, years=frozenset(range(2025, 2041)))
ADD_5 = Policy(PolicyKind.ADD_FIXED, 5)


def at(month: int, day: int, hour: int = 10, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=TIMEZONE)


def started(received: datetime, *pauses: tuple[datetime, datetime]) -> list[ClockEntry]:
    entries = [ClockEntry(EntryKind.START, received)]
    for asked, back in pauses:
        entries += [ClockEntry(EntryKind.SUSPEND, asked), ClockEntry(EntryKind.RESUME, back)]
    return entries


@pytest.mark.parametrize(
    ("received", "rule", "due"),
    [
        pytest.param(at(11, 20), "3 working_day", at(11, 26, 17), id="A"),
        pytest.param(at(11, 20, 16), "24 hour", at(11, 26, 16), id="A-hours"),
        pytest.param(at(11, 23, 15), "in_day", at(11, 23, 17), id="B"),
        pytest.param(at(11, 23, 15, 0, 1), "in_day", at(11, 25, 17), id="B-a-second-later"),
        pytest.param(at(8, 20), "5 working_day", at(8, 26, 17), id="C"),
        pytest.param(at(8, 26), "5 working_day", at(9, 7, 17), id="D"),
        pytest.param(at(2, 12), "10 working_day", at(3, 5, 17), id="E"),
        pytest.param(at(4, 12), "15 day", at(4, 28, 17), id="F"),
        pytest.param(at(11, 21, 9), "2 working_day", at(11, 25, 17), id="J"),
        pytest.param(at(1, 8), "2 working_day", at(1, 10, 17), id="I"),
        pytest.param(at(1, 31), "1 month", at(3, 2, 17), id="end-of-month-then-rolled"),
        pytest.param(at(11, 20), "24 clock_hour", at(11, 21), id="clock-hours-run-on"),
        pytest.param(at(11, 21, 9), "in_day", at(11, 23, 17), id="in-day-on-a-saturday"),
        pytest.param(at(11, 20, 20), "1 working_day", at(11, 23, 17), id="evening-counter"),
    ],
)
def test_due_time_of_an_undisturbed_dossier(received: datetime, rule: str, due: datetime) -> None:
    assert due_at(parse_rule(rule), RESTART, started(received), CALENDAR) == due


@pytest.mark.parametrize(
    ("policy", "due"), [(PAUSE_RESUME, at(11, 16, 17)), (RESTART, at(11, 17, 17)), (ADD_5, at(11, 23, 17))], ids=["H", "H-restart", "H-add"]
)
def test_due_time_after_a_supplement(policy: Policy, due: datetime) -> None:
    entries = started(at(11, 2), (at(11, 4), at(11, 10)))

    clock = fold(parse_rule("5 working_day"), policy, entries, CALENDAR)

    assert (clock.first_due_at, clock.due_at, clock.state) == (at(11, 9, 17), due, ClockState.RUNNING)


@pytest.mark.parametrize(("received", "due"), [(at(11, 21, 20), at(11, 23, 17)), (at(11, 23, 16), at(11, 25, 16))], ids=["G", "G-monday"])
def test_an_online_filing_is_answered_within_8_working_hours(received: datetime, due: datetime) -> None:
    assert answer_due(received, CALENDAR) == due


@pytest.mark.parametrize(
    ("accepted", "due"),
    [(at(11, 23, 15), at(11, 23, 17)), (at(11, 23, 15, 1), at(11, 25, 7)), (at(11, 21, 9), at(11, 23, 7))],
    ids=["same-day", "after-15", "saturday"],
)
def test_papers_are_handed_over_the_same_day_or_next_morning(accepted: datetime, due: datetime) -> None:
    assert hand_over_due(accepted, CALENDAR) == due


def test_a_suspended_clock_has_no_due_time() -> None:
    entries = [*started(at(11, 2)), ClockEntry(EntryKind.SUSPEND, at(11, 4))]

    clock = fold(parse_rule("5 working_day"), PAUSE_RESUME, entries, CALENDAR)

    assert (clock.state, clock.due_at, clock.last_due_at) == (ClockState.SUSPENDED, None, at(11, 9, 17))


def test_a_stopped_clock_keeps_its_last_due_time_and_can_go_on() -> None:
    entries = [*started(at(11, 2)), ClockEntry(EntryKind.STOP, at(11, 4))]

    assert due_at(parse_rule("5 working_day"), RESTART, entries, CALENDAR) == at(11, 9, 17)

    entries.append(ClockEntry(EntryKind.RESUME, at(11, 10)))

    assert due_at(parse_rule("5 working_day"), RESTART, entries, CALENDAR) == at(11, 16, 17)


def test_an_outside_obligation_only_pauses_whatever_the_supplement_policy_is() -> None:
    entries = [
        *started(at(11, 2)),
        ClockEntry(EntryKind.SUSPEND, at(11, 4), policy=PAUSE_RESUME),
        ClockEntry(EntryKind.RESUME, at(11, 10)),
    ]

    assert due_at(parse_rule("5 working_day"), RESTART, entries, CALENDAR) == at(11, 16, 17)


def test_the_fixed_addition_is_granted_once() -> None:
    entries = started(at(11, 2), (at(11, 4), at(11, 10)), (at(11, 11), at(11, 12)))

    assert due_at(parse_rule("5 working_day"), ADD_5, entries, CALENDAR) == at(11, 26, 17)


def test_an_extension_moves_the_due_time_and_keeps_the_first() -> None:
    entries = [*started(at(11, 2)), ClockEntry(EntryKind.EXTEND, at(11, 5), new_due_at=at(11, 14, 17))]

    clock = fold(parse_rule("5 working_day"), RESTART, entries, CALENDAR)

    assert (clock.first_due_at, clock.due_at) == (at(11, 9, 17), at(11, 16, 17))


def test_days_added_by_an_extension_survive_a_pause() -> None:
    entries = [
        *started(at(11, 2)),
        ClockEntry(EntryKind.EXTEND, at(11, 3), new_due_at=at(11, 11, 17)),
        ClockEntry(EntryKind.SUSPEND, at(11, 4)),
        ClockEntry(EntryKind.RESUME, at(11, 10)),
    ]

    # 4, 5, 6, 9, 10 and 11 November were left: six working days after the 10th.
    assert due_at(parse_rule("5 working_day"), PAUSE_RESUME, entries, CALENDAR) == at(11, 18, 17)


def test_hours_stand_still_during_a_pause() -> None:
    entries = started(at(11, 2, 8), (at(11, 2, 10), at(11, 4, 8)))

    assert due_at(parse_rule("8 hour"), PAUSE_RESUME, entries, CALENDAR) == at(11, 4, 16)


def test_an_interrupted_month_goes_on_as_days() -> None:
    entries = started(at(3, 2), (at(3, 12), at(3, 20)))

    # 31 days from 2 March, nine of them used: 22 days after the 20th is Saturday 11 April.
    assert due_at(parse_rule("1 month"), PAUSE_RESUME, entries, CALENDAR) == at(4, 13, 17)


def test_a_clock_that_begins_at_another_agency_counts_from_there() -> None:
    rule, way = parse_rule("5 working_day"), ClockEntry(EntryKind.TRANSFER, at(11, 2))

    waiting = fold(rule, PAUSE_RESUME, [way, ClockEntry(EntryKind.RECOUNT, at(11, 3))], CALENDAR)
    running = fold(rule, PAUSE_RESUME, [way, ClockEntry(EntryKind.START, at(11, 4))], CALENDAR)
    days = explain_days(rule, PAUSE_RESUME, [way, ClockEntry(EntryKind.START, at(11, 4))], CALENDAR)

    assert (waiting.state, waiting.due_at, waiting.first_due_at) == (ClockState.NOT_STARTED, None, None)
    assert running.due_at == running.first_due_at == due_at(rule, PAUSE_RESUME, started(at(11, 4)), CALENDAR)
    assert [(day.on.day, day.why.value) for day in days[:4]] == [(2, "on_the_way"), (3, "on_the_way"), (4, "at_agency"), (5, "working_day")]
    with pytest.raises(LedgerBroken):
        fold(rule, PAUSE_RESUME, [*started(at(11, 2)), way], CALENDAR)
    with pytest.raises(LedgerBroken):
        fold(rule, PAUSE_RESUME, [way, ClockEntry(EntryKind.SUSPEND, at(11, 3))], CALENDAR)


@pytest.mark.parametrize("kind", [EntryKind.SUSPEND, EntryKind.RESUME, EntryKind.EXTEND])
def test_a_ledger_begins_with_a_start(kind: EntryKind) -> None:
    with pytest.raises(LedgerBroken):
        due_at(parse_rule("1 day"), RESTART, [ClockEntry(kind, at(11, 2))], CALENDAR)


def test_a_clock_that_never_started_can_be_stopped_and_is_not_due() -> None:
    assert due_at(parse_rule("1 day"), RESTART, [ClockEntry(EntryKind.STOP, at(11, 2))], CALENDAR) is None


def test_december_needs_the_next_year() -> None:
    only_2026 = WorkCalendar(OFF_2026, MAKE_UP_2026, frozenset({2026}))

    with pytest.raises(CalendarYearMissing) as raised:
        due_at(parse_rule("5 working_day"), RESTART, started(at(12, 29)), only_2026)

    assert raised.value.year == 2027


def test_each_day_says_why_it_counts() -> None:
    days = explain_days(parse_rule("3 working_day"), RESTART, started(at(11, 20)), CALENDAR)

    assert days == [
        Day(date(2026, 11, 20), counted=False, why=Why.RECEIVED),
        Day(date(2026, 11, 21), counted=False, why=Why.WEEKEND),
        Day(date(2026, 11, 22), counted=False, why=Why.WEEKEND),
        Day(date(2026, 11, 23), counted=True, why=Why.WORKING_DAY),
        Day(date(2026, 11, 24), counted=False, why=Why.HOLIDAY),
        Day(date(2026, 11, 25), counted=True, why=Why.WORKING_DAY),
        Day(date(2026, 11, 26), counted=True, why=Why.WORKING_DAY),
    ]


def test_waiting_days_are_explained() -> None:
    days = explain_days(parse_rule("5 working_day"), PAUSE_RESUME, started(at(11, 2), (at(11, 4), at(11, 10))), CALENDAR)

    assert [(day.on.day, day.why) for day in days if not day.counted] == [
        (2, Why.RECEIVED),
        *((n, Why.SUSPENDED) for n in range(4, 10)),
        (10, Why.RESUMED),
        (14, Why.WEEKEND),
        (15, Why.WEEKEND),
    ]
    assert sum(day.counted for day in days) == 5


def test_a_period_that_ends_on_a_day_off_shows_where_it_rolled_to() -> None:
    days = explain_days(parse_rule("15 day"), RESTART, started(at(4, 12)), CALENDAR)

    assert [day.why for day in days] == [Why.RECEIVED, *[Why.CALENDAR_DAY] * 15, Why.ROLLED_FORWARD]


def test_make_up_days_and_extensions_are_explained() -> None:
    entries = [*started(at(8, 20)), ClockEntry(EntryKind.EXTEND, at(8, 24), new_due_at=at(8, 27, 17))]

    days = explain_days(parse_rule("5 working_day"), RESTART, entries, CALENDAR)

    assert [(day.on.day, day.why) for day in days if day.on.day in (22, 26, 27)] == [
        (22, Why.MAKE_UP_DAY),
        (26, Why.WORKING_DAY),
        (27, Why.EXTENDED),
    ]


def test_an_in_day_result_received_late_says_so() -> None:
    days = explain_days(parse_rule("in_day"), RESTART, started(at(11, 23, 15, 30)), CALENDAR)

    assert [(day.counted, day.why) for day in days] == [(False, Why.AFTER_15), (False, Why.HOLIDAY), (True, Why.IN_DAY)]


def test_a_rule_in_hours_shows_how_much_of_each_day_counted() -> None:
    days = explain_days(parse_rule("24 hour"), PAUSE_RESUME, started(at(11, 20, 16)), CALENDAR)

    assert [(day.on.day, day.minutes, day.why) for day in days] == [
        (20, 60, Why.WORKING_HOURS),
        (21, 0, Why.WEEKEND),
        (22, 0, Why.WEEKEND),
        (23, 480, Why.WORKING_HOURS),
        (24, 0, Why.HOLIDAY),
        (25, 480, Why.WORKING_HOURS),
        (26, 420, Why.WORKING_HOURS),
    ]


@pytest.mark.parametrize(
    ("rule", "entries", "expected"),
    [
        ("8 hour", started(at(11, 23, 18)), [(23, 0, Why.OUTSIDE_HOURS), (24, 0, Why.HOLIDAY), (25, 480, Why.WORKING_HOURS)]),
        ("24 clock_hour", started(at(11, 20, 16)), [(20, 480, Why.CLOCK_HOURS), (21, 960, Why.CLOCK_HOURS)]),
        (
            "8 hour",
            started(at(11, 25, 8), (at(11, 25, 10), at(11, 25, 14))),
            [(25, 300, Why.WORKING_HOURS), (26, 180, Why.WORKING_HOURS)],
        ),
        (
            "8 hour",
            started(at(11, 25, 8), (at(11, 25, 10), at(11, 27, 14))),
            [
                (25, 120, Why.WORKING_HOURS),
                (26, 0, Why.SUSPENDED),
                (27, 180, Why.WORKING_HOURS),
                (28, 0, Why.WEEKEND),
                (29, 0, Why.WEEKEND),
                (30, 180, Why.WORKING_HOURS),
            ],
        ),
    ],
    ids=["after-work", "round-the-clock", "waited-within-a-day", "waited-for-days"],
)
def test_hours_of_interrupted_and_late_days_add_up(rule: str, entries: list[ClockEntry], expected: list[tuple[int, int, Why]]) -> None:
    days = explain_days(parse_rule(rule), PAUSE_RESUME, entries, CALENDAR)

    assert [(day.on.day, day.minutes, day.why) for day in days] == expected
    assert sum(day.minutes for day in days) == parse_rule(rule).value * 60


def test_what_is_stopped_on_its_way_begins_at_the_agency_when_it_goes_on() -> None:
    """An unpaid dossier stops before it has arrived; paid, it is with the agency, whose whole time is still there."""
    rule = parse_rule("5 working_day")
    way, stop, go = (ClockEntry(kind, at(11, day)) for kind, day in ((EntryKind.TRANSFER, 2), (EntryKind.STOP, 3), (EntryKind.RESUME, 9)))

    found = fold(rule, PAUSE_RESUME, [way, stop, go], CALENDAR)

    assert found.due_at == fold(rule, PAUSE_RESUME, [ClockEntry(EntryKind.START, at(11, 9))], CALENDAR).due_at
