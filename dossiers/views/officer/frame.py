"""What every page of the agency shares: who acts, the work menu, the dossier at hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers import queries
from dossiers.actions.transition import By
from dossiers.clockdays import DueWords, due_of
from dossiers.history import Pill, state_pill
from dossiers.models import Dossier
from dossiers.permissions import steps_for
from dossiers.states import State, Verb
from portal.accounts.access import identity
from portal.accounts.identity import Identity
from portal.accounts.models import Role, User
from portal.agencies.queries import working_calendar
from portal.core.clock import business_now
from portal.core.htmx import render_page

MENU: tuple[tuple[str | Promise, str, str, str], ...] = (
    (_("Work list"), "dossiers:officer-queue", "", "inbox"),
    (_("To sign"), "dossiers:officer-queue", "trinh-ky", "pencil"),
    (_("Reminders"), "dossiers:officer-reminders", "", "bell-ring"),
    (_("Opinions asked"), "dossiers:officer-opinions", "", "message-square"),
    (_("Team"), "dossiers:officer-team", "", "users-round"),
    (_("Absences"), "dossiers:officer-absences", "", "calendar-clock"),
)
_LEADERS_ONLY = frozenset({"dossiers:officer-team"})


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the work menu, as the navigation bar draws it."""

    label: str | Promise
    url: str
    icon: str
    current: bool
    count: str | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A dossier that the person may work on, with what every page about it shows."""

    dossier: Dossier
    who: Identity
    at: datetime
    steps: frozenset[Verb]
    due: DueWords

    @property
    def user(self) -> User:
        if not isinstance(self.who.user, User):
            raise PermissionDenied
        return self.who.user

    @property
    def by(self) -> By:
        """The person acting for the deciding agency now."""
        return By(self.user, self.at, agency=self.dossier.agency)

    @property
    def url(self) -> str:
        return reverse("dossiers:officer-dossier", args=[self.dossier.code])

    @property
    def pill(self) -> Pill:
        return state_pill(self.dossier.state)

    @property
    def is_mine(self) -> bool:
        return self.dossier.assigned_to_id == self.who.user_id

    @property
    def is_waiting(self) -> bool:
        return self.dossier.state == State.IN_TRANSFER_TO_AGENCY


def opened(request: HttpRequest, code: str) -> Opened:
    """The dossier, if one of the person's agencies decides it; else a 404 that tells a stranger nothing."""
    who, at = identity(request), business_now()
    dossier = queries.found_or_404(queries.of_agency(who), code)
    calendar = working_calendar(range(at.year - 2, at.year + 3))
    due = due_of(dossier, at, calendar)
    return Opened(dossier, who, at, steps_for(who, dossier), due)


def menu(request: HttpRequest) -> list[MenuItem]:
    """The entries that the person's roles open."""
    who, tab = identity(request), request.GET.get("muc", "")
    items = []
    for label, name, wanted, icon in MENU:
        if (wanted == "trinh-ky" or name in _LEADERS_ONLY) and not who.has(Role.LEADER):
            continue
        url = reverse(name)
        is_queue = name == "dossiers:officer-queue"
        here = request.path == url and (not is_queue or (tab == "trinh-ky") == (wanted == "trinh-ky"))
        items.append(MenuItem(label, f"{url}?muc={wanted}" if wanted else url, icon, current=here))
    return items


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, part: str | None = None, status: int = 200
) -> HttpResponse:
    """The page in the frame of the agency."""
    return render_page(request, template, {"navigation": menu(request), **(context or {})}, part=part, status=status)
