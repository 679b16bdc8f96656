"""Return a dossier as not the agency's competence: why, where it belongs, and which agency is proposed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers.actions.not_competent import deciding_fact, return_not_competent
from dossiers.models import Dossier
from dossiers.states import Verb
from dossiers.views.officer.editing import editing, keep_typed
from dossiers.views.officer.frame import Opened, opened, page
from dossiers.views.officer.returnform import NotCompetentForm, other_agencies
from dossiers.views.officer.steps import step_page
from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.agencies.models import Agency
from portal.core.htmx import wants_part

TEMPLATE = "dossiers/officer/return.html"


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def return_dossier(request: HttpRequest, code: str) -> HttpResponse:
    """The dossier goes to the agency that the register names instead, or waits for a person; the promised date stays."""
    at_hand = opened(request, code)
    on = at_hand.at.date()
    if request.method != "POST":
        found = other_agencies(request.GET.get("place", ""), at_hand.dossier, on)
        if wants_part(request):
            return page(request, TEMPLATE, {"found": found, "form": NotCompetentForm(on=on)}, part="found")
        return _step(request, at_hand, NotCompetentForm(on=on), found)
    found = other_agencies(request.POST.get("place", ""), at_hand.dossier, on)
    if request.POST.get("action") == "find":
        form = NotCompetentForm(initial=request.POST.dict(), on=on)
        shown = {"at_hand": at_hand, "dossier": at_hand.dossier, "form": form, "can_do": True, "found": found}
        keep_typed(request, at_hand, Verb.RETURN_NOT_COMPETENT)
        shown["editing"] = editing(at_hand, Verb.RETURN_NOT_COMPETENT, None)
        return page(request, TEMPLATE, shown | {"asks_place": bool(deciding_fact(at_hand.dossier))})
    return _step(request, at_hand, NotCompetentForm(request.POST, on=on), found)


def _step(request: HttpRequest, at_hand: Opened, form: NotCompetentForm, found: list[Agency]) -> HttpResponse:
    def do(_data: Any, version: int) -> str:
        return told(return_not_competent(at_hand.dossier, form.said, by=at_hand.by, expected_version=version))

    return step_page(
        request,
        at_hand,
        form,
        verb=Verb.RETURN_NOT_COMPETENT,
        template=TEMPLATE,
        do=do,
        context={"found": form.proposals(found), "asks_place": bool(deciding_fact(at_hand.dossier))},
        leads_to=reverse("dossiers:officer-queue"),
    )


def told(dossier: Dossier) -> str:
    """Where the dossier is now."""
    if dossier.routing == Dossier.Routing.ROUTED and dossier.agency:
        return _("Dossier %(code)s has gone to %(agency)s, which the register names.") % {
            "code": dossier.code,
            "agency": dossier.agency.name,
        }
    return _("Dossier %(code)s is returned; a supervisor decides.") % {"code": dossier.code}
