from datetime import datetime

import pytest

from dossiers.deadlines import (
    ClockEntry,
    EntryKind,
    Lateness,
    TimeRule,
    due_soon_from,
    fold,
    lateness,
    parse_policy,
    parse_rule,
)
from tests.dossiers.test_deadlines import CALENDAR, at

RULE = parse_rule("3 working_day")


@pytest.mark.parametrize(
    ("finished", "now", "rule", "expected"),
    [
        pytest.param(at(11, 25, 18), at(12, 1), RULE, Lateness.EARLY, id="early"),
        pytest.param(at(11, 26, 18), at(12, 1), RULE, Lateness.ON_TIME, id="on-time-by-date"),
        pytest.param(at(11, 27, 7), at(12, 1), RULE, Lateness.LATE, id="late"),
        pytest.param(at(11, 26, 18), at(12, 1), parse_rule("8 hour"), Lateness.LATE, id="hours-compare-instants"),
        pytest.param(None, at(11, 24), RULE, Lateness.NOT_DUE, id="not-due"),
        pytest.param(None, at(11, 25), RULE, Lateness.DUE_SOON, id="due-soon"),
        pytest.param(None, at(11, 26, 17, 0, 1), RULE, Lateness.OVERDUE, id="overdue"),
    ],
)
def test_lateness(finished: datetime | None, now: datetime, rule: TimeRule, expected: Lateness) -> None:
    assert lateness(finished, at(11, 26, 17), now, rule, at(11, 25, 0)) is expected


def test_a_dossier_without_a_due_time_is_never_overdue() -> None:
    assert lateness(None, None, at(12, 1), RULE) is Lateness.NOT_DUE


# 24 November 2026 is a holiday (Ngày Văn hóa Việt Nam); shifts 07:00-11:30 and 13:30-17:00.
@pytest.mark.parametrize(
    ("rule", "accepted", "soon"),
    [
        pytest.param("5 working_day", at(11, 16, 9), at(11, 20, 0), id="the-working-day-before"),
        pytest.param("2 working_day", at(11, 20, 10), at(11, 23, 0), id="two-days-are-not-short-and-the-holiday-is-passed-over"),
        pytest.param("2 working_day", at(11, 23, 10), at(11, 25, 0), id="never-before-the-holiday"),
        pytest.param("15 day", at(11, 2, 9), at(11, 16, 0), id="calendar-days"),
        pytest.param("in_day", at(11, 23, 7), at(11, 23, 15), id="in-day-from-seven: the last two of eight hours"),
        pytest.param("in_day", at(11, 23, 15), at(11, 23, 16, 30), id="in-day-at-three: the last half hour"),
        pytest.param("in_day", at(11, 23, 16), at(11, 25, 14, 45), id="in-day-after-three: on the next working day"),
        pytest.param("8 hour", at(11, 23, 13, 30), at(11, 25, 9, 30), id="working-hours: two of eight, across the holiday"),
        pytest.param("16 hour", at(11, 16, 7), at(11, 16, 0), id="sixteen-hours-are-two-days"),
        pytest.param("24 clock_hour", at(11, 16, 8), at(11, 17, 2), id="hours-of-the-clock"),
        pytest.param("1 working_day", at(11, 16, 13, 30), at(11, 17, 14, 8), id="one-working-day"),
    ],
)
def test_soon_is_the_working_day_before_or_the_last_quarter_of_a_short_time(rule: str, accepted: datetime, soon: datetime) -> None:
    parsed = parse_rule(rule)
    clock = fold(parsed, parse_policy("restart"), [ClockEntry(EntryKind.START, accepted)], CALENDAR)

    assert due_soon_from(parsed, clock, CALENDAR) == max(soon, accepted)


def test_soon_follows_the_clock_that_was_stopped_resumed_or_extended() -> None:
    rule, policy = parse_rule("in_day"), parse_policy("restart")
    entries = [ClockEntry(EntryKind.START, at(11, 16, 9)), ClockEntry(EntryKind.SUSPEND, at(11, 16, 10))]

    assert due_soon_from(rule, fold(rule, policy, entries, CALENDAR), CALENDAR) is None, "nothing is soon while the clock stands still"
    entries += [ClockEntry(EntryKind.RESUME, at(11, 17, 13, 30))]
    assert due_soon_from(rule, fold(rule, policy, entries, CALENDAR), CALENDAR) == at(11, 17, 16, 8)
    entries += [ClockEntry(EntryKind.EXTEND, at(11, 17, 14), new_due_at=at(11, 20, 17))]
    assert due_soon_from(rule, fold(rule, policy, entries, CALENDAR), CALENDAR) == at(11, 19, 0), "a time that was extended is not short"
