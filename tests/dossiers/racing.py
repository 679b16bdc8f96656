"""Two acts at the same time, on two real connections: the first holds its transaction open until the second waits for it, or has ended.

No sleep decides the order: the server itself says that the second waits (`pg_blocking_pids`).
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import QuerySet

from portal.core.errors import DomainError

PATIENCE = 10.0


class RaceLost(AssertionError):
    """Both won, or the loser met an error that no page can explain."""


@dataclass
class Runner:
    """One of the two: what it did, or what it was told."""

    act: Callable[[], object]
    done: object = None
    error: BaseException | None = None
    pid: int = 0
    has_acted: threading.Event = field(default_factory=threading.Event)

    @property
    def was_refused(self) -> bool:
        return isinstance(self.error, DomainError)


def race(first: Callable[[], object], second: Callable[[], object]) -> tuple[Runner, Runner]:
    """Both have ended. The first acted before the second began, and committed when the second waited or was through."""
    one, two, may_commit = Runner(first), Runner(second), threading.Event()
    threads = [
        threading.Thread(target=_run, args=(one, may_commit), daemon=True),
        threading.Thread(target=_run, args=(two, None), daemon=True),
    ]
    threads[0].start()
    if not one.has_acted.wait(PATIENCE):
        raise RaceLost("the first never came to an end")
    threads[1].start()
    _until_waiting(two, threads[1])
    may_commit.set()
    for thread in threads:
        thread.join(PATIENCE)
        if thread.is_alive():
            raise RaceLost("one of them waits for ever")
    return one, two


def _run(runner: Runner, may_commit: threading.Event | None) -> None:
    try:
        connection.ensure_connection()
        runner.pid = connection.connection.info.backend_pid
        with transaction.atomic():
            runner.done = runner.act()
            runner.has_acted.set()
            if may_commit is not None:
                may_commit.wait(PATIENCE)
    except BaseException as error:
        runner.error = error
    finally:
        runner.has_acted.set()
        connections.close_all()


def _until_waiting(runner: Runner, thread: threading.Thread) -> None:
    end = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while thread.is_alive() and time.monotonic() < end:
            if runner.pid:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s::int))", [runner.pid])
                if cursor.fetchone()[0]:
                    return
            thread.join(0.002)


def judged(one: Runner, two: Runner, *, both_may_win: bool) -> None:
    """The first has done it; the second was refused in words (or has done it after all, where both may). Raises RaceLost."""
    if one.error is not None:
        raise RaceLost(f"the first: {one.error!r}") from one.error
    if two.error is not None and not two.was_refused:
        raise RaceLost(f"the second: {two.error!r}") from two.error
    if two.error is None and not both_may_win:
        raise RaceLost("both did it")


@contextmanager
def unlocked() -> Iterator[None]:
    """No row is locked by anybody: everybody reads what was there before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", lambda self, *_args, **_kwargs: self)
        yield


@contextmanager
def replaced(target: str, by: Any) -> Iterator[None]:
    """Another guard is off."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target, by)
        yield
