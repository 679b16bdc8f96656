"""Streams, queues and schedules fit each other, and the broker gets ids only."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from portal.celery import app
from portal.core.celeryconf import FAST, HARD_LIMIT_SECONDS, LONG, LONG_TASKS, QUEUES, SOFT_LIMIT_SECONDS, STREAM_QUEUES, VISIBILITY_SECONDS
from portal.outbox.actions import LEASE
from portal.outbox.handlers import handler_of
from portal.outbox.models import OutboxMessage
from portal.outbox.tasks import LONGEST_SECONDS


@pytest.mark.parametrize("stream", OutboxMessage.Stream.values)
def test_every_stream_has_a_worker_function_and_a_known_queue(stream: str) -> None:
    assert callable(handler_of(stream))
    assert STREAM_QUEUES[stream] in QUEUES


def test_times_nest() -> None:
    assert LONGEST_SECONDS < SOFT_LIMIT_SECONDS < HARD_LIMIT_SECONDS < LEASE.total_seconds() < VISIBILITY_SECONDS


def test_the_worker_consumes_every_queue_and_no_other_can_be_named() -> None:
    assert tuple(queue.name for queue in app.conf.task_queues) == QUEUES
    assert app.conf.task_create_missing_queues is False


def test_every_scheduled_task_exists_and_goes_to_a_known_queue() -> None:
    app.loader.import_default_modules()
    schedule = app.conf.beat_schedule

    assert {entry["task"] for entry in schedule.values()} <= set(app.tasks)
    assert {entry["options"]["queue"] for entry in schedule.values()} <= set(QUEUES)


def test_what_may_run_for_many_minutes_has_a_queue_of_its_own_and_is_not_handed_out_again() -> None:
    app.loader.import_default_modules()
    schedule = {entry["task"]: entry["options"]["queue"] for entry in app.conf.beat_schedule.values()}
    slow = {name for name, task in app.tasks.items() if (task.time_limit or 0) > VISIBILITY_SECONDS and name in schedule}

    assert slow == LONG_TASKS
    assert {schedule[name] for name in slow} == {LONG}
    assert LONG not in STREAM_QUEUES.values()
    assert {queue for name, queue in schedule.items() if name not in slow} == {FAST}
    assert [app.tasks[name].acks_late for name in slow] == [False] * len(slow)


def test_requests_never_talk_to_the_broker() -> None:
    """Only the tasks of the outbox and of the registry's sweep, which run in workers, and the dispatcher send messages."""
    allowed = {"portal/outbox/tasks.py", "procedures/tasks.py"}
    root = Path(settings.BASE_DIR)
    found = {
        str(path.relative_to(root))
        for app_folder in ("portal", "procedures", "dossiers", "counters", "payments")
        for path in (root / app_folder).rglob("*.py")
        if re.search(r"\.(delay|apply_async|send_task)\(", path.read_text())
    }

    assert found == allowed
