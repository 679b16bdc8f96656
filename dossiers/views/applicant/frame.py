"""What the pages of a draft share: whose it is, whether it is still alive, how it is saved."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from dossiers.models import Draft
from portal.accounts.access import citizens, identity
from portal.accounts.models import CitizenProfile, User
from portal.core.clock import business_now
from portal.core.htmx import render_page
from portal.core.outage import typed_fields
from procedures.formschema.answers import read_back
from procedures.formschema.schema import Schema, known_schema

P = ParamSpec("P")
DraftView = Callable[Concatenate[HttpRequest, Draft, P], HttpResponse]
DECLARATION_PREFIX = "d"


def citizen(request: HttpRequest) -> User:
    """The signed-in citizen."""
    user = identity(request).user
    if not isinstance(user, User):
        raise PermissionDenied
    return user


def profile_of(user: User) -> CitizenProfile:
    """What the identity provider vouches for; an empty profile for an account that has none."""
    return CitizenProfile.objects.filter(user=user).first() or CitizenProfile(user=user)


def drafts_of(user: User) -> Any:
    """The citizen's own drafts, newest first."""
    drafts = Draft.objects.filter(owner=user, office__isnull=True)
    return drafts.select_related("version__procedure", "case", "dossier").order_by("-updated_at", "pk")


def on_draft(view: DraftView[P]) -> Callable[..., HttpResponse]:
    """The view gets the citizen's own open draft. A foreign one is a 404, a filed one leads to its dossier, a dead one says so."""

    @citizens
    @wraps(view)
    def wrapped(request: HttpRequest, draft_id: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        draft = drafts_of(citizen(request)).filter(pk=draft_id).first()
        if draft is None:
            raise Http404
        if draft.dossier is not None:
            return redirect("dossiers:filed_online", code=draft.dossier.code)
        if draft.expires_at <= business_now():
            return _expired(request, draft)
        return view(request, draft, *args, **kwargs)

    return wrapped


def _expired(request: HttpRequest, draft: Draft) -> HttpResponse:
    """410 with what is kept on the draft and what was just typed, to copy into a new one."""
    context = {
        "draft": draft,
        "sections": read_back(schema_of(draft), draft.answers, get_language() or "vi"),
        "typed": [each for each in typed_fields(request) if each.is_text] if request.method == "POST" else [],
    }
    return render_page(request, "dossiers/applicant/expired.html", context, status=410)


def schema_of(draft: Draft) -> Schema:
    """The form of the draft's case."""
    return known_schema(draft.case.form)


def revision_of(request: HttpRequest) -> int:
    """The revision that the posted page was made from; a page without one is taken for stale."""
    typed = request.POST.get("rev", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else -1
