"""The shared state of each endpoint: its breaker, its pauses, and whether a person is needed. All workers obey it.

The rules are those of `breaker`; a row lock makes them one decision for all. Times are technical.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal.outbox import breaker
from portal.outbox.alerts import end_alerts, raise_alert
from portal.outbox.calls import calls_of, count
from portal.outbox.models import Channel, ChannelCalls, OperatorAlert
from portal.outbox.rounds import LOOK, new_round, this_round

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
Kind = OperatorAlert.Kind


@dataclass(frozen=True, slots=True)
class Admission:
    """The call may be made. `is_probe`: it is the one call by which an interrupted channel is tried. `is_skewed`: the other
    side's clock was off when it was last looked at."""

    channel: str
    is_probe: bool
    is_skewed: bool = False


@dataclass(frozen=True, slots=True)
class NotNow:
    """The call may not be made before `until`; it does not count as a try."""

    channel: str
    until: datetime
    why: str


@contextmanager
def one_round(clock: Callable[[], datetime]) -> Iterator[None]:
    """Inside, batches cost no statements about their channels: see `rounds`. What was kept back is counted at the end.

    If the database is lost, the calls of the last moment are forgotten, as when the worker dies.
    """
    with new_round() as memory:
        try:
            yield
        finally:
            with suppress(DatabaseError):
                for name in list(memory.good):
                    _count_kept(name, clock())


def standing(*, now: datetime) -> Mapping[str, Channel]:
    """Every channel that was ever troubled, by name. Inside a round it may be LOOK old, if all were in order."""
    memory = this_round()
    if memory and memory.channels is not None and timedelta() <= now - memory.read_at < LOOK:
        return memory.channels
    found = {row.name: row for row in Channel.objects.all()}
    if memory:
        memory.channels = found if all(_is_in_order(row, now) for row in found.values()) else None
        memory.read_at = now
    return found


def _is_in_order(row: Channel, now: datetime) -> bool:
    return row.state == Channel.State.CLOSED and not row.stop and (row.closed_until is None or row.closed_until <= now)


def _look_again() -> None:
    """What this process does to a channel it also sees."""
    if memory := this_round():
        memory.channels = None


def admit(name: str, *, now: datetime) -> Admission | NotNow:
    """Whether a call of the channel may be made now."""
    memory = this_round()
    if memory and memory.is_over(name, now):
        _count_kept(name, now)
    row = standing(now=now).get(name)
    if row is None:
        return Admission(name, is_probe=False)
    if row.stop or (row.closed_until is not None and row.closed_until > now):
        return NotNow(name, row.closed_until or NEVER, row.stop or row.state)
    if row.state == Channel.State.CLOSED:
        return Admission(name, is_probe=False, is_skewed=row.skew_at is not None)
    return _probe(name, now)


@transaction.atomic
def _probe(name: str, now: datetime) -> Admission | NotNow:
    """One caller becomes the probe; the others wait for its answer."""
    _look_again()
    row = Channel.objects.select_for_update().get(pk=name)
    if row.stop or (row.closed_until is not None and row.closed_until > now):
        return NotNow(name, row.closed_until or NEVER, row.stop or row.state)
    is_skewed = row.skew_at is not None
    if row.state == Channel.State.CLOSED:
        return Admission(name, is_probe=False, is_skewed=is_skewed)
    if row.state == Channel.State.OPEN:
        row.successes = row.failures = 0
    row.state, row.closed_until = Channel.State.HALF_OPEN, now + breaker.PROBE_LEASE
    row.save(update_fields=["state", "closed_until", "successes", "failures"])
    return Admission(name, is_probe=True, is_skewed=is_skewed)


def record(admission: Admission, *, ok: bool, now: datetime, stream: str = "", error: str = "") -> None:
    """The call's end is counted, and the channel is interrupted or put in order if that follows from it.

    A failure is counted and judged at once, after the good calls that this process kept back.
    """
    name = admission.channel
    if not ok:
        _look_again()
        Channel.objects.bulk_create([Channel(name=name, stream=stream)], ignore_conflicts=True)
    if admission.is_probe:
        _judge_probe(name, ok=ok, now=now, error=error)
    elif not ok:
        _count_kept(name, now)
        count(name, calls=1, failures=1, at=now, now=now)
        _judge(name, now, error)
    elif memory := this_round():
        if memory.is_over(name, now):
            _count_kept(name, now)
        memory.keep(name, now)
    else:
        count(name, calls=1, failures=0, at=now, now=now)


def _count_kept(name: str, now: datetime) -> None:
    """Good calls that were kept back are counted. Others may have failed meanwhile and not have seen twenty calls: so it is judged anew."""
    memory = this_round()
    kept = memory.take(name, now) if memory else None
    if kept and breaker.opens(*count(name, calls=kept[1], failures=0, at=kept[0], now=now)):
        _look_again()
        _judge(name, now)


