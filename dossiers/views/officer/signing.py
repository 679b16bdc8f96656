"""The second person: reads the result as it will be issued, signs it or sends it back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.actions import decide
from dossiers.documents.results import render_result
from dossiers.models import Dossier, Result
from dossiers.states import Verb
from dossiers.views.officer.forms import NothingForm, SendBackForm
from dossiers.views.officer.frame import Opened, opened
from dossiers.views.officer.paper import sheet_of
from dossiers.views.officer.steps import step_page
from portal.accounts.access import staff
from portal.accounts.models import Role


def _live(dossier: Dossier) -> Result | None:
    waiting = Result.objects.filter(dossier=dossier, withdrawn_at__isnull=True)
    return waiting.select_related("dossier__version", "dossier__procedure", "type", "agency", "proposed_by", "signed_by").first()


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, code: str) -> HttpResponse:
    """The result is signed, numbered and issued."""
    at_hand = opened(request, code)
    form = NothingForm(request.POST if request.method == "POST" else None)

    def do(_data: Any, version: int) -> str:
        result = decide.sign(at_hand.dossier, by=at_hand.by, expected_version=version)
        told = _("Signed and issued as number %(number)s.") % {"number": result.number}
        return told if result.is_electronic else told + " " + _("The result is on its way to the counter.")

    return step_page(request, at_hand, form, verb=Verb.SIGN, template="dossiers/officer/sign.html", do=do, context=_about(at_hand))


def _about(at_hand: Opened) -> dict[str, Any]:
    result = _live(at_hand.dossier)
    is_own = result is not None and result.proposed_by_id == at_hand.who.user_id
    return {"result": result, "is_own": is_own, "sheet": sheet_of(result) if result and not result.signed_at else ""}


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: HttpRequest, code: str) -> HttpResponse:
    """The officer has the dossier again, with the reason."""
    at_hand = opened(request, code)
    form = SendBackForm(request.POST if request.method == "POST" else None)

    def do(data: Any, version: int) -> str:
        decide.send_back(at_hand.dossier, by=at_hand.by, reason=data["text"], expected_version=version)
        return _("The proposal is back with the officer.")

    words = {
        "title": _("Send the proposal back"),
        "button": _("Send back"),
        "explanation": _("The officer gets the dossier again with your reason. The return date stays."),
    }
    return step_page(request, at_hand, form, verb=Verb.SEND_BACK, template="dossiers/officer/step.html", do=do, context=words)


@staff(Role.OFFICER, Role.LEADER)
@require_safe
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """The proposed result as a page of its own, to read or print; without number and signature."""
    at_hand = opened(request, code)
    result = get_object_or_404(
        Result.objects.select_related("type", "agency", "signed_by"), dossier=at_hand.dossier, withdrawn_at__isnull=True
    )
    return HttpResponse(render_result(result))
