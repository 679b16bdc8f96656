"""One dossier at the counter: where it is, why this agency, what to print again, what the person may ask for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from counters.dossierpage import page_of
from counters.fees import fee_state
from counters.frame import clerk, office_of, page
from dossiers import queries
from dossiers.actions.delay import withdraw
from dossiers.actions.hand_back import Collector, WrongCollector
from dossiers.actions.reissue import reissue_secret
from dossiers.actions.transition import By
from dossiers.actions.watch import remind
from dossiers.matterrows import belonging
from dossiers.models import Dossier
from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.core.clock import business_now
from portal.core.errors import DomainError

BASE = "/quay/ho-so/"


@staff(Role.CLERK)
@require_GET
def dossier(request: HttpRequest, code: str) -> HttpResponse:
    """The dossier as this counter may see it."""
    found = queries.found_or_404(queries.for_counter(identity(request)), code)
    return _shown(request, found)


@staff(Role.CLERK)
@require_POST
def withdraw_dossier(request: HttpRequest, code: str) -> HttpResponse:
    """The person takes the dossier back."""
    found = queries.found_or_404(queries.for_counter(identity(request)), code)
    by = By(user=clerk(request), at=business_now(), office=office_of(request))
    try:
        note = withdraw(found, by=by, reason=request.POST.get("reason", ""))
    except DomainError as error:
        return _shown(request, found, error=error)
    messages.success(request, _("The dossier is withdrawn. Print the return note and give the papers back."))
    return redirect(f"/tai-lieu/{note.verification_code}/?in=1") if request.POST.get("print") else redirect("counters:dossier", code)


@staff(Role.CLERK)
@require_POST
def new_secret(request: HttpRequest, code: str) -> HttpResponse:
    """A slip with a new tracking secret, for the person who proved to be a party; works at any counter."""
    found = queries.found_or_404(queries.at_any_counter(code), code)
    person = Collector(
        name=request.POST.get("name", "").strip(),
        personal_id=request.POST.get("personal_id", "").strip(),
        identity_checked=request.POST.get("identity_checked") == "yes",
    )
    is_shown_here = queries.for_counter(identity(request)).filter(pk=found.pk).exists()
    try:
        slip = reissue_secret(found, by=By(user=clerk(request), at=business_now(), office=office_of(request)), person=person)
    except WrongCollector as error:
        if not is_shown_here:
            raise  # what this counter may not read is not shown with the refusal
        return _shown(request, found, error=error)
    messages.success(request, _("The former secret no longer works. Print the new slip."))
    if is_shown_here:
        return redirect("counters:dossier", code)
    return redirect(f"/tai-lieu/{slip.verification_code}/?in=1")


@staff(Role.CLERK)
@require_POST
def send_reminder(request: HttpRequest, code: str) -> HttpResponse:
    """The agency is urged, and must answer."""
    found = queries.found_or_404(queries.received_at(identity(request)), code)
    by = By(user=clerk(request), at=business_now(), office=office_of(request))
    try:
        remind(found, by=by, text=request.POST.get("text", ""))
    except DomainError as error:
        return _shown(request, found, error=error)
    messages.success(request, _("The reminder is with the agency, which must answer within 8 working hours."))
    return redirect("counters:dossier", code)


def _shown(request: HttpRequest, found: Dossier, error: DomainError | None = None) -> HttpResponse:
    who = identity(request)
    context = {
        "dossier": found,
        "shown": page_of(found, who, base=BASE, now=business_now()),
        "fees": fee_state(found),
        "is_ours": found.receiving_office_id in who.offices.get(Role.CLERK, ()),
        "refused": [str(error)] if error else [],
        "typed": request.POST if error else {},
        "collectable": queries.COLLECTABLE,
        "matter": belonging(found, who, queries.for_counter(who), "counters:dossier"),
        "has_errors": error is not None,
    }
    return page(request, "counters/dossier.html", context, status=error.status if error else 200)
