"""Once on each working morning every supervisor is told how much is due soon, overdue, stuck or waiting."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from dossiers.models import AlertDigest
from dossiers.oversight import counts_for
from portal.accounts.identity import identity_of
from portal.accounts.models import Membership, Role, User
from portal.agencies.queries import working_calendar
from portal.core.clock import technical_now
from portal.core.workcalendar import CalendarYearMissing, local
from portal.notifications.actions import tell_staff

AFTER_OPENING = timedelta(minutes=30)
BATCH = 20


def send_digests(*, at: datetime, limit: int = BATCH) -> int:
    """The next supervisors without a digest of today have theirs; returns how many. Nothing before work begins or on a day off."""
    if not _is_morning_over(at):
        return 0
    on = local(at).date()
    had = AlertDigest.objects.filter(user=OuterRef("pk"), on=on)
    posts = Membership.objects.on(on).filter(role=Role.SUPERVISOR).values("user_id")
    waiting = User.objects.filter(~Exists(had), pk__in=posts).order_by("pk")[:limit]
    return sum(_send(user, at) for user in waiting)


def _send(user: User, at: datetime) -> bool:
    """Whether the digest is new: two schedulers at the same moment make one."""
    on = local(at).date()
    counts = counts_for(identity_of(user, on), at)
    try:
        with transaction.atomic():
            digest = AlertDigest.objects.create(user=user, on=on, counts=counts, at=at)
            if user.email and any(counts.values()):
                _mail(digest, user, counts)
    except IntegrityError:
        return False
    return True


def _mail(digest: AlertDigest, user: User, counts: Mapping[str, int]) -> None:
    words = {**counts, "code": "", "day": f"{digest.on:%d/%m/%Y}", "link": f"{settings.BASE_URL}/giam-sat/canh-bao/"}
    tell_staff("alert_digest", key=f"digest:{digest.pk}", email=user.email, subject_id=0, words=words, at=technical_now())


def _is_morning_over(at: datetime) -> bool:
    day = local(at).date()
    calendar = working_calendar([day.year])
    try:
        return calendar.is_working_day(day) and at >= calendar.start_of_shift(day) + AFTER_OPENING
    except CalendarYearMissing:
        return False
