"""What the person was told about dossiers, until it is seen; and the lane of what was promised for today, above everything else."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dossiers.actions.alerts import see_alerts
from dossiers.models import Alert, AlertCopy, Dossier
from dossiers.models.dossier import CLOSED_STATES, FINISHED_STATES
from dossiers.rows import Row, rows_of, with_row_fields
from dossiers.states import State
from dossiers.views.officer.tabs import dossiers_in
from portal.accounts.access import identity, staff
from portal.accounts.identity import Identity
from portal.accounts.models import Role, User
from portal.core.clock import business_now
from portal.core.workcalendar import local

MOST = 10
LANE = 10
_BAD = frozenset({Alert.Kind.OVERDUE.value, Alert.Kind.UNCLAIMED.value})
_ENDED = (*CLOSED_STATES, *FINISHED_STATES)


@dataclass(frozen=True, slots=True)
class Told:
    """One alert as the list shows it."""

    key: str
    code: str
    url: str
    text: str
    at: str
    is_bad: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """The dossiers of the day: row and the person who is named to take it, and whether there are more."""

    rows: list[tuple[Row, str]]
    more_url: str


def alerts_to(who: Identity) -> list[Told]:
    """The newest that the person has not seen, of dossiers that are not decided and still the agency's; one query."""
    new = AlertCopy.objects.filter(user_id=who.user_id or 0, seen_at__isnull=True, alert__dossier__agency_id__in=who.agency_ids)
    new = new.exclude(alert__dossier__state__in=_ENDED).select_related("alert__dossier").order_by("-pk")
    return [
        Told(
            key=str(copy.pk),
            code=copy.alert.dossier.code,
            url=reverse("dossiers:officer-dossier", args=[copy.alert.dossier.code]),
            text=str(Alert.Kind(copy.alert.kind).label),
            at=f"{local(copy.alert.at):%H:%M %d/%m}",
            is_bad=copy.alert.kind in _BAD,
        )
        for copy in new[:MOST]
    ]


def lane(who: Identity, at: datetime) -> Lane | None:
    """What was promised for today and is not decided, the most urgent first; None if there is nothing. Two queries."""
    base = reverse("dossiers:officer-queue")
    found = list(with_row_fields(dossiers_in("trong-ngay", who, at))[: LANE + 1])
    if not found:
        return None
    deputies = _deputies([each["pk"] for each in found])
    rows = rows_of(found[:LANE], base=base, now=at)
    named = [deputies.get(each["pk"], "") for each in found[:LANE]]
    return Lane(list(zip(rows, named, strict=True)), f"{base}?muc=trong-ngay" if len(found) > LANE else "")


def _deputies(dossiers: list[int]) -> dict[int, str]:
    """Who is named for those that still lie in the queue."""
    named = Alert.objects.filter(
        dossier__in=dossiers,
        kind=Alert.Kind.UNCLAIMED,
        deputy__isnull=False,
        occasion_at=F("dossier__stage_due_at"),
        dossier__state=State.IN_TRANSFER_TO_AGENCY,
    )
    return dict(named.order_by("pk").values_list("dossier_id", "deputy__full_name"))


def deputy_of(dossier: Dossier) -> str:
    """Who is named to take this dossier and why, while it lies in the queue; else empty."""
    occasion = dossier.stage_due_at if dossier.is_in_day else None
    if State(dossier.state) is not State.IN_TRANSFER_TO_AGENCY or occasion is None:
        return ""
    alert = (
        Alert.objects.filter(dossier=dossier, kind=Alert.Kind.UNCLAIMED, occasion_at=occasion, deputy__isnull=False)
        .select_related("deputy")
        .first()
    )
    return f"{alert.deputy.full_name} ({Alert.Why(alert.deputy_why).label})" if alert and alert.deputy else ""


@staff(Role.OFFICER, Role.LEADER)
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """They are not shown as new any more."""
    user = identity(request).user
    keys = [int(key) for key in request.POST.getlist("nhac")[:MOST] if key.isascii() and key.isdigit() and len(key) < 18]
    if isinstance(user, User) and see_alerts(user, keys, at=business_now()):
        messages.success(request, _("These alerts are marked as seen."))
    return redirect("dossiers:officer-queue")
