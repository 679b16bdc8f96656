"""My counter: what waits, one box for every scanner, and the change of office."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counters.deskcounts import tiles_of
from counters.frame import CHOSEN_OFFICE, office_of, offices_of, page
from counters.queries import drafts_of
from counters.scanning import target_of
from counters.views.start import posted_person
from dossiers.codes import parse_card_text
from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.core.clock import business_now


@staff(Role.CLERK)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The desk."""
    who, now = identity(request), business_now()
    context = {
        "office": office_of(request),
        "offices": offices_of(request),
        "tiles": tiles_of(who, now),
        "drafts": list(drafts_of(who, now)[:10]),
    }
    return page(request, "counters/home.html", context)


@staff(Role.CLERK)
@require_POST
def change_office(request: HttpRequest) -> HttpResponse:
    """The clerk sits in another of the own offices from now on."""
    chosen = request.POST.get("office", "")
    if chosen in {str(office.pk) for office in offices_of(request)}:
        request.session[CHOSEN_OFFICE] = int(chosen)
    return redirect("counters:home")


@staff(Role.CLERK)
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Whatever was scanned or typed leads to its page: a dossier, a person at the counter, a procedure."""
    text = (request.POST if request.method == "POST" else request.GET).get("q", "").strip()
    if parse_card_text(text) is not None:
        if request.method == "POST":
            data = QueryDict(mutable=True)
            data["card"] = text
            return posted_person(request, data)
        messages.info(request, _("Scan the card here to begin a new dossier."))
        return redirect("counters:start")
    if target := target_of(identity(request), text):
        return redirect(target)
    if not text:
        return redirect("counters:home")
    return redirect("/quay/tiep-nhan/?" + urlencode({"q": text[:200]}))
