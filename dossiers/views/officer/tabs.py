"""The tabs of the work list: which dossiers each holds and in which order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers import queries
from dossiers.attention import in_day_lane
from dossiers.lifecycle import WAITING_FOR_APPLICANT, State
from dossiers.models import Result
from dossiers.models.dossier import CLOSED_STATES, FINISHED_STATES
from dossiers.paging import capped
from dossiers.threads import with_new_messages
from portal.accounts.identity import Identity
from portal.accounts.models import Role

TABS: tuple[tuple[str, str | Promise], ...] = (
    ("cua-toi", _("Mine")),
    ("chua-nhan", _("Unassigned")),
    ("tat-ca", _("All")),
    ("trong-ngay", _("To be done today")),
    ("cho-bo-sung", _("Waiting for the citizen")),
    ("tin-moi", _("New messages")),
    ("trinh-ky", _("To sign")),
    ("sap-den-han", _("Due soon")),
    ("qua-han", _("Overdue")),
    ("da-xong", _("Finished")),
)
KEYS = tuple(key for key, _label in TABS)
_ENDED = (*CLOSED_STATES, *FINISHED_STATES)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab as the page draws it; its address keeps the filters."""

    key: str
    label: str | Promise
    url: str
    count: str
    current: bool
    is_late: bool


def dossiers_in(key: str, who: Identity, at: datetime) -> "QuerySet[Any]":
    """The dossiers of the tab."""
    live = queries.queue(who)
    if key == "cua-toi":
        return live.filter(assigned_to_id=who.user_id)
    if key == "chua-nhan":
        return live.filter(state=State.IN_TRANSFER_TO_AGENCY)
    if key == "trinh-ky":
        own = Result.objects.filter(dossier=OuterRef("pk"), withdrawn_at__isnull=True, proposed_by_id=who.user_id)
        return live.filter(~Exists(own), state=State.AWAITING_SIGNATURE, agency_id__in=who.agencies.get(Role.LEADER, ()))
    if key == "trong-ngay":
        return live.filter(in_day_lane(at))
    if key == "cho-bo-sung":
        return queries.of_agency(who).filter(state__in=[state.value for state in WAITING_FOR_APPLICANT])
    if key == "tin-moi":
        return with_new_messages(queries.of_agency(who))
    if key == "sap-den-han":
        return live.filter(due_at__gte=at, due_soon_at__lte=at)
    if key == "qua-han":
        return live.filter(due_at__lt=at)
    if key == "da-xong":
        return queries.of_agency(who).filter(state__in=_ENDED)
    return live


def shown_tabs(who: Identity, current: str, at: datetime, kept: Mapping[str, str]) -> list[Tab]:
    """The tabs of the person's roles with their capped counts; one small query each."""
    shown = []
    for key, label in TABS:
        if key == "trinh-ky" and not who.has(Role.LEADER):
            continue
        count = "" if key == "da-xong" else capped(dossiers_in(key, who, at))
        url = "?" + urlencode({**{name: value for name, value in kept.items() if value}, "muc": key})
        shown.append(Tab(key, label, url, count, key == current, is_late=key == "qua-han" and count not in {"", "0"}))
    return shown


def default_tab(who: Identity) -> str:
    """Officers begin with their own work, those who only sign with what waits for them."""
    return "cua-toi" if who.has(Role.OFFICER) else "trinh-ky"
