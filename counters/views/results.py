"""Results: which are here or coming, bulk arrival, hand-back of any dossier to the right person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counters.actions.collect import arrive_many, give_result
from counters.collection import collection_of, collector_of
from counters.frame import clerk, office_of, page
from counters.paging import Order, slice_of
from counters.rows import rows_of
from dossiers import queries
from dossiers.actions.hand_back import arrive, call_result_to, certify_print, send_result, turn_away
from dossiers.actions.transition import By
from dossiers.codes import normalise_code
from dossiers.models import Dossier
from dossiers.models.dossier import DossierQuerySet
from dossiers.states import State
from portal.accounts.access import identity, staff
from portal.accounts.identity import Identity
from portal.accounts.models import Role
from portal.core.clock import business_now
from portal.core.errors import DomainError

BASE = "/quay/tra-ket-qua/"
COMING, HERE, ASKED = "dang-den", "tai-quay", "can-gui"


@staff(Role.CLERK)
@require_GET
def results(request: HttpRequest) -> HttpResponse:
    """Results at, or on the way to, this counter; a scanned code opens any dossier."""
    if code := normalise_code(request.GET.get("ma", "")):
        return redirect("counters:hand_back", code)
    who = identity(request)
    chosen = request.GET.get("loc", "") if request.GET.get("loc", "") in (COMING, ASKED) else HERE
    found = slice_of(_wanted(who, chosen), Order("finished_at", is_descending=True), request)
    context = {
        "chosen": chosen,
        "slice": found,
        "rows": rows_of(found.rows, base=BASE, now=business_now()),
        "is_unknown": bool(request.GET.get("ma")),
        "text": request.GET.get("ma", ""),
    }
    return page(request, "counters/results.html", context, part="results")


def _wanted(who: Identity, chosen: str) -> DossierQuerySet:
    if chosen == ASKED:
        return queries.to_send_on(who)
    results, here = queries.to_hand_back(who), [State.READY_FOR_COLLECTION.value]
    return results.exclude(state__in=here) if chosen == COMING else results.filter(state__in=here)


@staff(Role.CLERK)
@require_POST
def arrivals(request: HttpRequest) -> HttpResponse:
    """Every scanned code that was on its way here has arrived; the others are named."""
    by = By(user=clerk(request), at=business_now(), office=office_of(request))
    arrived, refused = arrive_many(request.POST.get("codes", ""), by=by)
    if arrived:
        messages.success(
            request, ngettext("%(count)d result has arrived.", "%(count)d results have arrived.", arrived) % {"count": arrived}
        )
    for text in refused:
        messages.error(request, text)
    return redirect(f"{BASE}?loc={HERE if arrived and not refused else COMING}")


@staff(Role.CLERK)
@require_http_methods(["GET", "POST"])
def hand_back(request: HttpRequest, code: str) -> HttpResponse:
    """One result: bring it here, check the collector, hand it over or turn the person away."""
    dossier = queries.found_or_404(queries.at_any_counter(code).filter(state__in=[*queries.COLLECTABLE, State.CLOSED.value]), code)
    if request.method == "GET":
        return _shown(request, dossier)
    try:
        return _done(request, dossier)
    except DomainError as error:
        fresh = queries.at_any_counter(code).get()
        return _shown(request, fresh, str(error), error.status)


def _done(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    office = office_of(request)
    by = By(user=clerk(request), at=business_now(), office=office)
    action = request.POST.get("action", "")
    if action == "bring":
        call_result_to(dossier, by=by, office=office)
        messages.success(request, _("An electronic result can be printed and handed over now; for one on paper its holder has been asked."))
    elif action == "send":
        to = send_result(dossier, by=by)
        messages.success(request, _("The result is on its way to %(office)s.") % {"office": to.name})
    elif action == "certify":
        certify_print(dossier, by=by, collector=collector_of(request.POST))
        messages.success(request, _("The copy is on record; print it now."))
    elif action == "arrive":
        arrive(dossier, by=by)
        messages.success(request, _("The result is here and the person has been told."))
    elif action == "turn_away":
        turn_away(dossier, by=by, collector_name=collector_of(request.POST).name, reason=_reason(request))
        messages.warning(request, _("The attempt is on record; the result stays here."))
    elif action == "read":
        return _shown(request, dossier)
    else:
        give_result(dossier, by=by, collector=collector_of(request.POST))
        messages.success(request, _("Handed over. Print the receipt and have it signed."))
    return redirect("counters:hand_back", dossier.code)


def _reason(request: HttpRequest) -> str:
    reason = request.POST.get("reason", "").strip()
    if not reason or not collector_of(request.POST).name:
        raise DomainError(_("Write who came and why the person was turned away."))
    return reason[:300]


def _shown(request: HttpRequest, dossier: Dossier, refused: str = "", status: int = 200) -> HttpResponse:
    context = {
        "dossier": dossier,
        "collection": collection_of(dossier, office_of(request)),
        "typed": collector_of(request.POST) if request.method == "POST" else None,
        "reason": request.POST.get("reason", ""),
        "refused": [refused] if refused else [],
        "has_errors": bool(refused),
    }
    return page(request, "counters/hand_back.html", context, status=status)
