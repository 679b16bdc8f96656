"""What the supervisor must look at: counts, by agency, and the dossiers behind each number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from counters.frame import page
from counters.oversight import Stat
from counters.paging import SIZE, Order, slice_of
from counters.rows import rows_of
from dossiers.models import AlertDigest
from dossiers.oversight import KINDS, concerned, counts_by_agency, counts_for
from portal.accounts.access import identity, staff
from portal.accounts.identity import Identity
from portal.accounts.models import Role
from portal.agencies.models import Agency
from portal.core.clock import business_now
from portal.core.workcalendar import local

LABELS: dict[str, str | Promise] = {
    "late": gettext_lazy("Overdue"),
    "soon": gettext_lazy("Due soon"),
    "stuck": gettext_lazy("Too long in its step"),
    "waiting": gettext_lazy("Waiting for the citizen for long"),
    "unclaimed": gettext_lazy("Of the day, not taken"),
}
BASE = "/giam-sat/ho-so/"


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency; each number with the address of its dossiers, in the order of `KINDS`."""

    name: str
    cells: list[tuple[str | Promise, int, str]]


@staff(Role.SUPERVISOR)
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """The numbers and the agencies; with `co-quan` the dossiers of one agency."""
    agency = _number(request.GET.get("co-quan", ""))
    return _dossiers(request, agency) if agency else _agencies(request)


def _agencies(request: HttpRequest) -> HttpResponse:
    who, now = identity(request), business_now()
    after = _number(request.GET.get("sau", ""))
    found = counts_by_agency(who, now, after=after, size=SIZE + 1)
    shown = found[:SIZE]
    context = {
        "stats": _stats(counts_for(who, now)),
        "labels": [LABELS[kind] for kind in KINDS],
        "rows": [_row(each) for each in shown],
        "previous_url": "?" if after else "",
        "next_url": f"?sau={shown[-1]['agency_id']}" if len(found) > SIZE else "",
        "digest": _digest(who, now),
    }
    return page(request, "counters/alerts.html", context, part="results")


def _dossiers(request: HttpRequest, agency_id: int) -> HttpResponse:
    who, now = identity(request), business_now()
    kind = request.GET.get("loai", "")
    found = slice_of(concerned(who, now, kind).filter(agency_id=agency_id), Order("due_at"), request)
    agency = Agency.objects.filter(pk=agency_id).first()
    context = {
        "agency": agency.name if agency and (found.rows or who.supervises_country) else "",
        "kind": LABELS.get(kind, ""),
        "slice": found,
        "rows": rows_of(found.rows, base=BASE, now=now),
    }
    return page(request, "counters/alerts_agency.html", context, part="results")


def _stats(counts: dict[str, int]) -> list[Stat]:
    return [Stat(str(LABELS[kind]), str(counts[kind]), _colour(kind) if counts[kind] else "ok") for kind in KINDS]


def _colour(kind: str) -> str:
    return "bad" if kind in {"late", "unclaimed"} else "warn"


def _row(each: Any) -> AgencyRow:
    cells = [(LABELS[kind], each[kind], f"?{urlencode({'co-quan': each['agency_id'], 'loai': kind})}") for kind in KINDS]
    return AgencyRow(each["agency__name"], cells)


def _digest(who: Identity, now: datetime) -> str:
    """What this morning's digest said."""
    digest = AlertDigest.objects.filter(user_id=who.user_id or 0, on=local(now).date()).first()
    if digest is None:
        return ""
    said = ", ".join(f"{LABELS[kind]} {digest.counts.get(kind, 0)}" for kind in KINDS)
    return _("This morning's digest (%(at)s): %(said)s") % {"at": f"{local(digest.at):%H:%M}", "said": said}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
