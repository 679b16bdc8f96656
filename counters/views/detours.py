"""Supervision of detours: which agencies gave dossiers back as not theirs, and how much working time that took."""

from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from counters.frame import page
from counters.oversight import Stat
from counters.paging import Order, slice_of
from counters.rows import calendar_at
from dossiers import queries
from dossiers.detours import line_of, with_names, working_time
from dossiers.models import Detour
from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.core.clock import business_now


@staff(Role.SUPERVISOR)
@require_GET
def detours(request: HttpRequest) -> HttpResponse:
    """The latest returns first; the numbers count everything that the supervisor watches."""
    now = business_now()
    watched = Detour.objects.filter(dossier__in=queries.watched(identity(request)).order_by())
    found = slice_of(with_names(watched), Order("returned_at", is_descending=True), request)
    calendar = calendar_at(now)
    rows = [(f"/giam-sat/ho-so/{row.dossier.code}/", row.dossier, line_of(row, now, calendar)) for row in found.rows]
    return page(request, "counters/detours.html", {"slice": found, "rows": rows, "stats": _stats(watched)}, part="results")


def _stats(watched: QuerySet[Detour]) -> list[Stat]:
    numbers = watched.aggregate(all=Count("pk"), minutes=Sum("charged_minutes"), ended=Count("ended_at"))
    open_ones = numbers["all"] - numbers["ended"]
    return [
        Stat(_("Returned as not competent"), str(numbers["all"])),
        Stat(_("Still looking for an agency"), str(open_ones), "warn" if open_ones else "ok"),
        Stat(_("Time charged to the administration"), working_time(numbers["minutes"] or 0)),
    ]
