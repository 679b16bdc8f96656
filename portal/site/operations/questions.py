"""What people asked or added at the national portal and a person here must deal with."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from counters.frame import clerk, page
from counters.paging import Order, slice_of
from dossiers import queries
from dossiers.actions.transition import By
from dossiers.models import InboundCall
from dossiers.national.inbound_calls import answer_call, text_of
from portal.accounts.access import identity, staff
from portal.accounts.identity import Identity
from portal.accounts.models import Role
from portal.core.clock import business_now
from portal.core.errors import DomainError
from portal.site.operations.rows import stamp

WORKERS = (Role.CLERK, Role.OFFICER, Role.LEADER, Role.SUPERVISOR)


def waiting_for(who: Identity) -> QuerySet[InboundCall]:
    """Open calls about dossiers that the person sees; those about none are for who watches the country."""
    rows = InboundCall.objects.filter(waits_for_person=True).select_related("dossier__procedure", "dossier__version")
    if who.supervises_country:
        return rows
    return rows.filter(Q(dossier__in=queries.visible_to(who).order_by().values("pk")))


@staff(*WORKERS)
@require_GET
def questions(request: HttpRequest) -> HttpResponse:
    """The queue, oldest first."""
    return _queue(request)


@staff(*WORKERS)
@require_POST
def answer(request: HttpRequest, call_id: int) -> HttpResponse:
    """The answer is on its way to the national portal, or the supplement is noted."""
    call = waiting_for(identity(request)).filter(pk=call_id).first()
    if call is None:
        raise Http404
    try:
        answer_call(call, by=By(clerk(request), business_now()), text=request.POST.get("answer", "").replace("\0", ""))
    except DomainError as error:
        return _queue(request, error, call_id)
    messages.success(request, _("The answer is on its way.") if call.kind == InboundCall.Kind.QUESTION else _("Noted."))
    return redirect("site:questions")


def _queue(request: HttpRequest, error: DomainError | None = None, wrong: int = 0) -> HttpResponse:
    found = slice_of(waiting_for(identity(request)), Order("received_at"), request)
    rows = [
        {
            "pk": call.pk,
            "kind": InboundCall.Kind(call.kind).label,
            "is_question": call.kind == InboundCall.Kind.QUESTION,
            "code": call.dossier.code if call.dossier else "",
            "procedure": call.dossier.version.short_name if call.dossier else "",
            "who": str(call.body.get("NguoiHoi", ""))[:200],
            "text": text_of(call),
            "at": stamp(call.received_at),
            "typed": request.POST.get("answer", "") if call.pk == wrong else "",
        }
        for call in found.rows
    ]
    context = {"slice": found, "rows": rows, "refused": [str(error)] if error else [], "has_errors": error is not None}
    return page(request, "operations/questions.html", context, part="results", status=error.status if error else 200)
