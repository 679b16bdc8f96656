"""One page per step: a form, the version it was made for, and what became different meanwhile."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dossiers.actions.transition import StaleVersion
from dossiers.history import summary, timeline
from dossiers.models import DeskDraft
from dossiers.states import Verb
from dossiers.views.officer.editing import EditedByAnother, editing, finish, keep_typed, kept_draft, require_free, typed_before
from dossiers.views.officer.frame import Opened, opened, page
from portal.core.errors import Conflict, DomainError, NotAllowed

Do = Callable[[Any, int], str]
"""Takes the cleaned data and the version of the page, acts, and returns what to say."""


def step_page(
    request: HttpRequest,
    at_hand: Opened,
    form: forms.Form,
    *,
    verb: Verb,
    template: str,
    do: Do,
    context: Mapping[str, Any] | None = None,
    leads_to: str = "",
) -> HttpResponse:
    """Show the form, or take the step. A refusal shows the form again with everything that was typed and says why."""
    if request.method != "POST":
        draft = kept_draft(at_hand, verb)
        form.initial.update(typed_before(draft))
        return _shown(request, at_hand, form, verb, template, context, draft=draft)
    version = version_of(request)
    try:
        require_step(at_hand, verb, version)
        require_free(at_hand.dossier, verb, at_hand.who)
        if not form.is_valid():
            keep_typed(request, at_hand, verb)
            return _shown(request, at_hand, form, verb, template, context, status=422)
        told = do(form.cleaned_data, version)
    except DomainError as refused:
        keep_typed(request, at_hand, verb)
        return _refused(request, at_hand, form, verb, template, context, refused, version)
    finish(at_hand, verb)
    messages.success(request, told)
    return redirect(leads_to or at_hand.url)


def _refused(
    request: HttpRequest,
    at_hand: Opened,
    form: forms.Form,
    verb: Verb,
    template: str,
    context: Mapping[str, Any] | None,
    refused: DomainError,
    version: int,
) -> HttpResponse:
    """The page again, for the dossier as it is by now: why not, what changed since, and everything that was typed."""
    shown = dict(context or {}) | {"refused": str(refused), "has_errors": True}
    if isinstance(refused, EditedByAnother):
        shown["is_edited"] = True
    elif isinstance(refused, Conflict):
        at_hand = opened(request, at_hand.dossier.code)
        shown["changes"] = summary(timeline(at_hand.dossier, internal=True, after=version))
    return _shown(request, at_hand, form, verb, template, shown, status=refused.status)


def require_step(at_hand: Opened, verb: Verb, version: int) -> None:
    """The page is not older than the dossier, and the person may take the step. Raises StaleVersion, NotAllowed."""
    if version != at_hand.dossier.state_version:
        raise StaleVersion(_("Somebody else has changed this dossier meanwhile. Look at it again before you decide."))
    if verb not in at_hand.steps:
        raise NotAllowed(_("You cannot do this in the present state of the dossier, or a colleague holds it."))


def version_of(request: HttpRequest) -> int:
    """The version that the page was made for; 0, which is never current, if it is missing or no number."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _shown(
    request: HttpRequest,
    at_hand: Opened,
    form: forms.Form,
    verb: Verb,
    template: str,
    context: Mapping[str, Any] | None,
    status: int = 200,
    draft: DeskDraft | None = None,
) -> HttpResponse:
    shown = {
        "at_hand": at_hand,
        "dossier": at_hand.dossier,
        "form": form,
        "can_do": verb in at_hand.steps,
        "editing": editing(at_hand, verb, draft),
        **(context or {}),
    }
    return page(request, template, shown, status=status)