@transaction.atomic
def _judge(name: str, now: datetime, error: str = "") -> None:
    row = Channel.objects.select_for_update().get(pk=name)
    if error:
        row.last_error, row.last_error_at = error[:500], now
        row.save(update_fields=["last_error", "last_error_at"])
    if row.state == Channel.State.CLOSED and breaker.opens(*calls_of(name, now=now)):
        _open(row, now, row.last_error)


@transaction.atomic
def _judge_probe(name: str, *, ok: bool, now: datetime, error: str) -> None:
    row = Channel.objects.select_for_update().get(pk=name)
    if row.state != Channel.State.HALF_OPEN:
        return
    row.successes += ok
    row.failures += not ok
    if not ok:
        row.last_error, row.last_error_at = error[:500], now
    if breaker.reopens(row.successes, row.failures):
        _open(row, now, error)
        return
    if not row.stop:
        row.closed_until = None
    if breaker.closes(row.successes):
        row.state, row.opened_at = Channel.State.CLOSED, None
        ChannelCalls.objects.filter(channel=name).delete()
        end_alerts(Kind.CHANNEL_OPEN, about=name, at=now)
    row.save()


def _open(row: Channel, now: datetime, error: str) -> None:
    row.state, row.opened_at = Channel.State.OPEN, now
    row.closed_until = max(row.closed_until if row.stop and row.closed_until else now, now + breaker.PROBE_AFTER)
    row.save()
    with translation.override("vi"):
        text = _("The connection %(channel)s is interrupted: half of its calls fail. Last: %(error)s") % {
            "channel": row.name,
            "error": error,
        }
    raise_alert(Kind.CHANNEL_OPEN, about=row.name, text=text, at=now)


@transaction.atomic
def pause(name: str, *, until: datetime, stream: str = "") -> None:
    """Nothing is sent before `until`, because the other side asked for it."""
    row = _locked(name, stream)
    row.closed_until = max(row.closed_until or until, until)
    row.save(update_fields=["closed_until"])


@transaction.atomic
def stop(name: str, *, kind: str, reason: str, now: datetime, stream: str = "", look_again: timedelta | None = None) -> None:
    """Nothing is sent until a person starts the channel; a person is being called.

    With `look_again` the channel may be asked then whether it admits us again (`start_again`).
    """
    row = _locked(name, stream)
    is_new = row.stop != kind
    # What only a person may start is never loosened by what starts by itself.
    if row.stop in {Channel.Stop.CONFLICT, Channel.Stop.PERSON} and kind == Channel.Stop.ACCESS:
        return
    row.stop, row.stopped_at = kind, row.stopped_at if not is_new else now
    row.closed_until = now + look_again if look_again else NEVER
    row.last_error, row.last_error_at = reason[:500], now
    row.save()
    if is_new:
        with translation.override("vi"):
            text = _("The connection %(channel)s was stopped: %(reason)s") % {"channel": name, "reason": reason}
        raise_alert(Kind.CHANNEL_STOPPED, about=name, text=text, at=now)


@transaction.atomic
def start_again(name: str, *, now: datetime) -> bool:
    """The channel works again, with a fresh breaker; False if it was not stopped."""
    _look_again()
    row = Channel.objects.select_for_update().filter(pk=name).exclude(stop="").first()
    if row is None:
        return False
    row.stop, row.stopped_at, row.closed_until = Channel.Stop.NONE, None, None
    row.state, row.opened_at, row.successes, row.failures = Channel.State.CLOSED, None, 0, 0
    row.save()
    ChannelCalls.objects.filter(channel=name).delete()
    end_alerts(Kind.CHANNEL_STOPPED, about=name, at=now)
    end_alerts(Kind.CHANNEL_OPEN, about=name, at=now)
    return True


def note_skew(name: str, *, seconds: int, limit: int, now: datetime, stream: str = "") -> None:
    """How far the other side's clock is from ours is on record; beyond `limit` a person is told, until it is right again."""
    if abs(seconds) > limit:
        with transaction.atomic():
            row = _locked(name, stream)
            row.skew_seconds, row.skew_at = seconds, now
            row.save(update_fields=["skew_seconds", "skew_at"])
        with translation.override("vi"):
            text = _("The clock of %(channel)s differs from ours by %(seconds)d seconds.") % {"channel": name, "seconds": seconds}
        raise_alert(Kind.SKEW, about=name, text=text, at=now)
    elif Channel.objects.filter(pk=name, skew_at__isnull=False).update(skew_seconds=seconds, skew_at=None):
        end_alerts(Kind.SKEW, about=name, at=now)


def _locked(name: str, stream: str) -> Channel:
    _look_again()
    Channel.objects.bulk_create([Channel(name=name, stream=stream)], ignore_conflicts=True)
    return Channel.objects.select_for_update().get(pk=name)
