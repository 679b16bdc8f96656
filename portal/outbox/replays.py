"""What a person does about messages that could not go on. Every act is recorded with name, time and reason; nothing is skipped.

A step of an ordered stream is never closed: a hole would stop its dossier for ever. Sent again, the other side either takes it
or says that it has it, and that truth ends it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.errors import DomainError
from portal.outbox.actions import ORDERED, reopen
from portal.outbox.channels import NEVER, start_again, stop
from portal.outbox.models import Channel, OperatorAlert, OutboxMessage, OutboxReplay

AT_ONCE = 1000


class NoReason(DomainError):
    """An act without a reason."""


class NothingThere(DomainError):
    """Nothing that the act could be done to."""


class NeverClosed(DomainError):
    """A step of an ordered stream."""


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, when (technical time), and why."""

    user: User
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Parked messages: of a stream, of one kind within it, of one subject, parked within a span, or named one by one."""

    stream: str = ""
    kind: str = ""
    subject_id: int | None = None
    since: datetime | None = None
    before: datetime | None = None
    ids: Sequence[int] = ()

    def about(self) -> str:
        """The choice as it is kept on record."""
        span = [moment.isoformat(timespec="seconds") for moment in (self.since, self.before) if moment]
        named = ",".join(str(pk) for pk in self.ids[:10])
        parts = (
            self.stream,
            f"subject {self.subject_id}" if self.subject_id is not None else "",
            "…".join(span),
            f"id {named}" if named else "",
        )
        return "; ".join(part for part in parts if part)[:200]


@transaction.atomic
def replay(chosen: Chosen, *, by: By) -> OutboxReplay:
    """The chosen parked messages are due again, at most AT_ONCE, the oldest first. Raises NoReason, NothingThere.

    Order needs no care here: on an ordered stream only the first open message of each dossier is ever sent.
    """
    found = _parked(chosen)
    OutboxMessage.objects.filter(pk__in=[each.pk for each in found]).update(
        parked_at=None, parked_reason="", not_before=by.at, published_at=None, lease_until=None, tries=0, refusals=0
    )
    return _recorded(OutboxReplay.Act.REPLAY, chosen.about(), found, by)


@transaction.atomic
def close(chosen: Chosen, *, by: By) -> OutboxReplay:
    """The chosen parked messages will not be sent, because something else has made them pointless.

    Raises NoReason, NothingThere, NeverClosed.
    """
    found = _parked(chosen)
    if any(each.stream in ORDERED for each in found):
        raise NeverClosed(_("A step for the national portal is never closed. Send it again: if the portal has it, it says so."))
    words = f"closed by {by.user.username}: {by.reason.strip()}"[:500]
    OutboxMessage.objects.filter(pk__in=[each.pk for each in found]).update(
        parked_at=None, parked_reason="", done_at=by.at, lease_until=None, last_error=words
    )
    return _recorded(OutboxReplay.Act.CLOSE, chosen.about(), found, by)


@transaction.atomic
def resend(stream: str, *, subject_id: int, first: int, last: int, by: By) -> OutboxReplay:
    """Steps that were acknowledged are sent again with the same bytes and keys: the repair of what the other side lost.

    Raises NoReason, NothingThere.
    """
    found = reopen(stream, subject_id=subject_id, sequences=(first, last), now=by.at)
    return _recorded(OutboxReplay.Act.RESEND, f"{stream}; subject {subject_id}; {first}…{last}", found, by)


@transaction.atomic
def start_channel(name: str, *, by: By) -> OutboxReplay:
    """A stopped connection works again. Raises NoReason, NothingThere."""
    _check(by)
    if not start_again(name, now=by.at):
        raise NothingThere(_("This connection is not stopped."))
    return _record(OutboxReplay.Act.START, name, [], by)


@transaction.atomic
def stop_channel(name: str, *, by: By) -> OutboxReplay:
    """Nothing is sent on the connection until a person starts it. Raises NoReason, NothingThere."""
    _check(by)
    row = Channel.objects.filter(pk=name).first()
    if row is None or (row.stop and row.closed_until == NEVER):
        raise NothingThere(_("This connection is stopped already."))
    stop(name, kind=Channel.Stop.PERSON, reason=by.reason, now=by.at, stream=row.stream)
    return _record(OutboxReplay.Act.STOP, name, [], by)


def _parked(chosen: Chosen) -> list[OutboxMessage]:
    rows = OutboxMessage.objects.filter(parked_at__isnull=False)
    wanted = {
        "stream": chosen.stream or None,
        "kind": chosen.kind or None,
        "subject_id": chosen.subject_id,
        "parked_at__gte": chosen.since,
        "parked_at__lt": chosen.before,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if chosen.ids:
        rows = rows.filter(pk__in=chosen.ids)
    return list(rows.select_for_update().order_by("parked_at", "pk")[:AT_ONCE])


def _recorded(act: str, about: str, found: Sequence[OutboxMessage], by: By) -> OutboxReplay:
    _check(by)
    if not found:
        raise NothingThere(_("Nothing of this kind waits for a person."))
    OperatorAlert.objects.filter(message__in=[each.pk for each in found], ended_at__isnull=True).update(ended_at=by.at)
    return _record(act, about, found, by)


def _check(by: By) -> None:
    if not by.reason.strip():
        raise NoReason(_("Say why. The reason stays on record with your name."))


def _record(act: str, about: str, found: Sequence[OutboxMessage], by: By) -> OutboxReplay:
    messages = [{"id": each.pk, "subject": each.subject_id, "sequence": each.sequence, "was": each.parked_reason} for each in found]
    return OutboxReplay.objects.create(
        act=act, by=by.user, at=by.at, reason=by.reason.strip()[:500], about=about, count=len(found), messages=messages
    )
