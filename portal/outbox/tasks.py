"""The tasks that wake workers. They carry no data: workers claim rows themselves."""

import time
from datetime import timedelta

import structlog
from celery import shared_task

from portal.core.celeryconf import STREAM_QUEUES
from portal.core.clock import technical_now
from portal.core.jobs import is_first
from portal.outbox.actions import BATCH, Done, claim, publishable, settle, settle_done
from portal.outbox.calls import forget_calls
from portal.outbox.channels import one_round
from portal.outbox.handlers import handler_of, may_work

log = structlog.get_logger()
ROUNDS = 20
LONGEST_SECONDS = 20
"""A drain ends well before its soft time limit, even if the last batch ran into a slow answer."""
SWEEP_EVERY = timedelta(seconds=30)


@shared_task(name="outbox.drain", ignore_result=True)
def drain(*, stream: str, **ignored: object) -> None:
    """Claim due messages of the stream in batches until none is due. Idempotent: a second delivery finds nothing."""
    if drain_rounds(stream)[1]:
        wake(stream)


def drain_rounds(stream: str, *, limit: int = BATCH, rounds: int = ROUNDS) -> tuple[int, bool]:
    """Up to `rounds` batches are worked on, for LONGEST_SECONDS at most; how many messages that were, and whether there may be more."""
    began, taken = time.monotonic(), 0
    with one_round(technical_now):
        for _round in range(rounds):
            count = drain_once(stream, limit)
            taken += count
            if not count:
                return taken, False
            if time.monotonic() - began > LONGEST_SECONDS:
                break
    return taken, True


def drain_once(stream: str, limit: int = BATCH) -> int:
    """One batch is claimed, worked on and settled; returns its size. Nothing is claimed while the stream's channel is closed."""
    if not may_work(stream):
        return 0
    messages = claim(stream, now=technical_now(), limit=limit)
    if not messages:
        return 0
    outcomes = handler_of(stream)(messages)
    done = [message for message, outcome in outcomes if isinstance(outcome, Done)]
    lost = len(done) - settle_done(done, now=technical_now())
    for message, outcome in outcomes:
        if not isinstance(outcome, Done) and not settle(message, outcome, now=technical_now()):
            lost += 1
    if lost:
        log.warning("outbox_lease_lost", stream=stream, count=lost)
    return len(messages)


def wake(stream: str) -> None:
    """A worker will look at the stream. Raises what the broker raises; the caller comes round again."""
    drain.apply_async(kwargs={"stream": stream}, queue=STREAM_QUEUES[stream], retry=False)


@shared_task(name="outbox.sweep", ignore_result=True)
def sweep(**ignored: object) -> None:
    """Every stream with due messages has been announced, also when no dispatcher runs. Once per 30 s, however many beats."""
    now = technical_now()
    if is_first("outbox.sweep", every=SWEEP_EVERY, at=now):
        forget_calls(before=now - timedelta(minutes=10))
        for stream in publishable(now=now):
            wake(stream)
