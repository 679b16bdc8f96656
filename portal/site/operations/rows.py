"""Lines of the operations pages, as people read them. Formatted here, so that the templates only print."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dossiers.messages import codes_of
from portal.core.workcalendar import local
from portal.outbox.channels import NEVER
from portal.outbox.models import Channel, OutboxMessage, OutboxReplay
from portal.outbox.queries import COUNTED, ChannelState, Traffic

Stream = OutboxMessage.Stream
STREAMS: dict[str, str | Promise] = {
    Stream.ROUTE: gettext_lazy("Routing"),
    Stream.NATIONAL: gettext_lazy("National portal: steps"),
    Stream.NOTIFY: gettext_lazy("Messages to people"),
    Stream.DOCUMENT: gettext_lazy("Documents"),
    Stream.INBOUND: gettext_lazy("National portal: handed over to us"),
    Stream.REPLY: gettext_lazy("National portal: answers to questions"),
}
CHANNELS: dict[str, str | Promise] = {
    "national.messages": gettext_lazy("National portal: steps"),
    "national.token": gettext_lazy("National portal: sign-in"),
    "national.reads": gettext_lazy("National portal: looking up"),
    "national.files": gettext_lazy("National portal: files"),
}


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One stream. `is_late`: something has waited for longer than the half hour after which people are alerted."""

    name: str
    waiting: str
    parked: str
    done: str
    typical: str
    slow: str
    oldest: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One connection."""

    name: str
    label: str
    state: str
    kind: str
    icon: str
    calls: str
    error: str
    skew: str
    is_stopped: bool
    can_stop: bool


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message that waits for a person, or that failed and is tried again."""

    pk: int
    stream: str
    dossier: str
    step: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class ActRow:
    """What a person did."""

    at: str
    who: str
    act: str
    about: str
    reason: str


def stamp(at: datetime | None) -> str:
    """Date and time in Viet Nam."""
    return f"{local(at):%H:%M:%S %d/%m/%Y}" if at else ""


def many(count: int) -> str:
    """The count, or "more than" where counting stopped."""
    return _("more than %(count)s") % {"count": f"{COUNTED:,}".replace(",", ".")} if count > COUNTED else f"{count:,}".replace(",", ".")


def length(span: timedelta | None) -> str:
    """A span of time in the unit that says enough."""
    if span is None:
        return "–"
    seconds = max(span.total_seconds(), 0)
    if seconds < 10:
        return _("%(seconds)s s") % {"seconds": f"{seconds:.1f}".replace(".", ",")}
    if seconds < 120:
        return _("%(seconds)s s") % {"seconds": round(seconds)}
    if seconds < 7200:
        return _("%(minutes)d min") % {"minutes": seconds // 60}
    hours = int(seconds // 3600)
    return (
        _("%(hours)d h") % {"hours": hours}
        if hours < 48
        else ngettext("%(days)d day", "%(days)d days", hours // 24) % {"days": hours // 24}
    )


LATE = timedelta(minutes=30)


def stream_rows(rows: Iterable[Traffic], *, now: datetime) -> list[StreamRow]:
    """The lines of the streams."""
    return [
        StreamRow(
            name=str(STREAMS[row.stream]),
            waiting=many(row.waiting),
            parked=many(row.parked),
            done=many(row.done_last_hour),
            typical=length(row.typical),
            slow=length(row.slow),
            oldest=length(now - row.oldest_at if row.oldest_at else None),
            is_late=bool(row.oldest_at and now - row.oldest_at > LATE) or row.parked > 0,
        )
        for row in rows
    ]


def channel_rows(rows: Iterable[ChannelState], *, now: datetime) -> list[ChannelRow]:
    """The lines of the connections."""
    return [_channel(row, now) for row in rows]


def _channel(row: ChannelState, now: datetime) -> ChannelRow:
    channel = row.channel
    state, kind, icon = _state(channel, now)
    is_for_good = bool(channel.stop) and channel.closed_until == NEVER
    return ChannelRow(
        name=channel.name,
        label=str(CHANNELS.get(channel.name, channel.name)),
        state=state,
        kind=kind,
        icon=icon,
        calls=_("%(failures)d of %(calls)d failed") % {"failures": row.failures, "calls": row.calls} if row.calls else "–",
        error=f"{stamp(channel.last_error_at)} – {channel.last_error}" if channel.last_error_at else "",
        skew=_("Its clock differs by %(seconds)d s") % {"seconds": channel.skew_seconds} if channel.skew_at else "",
        is_stopped=bool(channel.stop),
        can_stop=bool(channel.stream) and not is_for_good,
    )


def _state(channel: Channel, now: datetime) -> tuple[str, str, str]:
    if channel.stop:
        return f"{_('Connection stopped')}: {Channel.Stop(channel.stop).label}", "bad", "circle-alert"
    if channel.state != Channel.State.CLOSED:
        return str(Channel.State(channel.state).label), "warn", "triangle-alert"
    if channel.closed_until and channel.closed_until > now:
        return _("Paused until %(at)s, as asked by the other side") % {"at": stamp(channel.closed_until)}, "warn", "clock"
    return str(Channel.State.CLOSED.label), "ok", "circle-check"


def message_rows(messages: Iterable[OutboxMessage]) -> list[MessageRow]:
    """The lines of messages, with the codes of their dossiers. One query."""
    rows = list(messages)
    codes = codes_of(rows)
    return [
        MessageRow(
            pk=row.pk,
            stream=str(STREAMS[row.stream]),
            dossier=codes.get(row.pk, ""),
            step=str(row.sequence) if row.stream == Stream.NATIONAL else "",
            reason=row.parked_reason or row.last_error,
            at=stamp(row.parked_at or row.not_before),
        )
        for row in rows
    ]


def act_rows(acts: Iterable[OutboxReplay]) -> list[ActRow]:
    """What people did, newest first."""
    return [
        ActRow(
            stamp(act.at),
            act.by.full_name,
            f"{OutboxReplay.Act(act.act).label} ({act.count})" if act.count else str(OutboxReplay.Act(act.act).label),
            act.about,
            act.reason,
        )
        for act in acts
    ]
