"""A linked matter as one thing: its dossiers with their own dates, and what happens next, for the citizen and whoever holds its code."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dossiers.codes import format_secret
from dossiers.matterrows import StepRow, UrlOf, own_matters, steps_of_matter
from dossiers.models import Dossier, Matter
from dossiers.models.dossier import CLOSED_STATES
from dossiers.secrets import secret_for
from dossiers.states import State
from dossiers.tracking import followed_matter_or_own
from dossiers.views.applicant.picture import NOW, qr_of
from portal.accounts.access import citizens, identity, public
from portal.core.htmx import render_page

FIRST = (State.PAYMENT_REQUIRED.value, State.SUPPLEMENT_REQUESTED.value, State.READY_FOR_COLLECTION.value, State.ISSUED.value)
"""What waits for the person comes before what an agency does."""


def link_of(dossier: Dossier) -> str:
    """The citizen's page of the dossier."""
    return reverse("dossiers:my_dossier", args=[dossier.code])


def _followed_link(dossier: Dossier) -> str:
    return reverse("dossiers:followed", args=[dossier.code])


def next_step(steps: Sequence[StepRow]) -> str:
    """The matter in one sentence: what the person has to do, else what an agency does, else that nothing is left."""
    live = [each for each in steps if each.state and each.state not in CLOSED_STATES]
    first = next((each for state in FIRST for each in live if each.state == state), live[0] if live else None)
    if first is not None:
        return f"{first.name}: {NOW[State(first.state)]}"
    if any(not each.state for each in steps):
        return _("Nothing is under way. What was not started says why.")
    return _("All dossiers of this matter are done.")


@citizens
@require_safe
def mine(request: HttpRequest, code: str) -> HttpResponse:
    """The citizen's own matter; `moi` is the page after filing."""
    matter = own_matters(identity(request)).filter(code=code).first()
    if matter is None:
        raise Http404
    secret = secret_for(matter.code, matter.secret_issue)
    shown = {
        "is_own": True,
        "is_new": "moi" in request.GET,
        "secret": format_secret(secret),
        "qr": qr_of(f"{settings.BASE_URL}/tra-cuu/?ma={matter.code}"),
    }
    return render_page(request, "dossiers/applicant/matter.html", _context(matter, link_of) | shown)


@never_cache
@public
@require_safe
def followed(request: HttpRequest, code: str) -> HttpResponse:
    """The matter for whoever has its code and secret. A session that has ended asks for the secret again."""
    matter = followed_matter_or_own(request, code)
    if matter is None:
        return redirect(f"{reverse('dossiers:follow')}?ma={code}")
    return render_page(request, "dossiers/applicant/matter.html", _context(matter, _followed_link) | {"is_own": False})


def _context(matter: Matter, url_of: UrlOf) -> dict[str, Any]:
    steps = steps_of_matter(matter, url_of)
    return {"matter": matter, "steps": steps, "next": next_step(steps)}
