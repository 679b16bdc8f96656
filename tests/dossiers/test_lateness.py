from datetime import datetime

import pytest

from dossiers.deadlines import Lateness, TimeRule, lateness, parse_rule
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
    assert lateness(finished, at(11, 26, 17), now, rule, CALENDAR) is expected


def test_a_dossier_without_a_due_time_is_never_overdue() -> None:
    assert lateness(None, None, at(12, 1), RULE) is Lateness.NOT_DUE
