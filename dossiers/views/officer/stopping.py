"""Stop with a notice, go on after a pause, ask for a financial obligation to be met first, and say what a fee comes to."""

from datetime import datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers.actions import obligation as obligations
from dossiers.actions import stop as stops
from dossiers.actions.set_fee import set_fee_amount
from dossiers.feeforms import FeeAmountForm
from dossiers.states import Verb
from dossiers.views.officer.forms import ObligationForm, ResumeForm, StopForm
from dossiers.views.officer.frame import opened
from dossiers.views.officer.steps import step_page
from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.core.workcalendar import TIMEZONE

STEP = "dossiers/officer/step.html"


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """The handling stands still, or has ended, with a stop notice."""
    at_hand = opened(request, code)
    form = StopForm(request.POST if request.method == "POST" else None)

    def do(data: Any, version: int) -> str:
        ground = stops.Ground(data["ground"], data["text"], is_pause=data["is_pause"] == "1")
        stops.stop(at_hand.dossier, by=at_hand.by, ground=ground, expected_version=version)
        return _("Handling is stopped; the notice is issued.")

    words = {
        "title": _("Stop handling"),
        "button": _("Stop and issue the notice"),
        "is_grave": True,
        "explanation": _("To refuse the request itself, propose a refusal instead: it is a result and can be appealed."),
    }
    return step_page(request, at_hand, form, verb=Verb.STOP, template=STEP, do=do, context=words)


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest, code: str) -> HttpResponse:
    """The officer has the dossier again; what was left of the time runs."""
    at_hand = opened(request, code)
    form = ResumeForm(request.POST if request.method == "POST" else None)

    def do(data: Any, version: int) -> str:
        stops.resume(at_hand.dossier, by=at_hand.by, reason=data["text"], expected_version=version)
        return _("Handling goes on; the person is told the new return date.")

    words = {
        "title": _("Resume handling"),
        "button": _("Resume"),
        "explanation": _("What was left of the legal time runs from now on. The slip is issued again with both dates."),
    }
    return step_page(request, at_hand, form, verb=Verb.RESUME_STOPPED, template=STEP, do=do, context=words)


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def obligation(request: HttpRequest, code: str) -> HttpResponse:
    """The person owes a financial obligation, and the legal time waits for it."""
    at_hand = opened(request, code)
    form = ObligationForm(request.POST if request.method == "POST" else None)

    def do(data: Any, version: int) -> str:
        asked = obligations.Obligation(
            data["name"], data["kind"], data["amount_vnd"], datetime.combine(data["pay_by"], time(17), TIMEZONE), data["basis"]
        )
        obligations.require_payment(at_hand.dossier, by=at_hand.by, obligation=asked, expected_version=version)
        return _("The notice is issued; the legal time stands still until it is paid.")

    words = {
        "title": _("Financial obligation"),
        "button": _("Issue the payment notice"),
        "explanation": _("Only for what must be paid before the case can go on, as the law says. Ordinary fees are taken at intake."),
    }
    return step_page(request, at_hand, form, verb=Verb.REQUIRE_PAYMENT, template=STEP, do=do, context=words)


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def fee(request: HttpRequest, code: str) -> HttpResponse:
    """A fee that a council or a tariff sets has its amount, and is owed. The clock runs on."""
    at_hand = opened(request, code)
    form = FeeAmountForm(at_hand.dossier, request.POST if request.method == "POST" else None)

    def do(data: Any, _version: int) -> str:
        set_fee_amount(data["line"], amount_vnd=data["amount_vnd"], basis=data["basis"], by=at_hand.by)
        return _("The amount is entered; the person is told and can pay online or at any counter.")

    words = {
        "title": _("Amount of a fee"),
        "button": _("Enter the amount"),
        "explanation": _(
            "For a fee that the provincial council or a tariff sets. The legal time goes on; what is entered stays on record."
        ),
    }
    return step_page(request, at_hand, form, verb=Verb.SET_FEE, template=STEP, do=do, context=words, leads_to=f"{at_hand.url}?muc=le-phi")
