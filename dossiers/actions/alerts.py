"""People are told what is due soon, overdue, stuck, waiting or not taken: once per dossier, kind and occasion, and never twice.

One task does all of it. Whoever runs it a second time at the same moment finds the lock taken; whoever runs it later finds the rows.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from dossiers import attention
from dossiers.actions.deputies import Circle, Deputy, circle_of
from dossiers.lifecycle import State
from dossiers.models import Alert, AlertCopy, Dossier
from dossiers.models.dossier import DECIDING_STATES, WAITING_STATES
from portal.accounts.models import User
from portal.core.clock import technical_now
from portal.core.workcalendar import local
from portal.notifications.actions import tell_staff

BATCH = 200
_LOCK = "dossiers.alerts"
_K = Alert.Kind


@dataclass(frozen=True, slots=True)
class _Sort:
    """Which dossiers are concerned, which stored instant is the occasion, and who is told."""

    kind: Alert.Kind
    concerned: Callable[[datetime], Q]
    occasion: str
    told: Callable[[Dossier, Circle], Collection[int]]


def _holder(dossier: Dossier, circle: Circle) -> set[int]:
    """Who must act: the officer who has it, whoever stands in for that one; for a signature the leaders; in the queue the leaders."""
    if State(dossier.state) is State.AWAITING_SIGNATURE or dossier.assigned_to_id is None:
        return circle.leaders(dossier)
    return {dossier.assigned_to_id, *circle.stands_in(dossier.assigned_to_id)}


def _holder_and_leaders(dossier: Dossier, circle: Circle) -> set[int]:
    return _holder(dossier, circle) | circle.leaders(dossier) | ({dossier.assigned_to_id} if dossier.assigned_to_id else set())


def _officers(dossier: Dossier, circle: Circle) -> set[int]:
    return circle.officers(dossier) or circle.leaders(dossier)


def _stuck(at: datetime) -> Q:
    """Of those promised for the day, who is to take them is said by their own alert."""
    return attention.stuck(at) & ~Q(is_in_day=True, state__one_of=[State.IN_TRANSFER_TO_AGENCY.value])


SORTS = (
    _Sort(_K.ARRIVED, attention.arrived, "stage_due_at", _officers),
    _Sort(_K.UNCLAIMED, attention.unclaimed, "stage_due_at", lambda _dossier, _circle: ()),
    _Sort(_K.OVERDUE, attention.late, "due_at", _holder_and_leaders),
    _Sort(_K.DUE_SOON, attention.soon, "due_at", _holder),
    _Sort(_K.STUCK, _stuck, "stage_due_at", _holder),
    _Sort(_K.WAITING, attention.waiting, "stage_due_at", _holder),
)


def raise_alerts(*, at: datetime, limit: int = BATCH) -> int:
    """Everybody concerned has been told what is new since the last time; returns how many alerts that were."""
    return sum(_raise(sort, at, limit) for sort in SORTS)


@transaction.atomic
def _raise(sort: _Sort, at: datetime, limit: int) -> int:
    if not _is_alone():
        return 0
    told = Alert.objects.filter(dossier=OuterRef("pk"), kind=sort.kind, occasion_at=OuterRef(sort.occasion))
    with_agency = Dossier.objects.filter(state__one_of=(*DECIDING_STATES, *WAITING_STATES), agency__isnull=False)
    new = with_agency.filter(sort.concerned(at), ~Exists(told), **{f"{sort.occasion}__isnull": False})
    new = new.annotate(occasion=F(sort.occasion)).order_by(sort.occasion, "pk")
    dossiers = list(new[:limit])
    if not dossiers:
        return 0
    circle = circle_of(dossiers, on=local(at).date())
    alerts = [_alert(sort.kind, dossier, circle, at) for dossier in dossiers]
    Alert.objects.bulk_create(alerts)
    _tell(sort, zip(dossiers, alerts, strict=True), circle)
    return len(alerts)


def _alert(kind: Alert.Kind, dossier: Dossier, circle: Circle, at: datetime) -> Alert:
    deputy = circle.deputy_for(dossier) if kind is _K.UNCLAIMED else Deputy(None)
    return Alert(
        dossier=dossier,
        agency_id=dossier.agency_id or 0,
        kind=kind,
        occasion_at=dossier.occasion,  # type: ignore[attr-defined]
        deputy_id=deputy.user,
        deputy_why=deputy.why,
        at=at,
    )


def _tell(sort: _Sort, told: "Iterable[tuple[Dossier, Alert]]", circle: Circle) -> None:
    copies = []
    for dossier, alert in told:
        people = {alert.deputy_id} if alert.deputy_id else set(sort.told(dossier, circle))
        copies += [(dossier, AlertCopy(alert=alert, user_id=user)) for user in sorted(people)]
    AlertCopy.objects.bulk_create([copy for _dossier, copy in copies])
    mails = dict(User.objects.filter(pk__in={copy.user_id for _dossier, copy in copies}).exclude(email="").values_list("pk", "email"))
    for dossier, copy in copies:
        if email := mails.get(copy.user_id):
            tell_staff(
                f"alert_{sort.kind}",
                key=f"alert:{copy.alert_id}:{copy.user_id}",
                email=email,
                subject_id=dossier.pk,
                words={"code": dossier.code, "link": f"{settings.BASE_URL}{reverse('dossiers:officer-dossier', args=[dossier.code])}"},
                at=technical_now(),
            )


def see_alerts(who: User, keys: Collection[int], *, at: datetime) -> int:
    """These of the person's alerts are no longer shown as new; returns how many."""
    return AlertCopy.objects.filter(user=who, pk__in=keys, seen_at__isnull=True).update(seen_at=at)


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s::text, 0))", [_LOCK])
        return bool(cursor.fetchone()[0])
