"""Who runs the installation hears of all that waits for a person: at once, or within a minute with what came meanwhile, and again."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from portal.celery import app
from portal.notifications.models import Notification
from portal.notifications.operators import AGAIN, LONG, LOOK_EVERY, SHORT, tell_waiting
from portal.outbox.actions import Park, claim, settle
from portal.outbox.alerts import end_alerts, raise_alert
from portal.outbox.models import OperatorAlert, OutboxMessage
from portal.outbox.replays import By, Chosen, replay
from tests.factories import staff
from tests.outbox.test_actions import put

MORNING = datetime(2026, 11, 16, 1, tzinfo=UTC)  # Monday, 08:00 in Viet Nam
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def park(number: int, at: datetime, stream: str = "national") -> None:
    put(stream, subject=number, at=at)
    [message] = claim(stream, now=at)
    settle(message, Park(f"invalid: MaTTHC {number}"), now=at)


def told() -> list[str]:
    """What was said, oldest first, without the address before it."""
    return [text.split(": ", 1)[1] for text in Notification.objects.order_by("pk").values_list("text", flat=True)]


@pytest.mark.django_db
def test_the_first_is_told_at_once_and_what_follows_within_a_minute_in_one_message() -> None:
    assert app.conf.beat_schedule["notifications.tell_operators"]["schedule"] == LOOK_EVERY
    assert SHORT + LOOK_EVERY < MINUTE
    park(1, MORNING)
    for number in (2, 3, 4):
        park(number, MORNING + number * SECOND)
    assert told() == ["invalid: MaTTHC 1"]

    assert tell_waiting(at=MORNING + SHORT - SECOND) == 0
    assert tell_waiting(at=MORNING + SHORT) == 1
    assert tell_waiting(at=MORNING + SHORT + LOOK_EVERY) == 0

    assert told() == ["invalid: MaTTHC 1", "Có việc chờ người xử lý: thêm 3 việc. Việc mới nhất: invalid: MaTTHC 4"]
    assert not OperatorAlert.objects.filter(told_at__isnull=True).exists()
    assert OutboxMessage.objects.filter(stream="notify", not_before=MORNING + SHORT).count() == 1


@pytest.mark.django_db
def test_a_second_one_alone_says_what_it_says() -> None:
    park(1, MORNING)
    park(2, MORNING + SECOND)
    tell_waiting(at=MORNING + MINUTE)
    park(3, MORNING + 2 * MINUTE)

    assert told() == [f"invalid: MaTTHC {number}" for number in (1, 2, 3)]


@pytest.mark.django_db
def test_while_something_stays_open_it_is_told_again_in_working_time() -> None:
    park(1, MORNING)
    park(2, MORNING + MINUTE)
    moments = {
        "a second too early": MORNING + MINUTE + AGAIN - SECOND,
        "at noon": MORNING + MINUTE + AGAIN,
        "after lunch, 13:30": MORNING + 5.5 * HOUR,
        "soon after": MORNING + 6 * HOUR,
        "17:30": MORNING + 9.5 * HOUR,
        "before 07:00": MORNING + 23 * HOUR - SECOND,
        "at 07:00": MORNING + 23 * HOUR,
    }

    assert [name for name, moment in moments.items() if tell_waiting(at=moment)] == ["after lunch, 13:30", "at 07:00"]
    reminder = "Có việc chờ người xử lý: còn 2 việc chưa xử lý, việc cũ nhất từ 08:00 16/11/2026: invalid: MaTTHC 1"
    assert told()[2:] == [reminder, reminder]


@pytest.mark.django_db
def test_what_a_person_has_seen_to_is_not_told_again() -> None:
    park(1, MORNING)
    park(2, MORNING + SECOND)
    replay(Chosen(stream="national"), by=By(staff("supervisor"), MORNING + 2 * SECOND, "Cổng đã sửa danh mục"))

    assert [tell_waiting(at=MORNING + wait) for wait in (MINUTE, AGAIN)] == [0, 0]
    assert told() == ["invalid: MaTTHC 1"]


@pytest.mark.django_db
def test_a_connection_that_comes_and_goes_rings_once_in_ten_minutes_and_still_if_it_stays_away() -> None:
    for number in range(5):
        raise_alert("open", about="national.messages", text=f"HTTP 50{number}", at=MORNING + number * MINUTE)
        if number < 4:
            end_alerts("open", about="national.messages", at=MORNING + number * MINUTE + SECOND)

    assert [tell_waiting(at=MORNING + wait) for wait in (5 * MINUTE, LONG)] == [0, 1]
    assert told() == ["HTTP 500", "HTTP 504"]


@pytest.mark.django_db
def test_what_messages_cause_is_on_the_page_only() -> None:
    park(1, MORNING, "notify")

    assert tell_waiting(at=MORNING + AGAIN) == 0
    assert told() == []


def test_two_at_the_same_moment_do_not_wait_for_each_other_and_both_are_told(committed_db: None) -> None:
    for number in (1, 2):
        put(subject=number, at=MORNING)
    first, second = claim("national", now=MORNING)
    is_told, may_commit = threading.Event(), threading.Event()

    def work() -> None:
        with transaction.atomic():
            settle(first, Park("invalid: 1"), now=MORNING)
            is_told.set()
            may_commit.wait(20)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert is_told.wait(20)
    settle(second, Park("invalid: 2"), now=MORNING + SECOND)
    assert told() == []
    may_commit.set()
    thread.join()

    assert tell_waiting(at=MORNING + SHORT) == 1
    assert told() == ["invalid: 1", "invalid: 2"]
