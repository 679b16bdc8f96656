"""Supervision: what is late or due soon, and the queue of undecided competence."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counters.agencychoice import agency_choices
from counters.dossierpage import page_of
from counters.frame import clerk, page
from counters.intake import posted
from counters.oversight import counts_of, seat_of, unrouted_rows
from counters.paging import Order, slice_of
from counters.rows import rows_of
from counters.views.watching import filtered
from dossiers import queries
from dossiers.actions.permit import allow_another_request, may_be_allowed, unused_permit
from dossiers.actions.route import decide_route
from dossiers.actions.transition import By
from dossiers.actions.watch import remind
from dossiers.models import Dossier
from dossiers.models.dossier import DossierQuerySet
from dossiers.reminders import late
from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.agencies.models import Agency
from portal.core.clock import business_now, business_today
from portal.core.errors import DomainError

FILTERS = (
    ("qua-han", gettext_lazy("Overdue")),
    ("sap-den-han", gettext_lazy("Due soon")),
    ("nhac-qua-han", gettext_lazy("Reminders without answer")),
    ("dang-xu-ly", gettext_lazy("Under way")),
    ("cho-nguoi-dan", gettext_lazy("Waiting for the person")),
    ("co-ket-qua", gettext_lazy("Result issued")),
)
BASE = "/giam-sat/ho-so/"
UNROUTED = "/giam-sat/chua-ro-tham-quyen/"


@staff(Role.SUPERVISOR)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The numbers, and the dossiers of the chosen filter by return date."""
    who, now = identity(request), business_now()
    chosen = request.GET.get("loc", "") if request.GET.get("loc", "") in dict(FILTERS) else FILTERS[0][0]
    watched = queries.watched(who)
    found = slice_of(_wanted(watched, chosen, request, now), Order("due_at"), request)
    context = {
        "stats": counts_of(who, now),
        "filters": FILTERS,
        "chosen": chosen,
        "slice": found,
        "rows": rows_of(found.rows, base=BASE, now=now),
    }
    return page(request, "counters/oversight.html", context, part="results")


def _wanted(watched: DossierQuerySet, chosen: str, request: HttpRequest, now: datetime) -> DossierQuerySet:
    if chosen == "sap-den-han":
        return watched.due_soon(now)
    if chosen == "nhac-qua-han":
        return watched.filter(pk__in=late(now).order_by().values("dossier"))
    return filtered(watched, chosen, request)


@staff(Role.SUPERVISOR)
@require_GET
def watched_dossier(request: HttpRequest, code: str) -> HttpResponse:
    """State, step, holder and dates of a watched dossier; no papers."""
    return _dossier(request, queries.found_or_404(queries.watched(identity(request)), code))


@staff(Role.SUPERVISOR)
@require_POST
def urge(request: HttpRequest, code: str) -> HttpResponse:
    """The agency is urged, and must answer."""
    found = queries.found_or_404(queries.watched(identity(request)), code)
    by = By(user=clerk(request), at=business_now(), office=seat_of(identity(request)))
    try:
        remind(found, by=by, text=request.POST.get("text", ""))
    except DomainError as error:
        return _dossier(request, found, error)
    messages.success(request, _("The reminder is with the agency, which must answer within 8 working hours."))
    return redirect("counters:watched", code)


@staff(Role.SUPERVISOR)
@require_POST
def allow_request(request: HttpRequest, code: str) -> HttpResponse:
    """The agency may ask the person for papers once more, for the reason given."""
    found = queries.found_or_404(queries.watched(identity(request)), code)
    by = By(user=clerk(request), at=business_now(), office=seat_of(identity(request)))
    try:
        allow_another_request(found, by=by, reason=request.POST.get("why", ""))
    except DomainError as error:
        return _dossier(request, found, error)
    messages.success(request, _("One more request for papers is allowed."))
    return redirect("counters:watched", code)


@staff(Role.SUPERVISOR)
@require_GET
def unrouted(request: HttpRequest) -> HttpResponse:
    """Dossiers whose agency a person must decide, oldest first."""
    found = slice_of(queries.unrouted(identity(request)), Order("filed_at"), request)
    return page(
        request,
        "counters/unrouted.html",
        {"slice": found, "rows": unrouted_rows(found.rows, base=UNROUTED, on=business_today())},
        part="results",
    )


@staff(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def decide_agency(request: HttpRequest, code: str) -> HttpResponse:
    """A person names the agency, with a reason that stays on record."""
    found = queries.found_or_404(queries.unrouted(identity(request)), code)
    if request.method == "GET" or request.POST.get("action") == "search":
        return _choice(request, found)
    agency = Agency.objects.on(business_today()).filter(pk=posted(request.POST, "agency")).first()
    if agency is None:
        return _choice(request, found, DomainError(_("Choose the agency.")))
    try:
        by = By(user=clerk(request), at=business_now(), office=seat_of(identity(request)))
        decide_route(found, agency=agency, by=by, note=request.POST.get("note", ""))
    except DomainError as error:
        return _choice(request, found, error)
    messages.success(request, _("%(code)s goes to %(agency)s.") % {"code": code, "agency": agency.name})
    return redirect("counters:unrouted")


def _choice(request: HttpRequest, found: Dossier, error: DomainError | None = None) -> HttpResponse:
    typed = request.POST if request.method == "POST" else request.GET
    context = {
        "dossier": found,
        "shown": page_of(found, identity(request), base=UNROUTED, now=business_now()),
        "choices": agency_choices(found, typed.get("q", ""), business_today()),
        "typed": typed,
        "chosen": posted(typed, "agency"),
        "refused": [str(error)] if error else [],
        "has_errors": error is not None,
    }
    return page(request, "counters/decide_agency.html", context, status=error.status if error else 200)


def _dossier(request: HttpRequest, found: Dossier, error: DomainError | None = None) -> HttpResponse:
    context = {
        "dossier": found,
        "shown": page_of(found, identity(request), base=BASE, now=business_now()),
        "can_allow": may_be_allowed(found),
        "permit": unused_permit(found),
        "refused": [str(error)] if error else [],
        "typed": request.POST if error else {},
        "has_errors": error is not None,
    }
    return page(request, "counters/watched.html", context, status=error.status if error else 200)
