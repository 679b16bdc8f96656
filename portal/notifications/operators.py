"""Tell those who run the installation that a person is needed. The message is queued in the transaction of what happened.

The first alert is told at once. Those that follow closely are counted together in one message, not kept silent: `tell_waiting`, which
beat starts every few seconds, tells them as soon as the quiet time after the last message is over, and reminds of what stays open.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from portal.agencies.queries.calendar import working_calendar
from portal.core.workcalendar import CalendarYearMissing, local
from portal.notifications.models import Notification
from portal.outbox.actions import enqueue
from portal.outbox.models import OperatorAlert, OutboxMessage

Kind = OperatorAlert.Kind
LOOK_EVERY = timedelta(seconds=10)
SHORT, LONG = timedelta(seconds=30), timedelta(minutes=10)
ONLY_A_PERSON = {Kind.PARKED, Kind.CHANNEL_STOPPED}
"""What only a person can end is told within a minute (SHORT, the next look and the way to the carrier). What may come and go by itself
does not ring every time (LONG)."""
AGAIN = timedelta(hours=4)
LONGEST = 300


def tell_operators(alert: OperatorAlert) -> None:
    """Everybody in `OPERATORS` has a message of the alert in the outbox, or will have one when the quiet time is over.

    What the messages themselves cause is on the page only: they would go round in circles.
    """
    if alert.about != OutboxMessage.Stream.NOTIFY:
        _tell(alert.kind, alert.about, alert.opened_at)


def tell_waiting(*, at: datetime) -> int:
    """Alerts whose quiet time is over are told; open ones are told again in working time after AGAIN. How many messages that were."""
    waiting = OperatorAlert.objects.filter(ended_at__isnull=True).exclude(about=OutboxMessage.Stream.NOTIFY)
    groups = sorted(set(waiting.order_by().values_list("kind", "about").distinct()))
    return sum(_tell(kind, about, at) for kind, about in groups)


@transaction.atomic
def _tell(kind: str, about: str, at: datetime) -> bool:
    """Whether there was something to tell. Nobody waits: who is not alone leaves it to the next look."""
    if not _is_alone(kind, about):
        return False
    alerts = OperatorAlert.objects.filter(kind=kind, about=about)
    last = alerts.aggregate(last=Max("told_at"))["last"]
    if last is not None and at - last < (SHORT if kind in ONLY_A_PERSON else LONG):
        return False
    count = alerts.filter(ended_at__isnull=True, told_at__isnull=True).update(told_at=at)
    if count:
        newest = alerts.filter(ended_at__isnull=True, told_at=at).order_by("-opened_at", "-pk")[0]
        _queue(f"alert:{newest.pk}", _news(newest, count), at)
        return True
    return last is not None and at - last >= AGAIN and _is_working_time(at) and _remind(kind, about, at)


def _remind(kind: str, about: str, at: datetime) -> bool:
    still = OperatorAlert.objects.filter(kind=kind, about=about, ended_at__isnull=True)
    oldest = still.order_by("opened_at", "pk").first()
    if oldest is None:
        return False
    count = still.update(told_at=at)
    with translation.override("vi"):
        since = f"{local(oldest.opened_at):%H:%M %d/%m/%Y}"
        words = {"kind": Kind(kind).label, "count": count, "since": since, "what": oldest.text[:LONGEST]}
        text = _("%(kind)s: %(count)d still open, the oldest since %(since)s. It says: %(what)s") % words
    _queue(f"alert:{oldest.pk}:again:{at:%y%m%d%H%M}", text, at)
    return True


def _news(newest: OperatorAlert, count: int) -> str:
    what = newest.text[:LONGEST]
    if count == 1:
        return what
    with translation.override("vi"):
        words = {"kind": Kind(newest.kind).label, "count": count, "what": what}
        return _("%(kind)s: %(count)d more. The last one says: %(what)s") % words


def _queue(key: str, what: str, at: datetime) -> None:
    with translation.override("vi"):
        text = _("A person is needed at %(url)s: %(what)s") % {"url": f"{settings.BASE_URL}/van-hanh/", "what": what}
    for number, recipient in enumerate(settings.OPERATORS):
        channel = Notification.Channel.EMAIL if "@" in recipient else Notification.Channel.SMS
        notification = Notification.objects.create(
            key=f"{key}:{number}", template="alert", channel=channel, recipient=recipient, text=text, created_at=at
        )
        enqueue(
            OutboxMessage.Stream.NOTIFY,
            subject_id=0,
            sequence=notification.pk,
            kind="alert",
            key=notification.key,
            at=at,
            payload={"notification": notification.pk},
        )


def _is_alone(kind: str, about: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s::text, 0))", [f"operators:{kind}:{about}"])
        return bool(cursor.fetchone()[0])


def _is_working_time(at: datetime) -> bool:
    """By the legal calendar; without one for the year nobody is spared."""
    day = local(at).date()
    try:
        return any(starts <= at < ends for starts, ends in working_calendar([day.year]).stretches(day))
    except CalendarYearMissing:
        return True
