"""What every page of the counter shows: which office the clerk sits in, and the work menu."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.access import identity
from portal.accounts.models import Role, User
from portal.agencies.models import Office, valid_on
from portal.core.clock import business_today
from portal.core.htmx import render_page

CHOSEN_OFFICE = "counter_office"
COUNTRY = "country"
"""In the menu: only for who watches the whole country."""

MENU: tuple[tuple[str | Promise, str, str, str], ...] = (
    (_("My counter"), "/quay/", "store", Role.CLERK),
    (_("New dossier"), "/quay/tiep-nhan/", "file-plus", Role.CLERK),
    (_("To be accepted"), "/quay/cho-tiep-nhan/", "inbox", Role.CLERK),
    (_("Supplements"), "/quay/bo-sung/", "files", Role.CLERK),
    (_("Hand back results"), "/quay/tra-ket-qua/", "badge-check", Role.CLERK),
    (_("Watch and urge"), "/quay/theo-doi/", "bell-ring", Role.CLERK),
    (_("Register of dossiers"), "/quay/so-theo-doi/", "clipboard-list", Role.CLERK),
    (_("Call list"), "/quay/goi-dien/", "message-square", Role.CLERK),
    (_("Supervision"), "/giam-sat/", "shield-check", Role.SUPERVISOR),
    (_("Undecided competence"), "/giam-sat/chua-ro-tham-quyen/", "landmark", Role.SUPERVISOR),
    (_("From the national portal"), "/hoi-dap/", "message-circle-question-mark", Role.CLERK),
    (_("From the national portal"), "/hoi-dap/", "message-circle-question-mark", Role.SUPERVISOR),
    (_("Operations"), "/van-hanh/", "activity", COUNTRY),
    (_("Differences"), "/van-hanh/doi-soat/", "arrow-right-left", COUNTRY),
    (_("Inspection"), "/van-hanh/kiem-tra/", "clipboard-list", COUNTRY),
    (_("Questions about places"), "/quay/hoi-dia-ban/", "map-pin", Role.SUPERVISOR),
    (_("Decide again"), "/giam-sat/dinh-tuyen-lai/", "undo-2", Role.SUPERVISOR),
)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the work menu, as the navigation bar draws it."""

    label: str | Promise
    url: str
    icon: str
    current: bool
    count: int | None = None
    is_late: bool = False


def clerk(request: HttpRequest) -> User:
    """The signed-in member of staff."""
    user = identity(request).user
    if not isinstance(user, User):
        raise PermissionDenied
    return user


def offices_of(request: HttpRequest) -> list[Office]:
    """The offices at which the person is a clerk today, in the order of their posts."""
    ids = identity(request).offices.get(Role.CLERK, ())
    # Lists of a counter that was merged are its successor's; nobody sits there any more.
    open_today = Office.objects.filter(valid_on(business_today()), pk__in=ids)
    known = {office.pk: office for office in open_today.select_related("province", "unit", "agency")}
    return [known[pk] for pk in dict.fromkeys(ids) if pk in known]


def office_of(request: HttpRequest) -> Office:
    """The office in which the clerk sits now: the chosen one while the post lasts, else the first."""
    offices = offices_of(request)
    if not offices:
        raise PermissionDenied
    chosen = request.session.get(CHOSEN_OFFICE)
    return next((office for office in offices if office.pk == chosen), offices[0])


def menu(request: HttpRequest) -> list[MenuItem]:
    """The entries that the person's roles open; the longest address that fits the page is the current one."""
    who = identity(request)
    held = {*who.roles, COUNTRY} if who.supervises_country else who.roles
    shown = list({item[1]: item for item in MENU if item[3] in held}.values())
    fitting = max((url for _label, url, _icon, _role in shown if request.path.startswith(url)), key=len, default="")
    return [MenuItem(label, url, icon, current=url == fitting) for label, url, icon, _role in shown]


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, part: str | None = None, status: int = 200
) -> HttpResponse:
    """The page in the frame of the counter."""
    return render_page(request, template, {"navigation": menu(request), **(context or {})}, part=part, status=status)
