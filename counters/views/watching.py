"""What this counter sent: where it waits and who is late; reminders and their answers; the call list; drafts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from counters.actions.call import note_call
from counters.calls import call_rows
from counters.frame import clerk, page
from counters.paging import Order, slice_of
from counters.queries import calls_of, drafts_of, reminders_sent
from counters.rows import rows_of
from dossiers import queries
from dossiers.models.dossier import CLOSED_STATES, FINISHED_STATES, DossierQuerySet
from dossiers.reminders import marked
from dossiers.states import State
from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.core.clock import business_now

FILTERS = (
    ("dang-xu-ly", gettext_lazy("Under way")),
    ("qua-han", gettext_lazy("Overdue")),
    ("cho-nguoi-dan", gettext_lazy("Waiting for the person")),
    ("co-ket-qua", gettext_lazy("Result issued")),
    ("da-xong", gettext_lazy("Ended")),
)


@staff(Role.CLERK)
@require_GET
def watch(request: HttpRequest) -> HttpResponse:
    """The dossiers taken here, newest first, by filter."""
    now = business_now()
    chosen = request.GET.get("loc", "") if request.GET.get("loc", "") in dict(FILTERS) else FILTERS[0][0]
    sent = filtered(queries.received_at(identity(request)), chosen, request)
    found = slice_of(sent, Order("filed_at", is_descending=True), request)
    context = {"filters": FILTERS, "chosen": chosen, "slice": found, "rows": rows_of(found.rows, base="/quay/ho-so/", now=now)}
    return page(request, "counters/watch.html", context, part="results")


def filtered(dossiers: DossierQuerySet, chosen: str, request: HttpRequest) -> DossierQuerySet:
    """Those of the chosen filter."""
    if chosen == "qua-han":
        return queries.late(dossiers, business_now())
    if chosen == "cho-nguoi-dan":
        return dossiers.filter(state__in=[State.SUPPLEMENT_REQUESTED.value, State.PAYMENT_REQUIRED.value])
    if chosen == "co-ket-qua":
        return dossiers.filter(state__in=FINISHED_STATES)
    if chosen == "da-xong":
        return dossiers.filter(state__in=CLOSED_STATES)
    return dossiers.open().exclude(state__in=FINISHED_STATES)


@staff(Role.CLERK)
@require_GET
def reminders(request: HttpRequest) -> HttpResponse:
    """Reminders that this counter sent, with their answers."""
    found = slice_of(marked(reminders_sent(identity(request)), business_now()), Order("sent_at", is_descending=True), request)
    return page(request, "counters/reminders.html", {"slice": found, "reminders": found.rows}, part="results")


@staff(Role.CLERK)
@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """Whom this counter must reach by telephone."""
    found = slice_of(calls_of(identity(request)), Order("created_at"), request)
    return page(request, "counters/calls.html", {"slice": found, "rows": call_rows(found.rows)}, part="results")


@staff(Role.CLERK)
@require_POST
def called(request: HttpRequest, call_id: int) -> HttpResponse:
    """The person was reached."""
    call = get_object_or_404(calls_of(identity(request)), pk=call_id)
    note_call(call, by=clerk(request), note=request.POST.get("note", ""), at=business_now())
    messages.success(request, _("The call is on record."))
    return redirect("counters:calls")


@staff(Role.CLERK)
@require_GET
def draft_list(request: HttpRequest) -> HttpResponse:
    """Drafts that anyone at this counter can continue."""
    found = slice_of(drafts_of(identity(request), business_now()), Order("updated_at", is_descending=True), request)
    return page(request, "counters/drafts.html", {"slice": found, "drafts": found.rows})
