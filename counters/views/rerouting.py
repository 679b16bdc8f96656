"""Many dossiers are decided again after a rule change: select, preview, execute, follow, take back."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counters.frame import clerk, page
from counters.labels import moment
from counters.oversight import seat_of
from counters.paging import Order, slice_of
from counters.rerouting import SelectionForm, preview_of, provinces_of, run_lines
from dossiers.actions.reroute import start_rerouting, start_undo
from dossiers.actions.transition import By
from dossiers.models import ReroutingItem, ReroutingRun
from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.core.clock import business_now, business_today
from portal.core.errors import DomainError

OUTCOMES = {"da-chuyen": "moved", "giu-nguyen": "unchanged", "khong-chuyen": "refused"}


@staff(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def reroutings(request: HttpRequest) -> HttpResponse:
    """Select and preview; the second press executes. Below: the latest runs."""
    today, provinces = business_today(), provinces_of(identity(request))
    given = request.POST if request.method == "POST" else request.GET
    form = SelectionForm(given if request.method == "POST" or "state" in request.GET else None, on=today, provinces=provinces)
    if request.method == "GET" or not form.is_valid():
        return _selecting(request, form, status=422 if request.method == "POST" else 200)
    by = By(user=clerk(request), at=business_now(), office=seat_of(identity(request)))
    try:
        run = start_rerouting(form.selection(), reason=request.POST.get("reason", ""), by=by, on=today)
    except DomainError as error:
        return _selecting(request, form, error, status=error.status)
    messages.success(request, _("The dossiers are being decided again; this page shows the result of each."))
    return redirect("counters:rerouting", run.pk)


def _selecting(request: HttpRequest, form: SelectionForm, error: DomainError | None = None, *, status: int = 200) -> HttpResponse:
    refused = [str(error)] if error else []
    preview = None
    if form.is_bound and form.is_valid():
        wanted = form.selection()
        if wanted.is_empty:
            refused = refused or [_("Choose a rule set, a procedure, an agency or a province.")]
        else:
            preview = preview_of(wanted, business_today())
    context = {
        "form": form,
        "preview": preview,
        "refused": refused,
        "has_errors": bool(refused),
        "reason": request.POST.get("reason", ""),
        "runs": run_lines(_runs(request).order_by("-started_at", "-pk")[:10]),
    }
    return page(request, "counters/reroutings.html", context, status=status)


def _runs(request: HttpRequest) -> QuerySet[ReroutingRun]:
    """The runs that the supervisor may see: those of the own provinces; nationally, all."""
    runs = ReroutingRun.objects.select_related("started_by", "office", "undo_of")
    provinces = provinces_of(identity(request))
    return runs if provinces is None else runs.filter(office__province_id__in=provinces)


def _run_or_404(request: HttpRequest, run_id: int) -> ReroutingRun:
    run = _runs(request).filter(pk=run_id).first()
    if run is None:
        raise Http404
    return run


@staff(Role.SUPERVISOR)
@require_GET
def rerouting(request: HttpRequest, run_id: int) -> HttpResponse:
    """Progress of the run, and the result of each dossier."""
    return _run_page(request, _run_or_404(request, run_id))


def _run_page(request: HttpRequest, run: ReroutingRun, error: DomainError | None = None) -> HttpResponse:
    chosen = request.GET.get("loc", "")
    items = ReroutingItem.objects.filter(run=run).select_related("dossier")
    if chosen in OUTCOMES:
        items = items.filter(outcome=OUTCOMES[chosen])
    found = slice_of(items, Order("at"), request)
    undo = ReroutingRun.objects.filter(undo_of=run).first()
    context = {
        "run": run,
        "line": run_lines([run])[0],
        "slice": found,
        "rows": [(f"/giam-sat/ho-so/{item.dossier.code}/", item, moment(item.at)) for item in found.rows],
        "chosen": chosen,
        "undo": undo,
        "can_undo": undo is None and run.undo_of_id is None and run.state == ReroutingRun.State.DONE,
        "refused": [str(error)] if error else [],
        "reason": request.POST.get("reason", ""),
        "has_errors": error is not None,
    }
    return page(request, "counters/rerouting.html", context, part=None if error else "results", status=error.status if error else 200)


@staff(Role.SUPERVISOR)
@require_POST
def undo(request: HttpRequest, run_id: int) -> HttpResponse:
    """What nobody has touched since goes back where it was."""
    run = _run_or_404(request, run_id)
    by = By(user=clerk(request), at=business_now(), office=seat_of(identity(request)))
    try:
        started = start_undo(run, reason=request.POST.get("reason", ""), by=by, on=business_today())
    except DomainError as error:
        return _run_page(request, run, error)
    messages.success(request, _("The moves are being taken back; this page shows the result of each."))
    return redirect("counters:rerouting", started.pk)
