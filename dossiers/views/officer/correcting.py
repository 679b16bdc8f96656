"""An issued result was wrong: revoke it and issue the next version."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers.actions.reopen import reopen as reopen_dossier
from dossiers.states import Verb
from dossiers.views.officer.forms import ReopenForm
from dossiers.views.officer.frame import opened
from dossiers.views.officer.steps import step_page
from portal.accounts.access import staff
from portal.accounts.models import Role


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, code: str) -> HttpResponse:
    """The result is revoked for everybody who checks it, and the officer has the dossier again."""
    at_hand = opened(request, code)
    form = ReopenForm(request.POST if request.method == "POST" else None)

    def do(data: Any, version: int) -> str:
        reopen_dossier(at_hand.dossier, by=at_hand.by, reason=data["text"], expected_version=version)
        return _("The result is revoked; the next version can be proposed.")

    words = {
        "title": _("Correct an issued result"),
        "button": _("Revoke and issue anew"),
        "is_grave": True,
        "explanation": _(
            "The issued result no longer holds from this moment: the public check says so, and the person is told. "
            "The full legal time runs for the new one. Nothing is deleted."
        ),
    }
    return step_page(request, at_hand, form, verb=Verb.REOPEN, template="dossiers/officer/step.html", do=do, context=words)
