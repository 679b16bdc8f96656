"""The agency's own counter says that a filing is not the agency's competence, before it is accepted."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from counters.dossierpage import page_of
from counters.frame import clerk, office_of, page
from counters.intake import posted
from counters.views.reception import BASE
from dossiers import queries
from dossiers.actions.not_competent import deciding_fact, return_not_competent
from dossiers.actions.transition import By
from dossiers.models import Dossier
from dossiers.views.officer.returnform import NotCompetentForm, other_agencies
from dossiers.views.officer.returning import told
from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.agencies.models import Agency
from portal.core.clock import business_now, business_today
from portal.core.errors import DomainError
from portal.core.htmx import wants_part

TEMPLATE = "counters/return_reception.html"


@staff(Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def return_reception(request: HttpRequest, code: str) -> HttpResponse:
    """The filing goes to the counter of the agency that the register names instead, or waits for a person; its clock is untouched."""
    dossier = queries.found_or_404(queries.to_receive(identity(request)), code)
    on, data = business_today(), request.POST if request.method == "POST" else request.GET
    found = other_agencies(data.get("place", ""), dossier, on)
    if request.method != "POST":
        form = NotCompetentForm(on=on)
        return (
            page(request, TEMPLATE, {"found": found, "form": form}, part="found")
            if wants_part(request)
            else _shown(request, dossier, form, found)
        )
    if data.get("action") != "return":
        return _shown(request, dossier, NotCompetentForm(initial=data.dict(), on=on), found)
    form = NotCompetentForm(data, on=on)
    if not form.is_valid():
        return _shown(request, dossier, form, found, status=422)
    by = By(user=clerk(request), at=business_now(), office=office_of(request))
    try:
        returned = return_not_competent(dossier, form.said, by=by, expected_version=posted(data, "version"))
    except DomainError as error:
        return _shown(request, dossier, form, found, refused=str(error), status=error.status)
    messages.success(request, told(returned))
    return redirect("counters:inbox")


def _shown(
    request: HttpRequest, dossier: Dossier, form: NotCompetentForm, found: list[Agency], *, refused: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "dossier": dossier,
        "shown": page_of(dossier, identity(request), base=BASE, now=business_now()),
        "form": form,
        "found": form.proposals(found),
        "asks_place": bool(deciding_fact(dossier)),
        "errors": [],
        "refused": [refused] if refused else [],
        "has_errors": bool(refused or form.errors),
    }
    return page(request, TEMPLATE, context, status=status)
