"""Take a dossier, or give it back to the queue. Taking leads straight to the work."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dossiers.actions import decide
from dossiers.states import Verb
from dossiers.team import away
from dossiers.views.officer.forms import NothingForm
from dossiers.views.officer.frame import opened
from dossiers.views.officer.steps import step_page
from dossiers.views.officer.tabs import dossiers_in
from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.core.clock import business_now
from portal.core.workcalendar import local


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, code: str) -> HttpResponse:
    """The dossier is the officer's."""
    at_hand = opened(request, code)

    def do(_data: object, _version: int) -> str:
        decide.claim(at_hand.dossier, by=at_hand.by)
        return _("The dossier is yours.")

    words = {"title": _("Take over"), "button": _("Take over"), "explanation": _("It leaves the common queue and stands among yours.")}
    return step_page(request, at_hand, _form(request), verb=Verb.CLAIM, template="dossiers/officer/step.html", do=do, context=words)


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, code: str) -> HttpResponse:
    """The dossier is back in the queue."""
    at_hand = opened(request, code)

    def do(_data: object, version: int) -> str:
        decide.release(at_hand.dossier, by=at_hand.by, expected_version=version)
        return _("The dossier is back in the queue of the agency.")

    words = {
        "title": _("Give back to the queue"),
        "button": _("Give back"),
        "explanation": _("Any colleague can take it then. The return date stays as it is."),
    }
    return step_page(request, at_hand, _form(request), verb=Verb.RELEASE, template="dossiers/officer/step.html", do=do, context=words)


@staff(Role.OFFICER)
@require_POST
def claim_next(request: HttpRequest) -> HttpResponse:
    """The most urgent dossier that nobody holds is the officer's, and open."""
    who, at = identity(request), business_now()
    absence = away(local(at).date(), people=[who.user_id or 0]).get(who.user_id or 0)
    if absence:
        told = _("You are entered as away until %(date)s. Call the absence off to take new dossiers.")
        messages.info(request, told % {"date": f"{absence.ends_on:%d/%m/%Y}"})
        return redirect("dossiers:officer-absences")
    waiting = dossiers_in("chua-nhan", who, at).filter(agency_id__in=who.agencies.get(Role.OFFICER, ())).exclude(filed_by_id=who.user_id)
    # What a colleague is taking at this moment is passed over; what is locked here cannot be taken by anybody else.
    dossier = waiting.order_by("due_at", "pk").select_for_update(of=("self",), skip_locked=True).first()
    if dossier is None:
        messages.info(request, _("No dossier waits for an officer."))
        return redirect("dossiers:officer-queue")
    at_hand = opened(request, dossier.code)
    decide.claim(dossier, by=at_hand.by)
    messages.success(request, _("The dossier is yours."))
    return redirect(at_hand.url)


def _form(request: HttpRequest) -> forms.Form:
    return NothingForm(request.POST) if request.method == "POST" else NothingForm()
