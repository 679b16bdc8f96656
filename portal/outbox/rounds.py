"""What a worker remembers of the channels between the batches of one drain, so that a batch need not ask and count anew.

Only what is good is remembered, and not for long: that every channel was in order, for LOOK; and good calls, until their bucket
of time is over, a call fails, or the drain ends. Trouble is neither remembered nor kept back. In memory only; see decision 0007.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from portal.outbox.models import Channel

LOOK = timedelta(milliseconds=500)
BUCKET = timedelta(seconds=5)
OLDEST = 2 * BUCKET
"""Good calls that were kept back for longer are forgotten: they are never counted after an interruption that came after them,
since that lasts for PROBE_AFTER at least."""
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def bucket(moment: datetime) -> datetime:
    """When the few seconds began into which calls of that moment are counted."""
    return _EPOCH + (moment - _EPOCH) // BUCKET * BUCKET


@dataclass(slots=True)
class Round:
    """One drain's memory."""

    channels: Mapping[str, Channel] | None = None
    read_at: datetime = _EPOCH
    good: dict[str, tuple[datetime, int]] = field(default_factory=dict)

    def keep(self, name: str, now: datetime) -> None:
        """One more good call of the channel will be counted; those of an earlier bucket were taken out before."""
        begins, count = self.good.get(name, (bucket(now), 0))
        self.good[name] = begins, count + 1

    def take(self, name: str, now: datetime) -> tuple[datetime, int] | None:
        """The channel's good calls with the beginning of their bucket, which from now on are the caller's to count."""
        kept = self.good.pop(name, None)
        return kept if kept and now - kept[0] <= OLDEST else None

    def is_over(self, name: str, now: datetime) -> bool:
        """Whether good calls of the channel are kept from a bucket that has ended."""
        return name in self.good and self.good[name][0] != bucket(now)


_round: ContextVar[Round | None] = ContextVar("round", default=None)


def this_round() -> Round | None:
    """None outside a drain: then everything is asked and counted at once."""
    return _round.get()


@contextmanager
def new_round() -> Iterator[Round]:
    """Inside, the caller's thread has a memory of its own."""
    memory = Round()
    token = _round.set(memory)
    try:
        yield memory
    finally:
        _round.reset(token)
