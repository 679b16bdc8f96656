"""The open page of a step: it holds the dossier while it is open, and keeps what is typed."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dossiers.actions.editing import RENEWED_EVERY, Desk, Typed, draft_of, drop_draft, hold, keep_draft, lease_of, let_go
from dossiers.models import DeskDraft, Dossier, EditLease
from dossiers.states import Verb
from dossiers.views.officer.frame import Opened, opened
from portal.accounts.access import staff
from portal.accounts.identity import Identity
from portal.accounts.models import Role
from portal.core.clock import technical_now
from portal.core.errors import Conflict
from portal.core.htmx import wants_part
from portal.core.workcalendar import local

FORMS: Mapping[Verb, str] = {
    Verb.PROPOSE: "propose",
    Verb.ASK_SUPPLEMENT: "supplement",
    Verb.SEND_BACK: "send-back",
    Verb.EXTEND: "extend",
    Verb.RETURN_NOT_COMPETENT: "return",
    Verb.REQUIRE_PAYMENT: "obligation",
    Verb.STOP: "stop",
    Verb.RESUME_STOPPED: "resume",
    Verb.REOPEN: "reopen",
}
"""The steps in which something is written, by the word in the names of their pages."""

VERBS = {word: verb for verb, word in FORMS.items()}
OWN_INPUTS = frozenset({"csrfmiddlewaretoken", "version", "page", "step", "told", "action", "insist", "drop", "upload"})
"""Inputs that belong to the page, not to what the person types."""


class EditedByAnother(Conflict):
    """A colleague has the page open and edits this dossier."""


@dataclass(frozen=True, slots=True)
class Editing:
    """What the page of a step knows of leases and drafts."""

    url: str
    step: str
    page: str
    renewed_every: int
    words: str
    kept_at: str


def lease_words(lease: EditLease | None, user_id: int | None) -> str:
    """Who else edits the dossier, and since when; empty if nobody does."""
    if lease is None or lease.holder_id == user_id:
        return ""
    return _("%(name)s has been editing this dossier since %(at)s.") % {
        "name": lease.holder.full_name,
        "at": f"{local(lease.since):%H:%M %d/%m}",
    }


def editing(at_hand: Opened, verb: Verb, draft: DeskDraft | None) -> Editing | None:
    """The page as it is made now; None for a step without words."""
    if verb not in FORMS:
        return None
    words = lease_words(lease_of(at_hand.dossier, now=technical_now()), at_hand.who.user_id)
    return Editing(
        url=reverse("dossiers:officer-editing", args=[at_hand.dossier.code]),
        step=FORMS[verb],
        page=str(_microseconds()),
        renewed_every=int(RENEWED_EVERY.total_seconds()),
        words=words,
        kept_at=f"{local(draft.saved_at):%H:%M %d/%m/%Y}" if draft else "",
    )


def kept_draft(at_hand: Opened, verb: Verb) -> DeskDraft | None:
    """What the person typed here before and did not send."""
    return draft_of(at_hand.dossier, FORMS[verb], at_hand.user) if verb in FORMS else None


def typed_before(draft: DeskDraft | None) -> dict[str, str]:
    """The draft as values of inputs."""
    return {name: texts[-1] for name, texts in draft.content.items() if texts} if draft else {}


def keep_typed(request: HttpRequest, at_hand: Opened, verb: Verb) -> bool:
    """What was posted is the person's draft."""
    return keep_draft(at_hand.dossier, FORMS[verb], at_hand.user, _typed(request), at=at_hand.at) if verb in FORMS else False


def require_free(dossier: Dossier, verb: Verb, who: Identity) -> None:
    """No colleague edits the dossier now. Raises EditedByAnother."""
    if verb not in FORMS:
        return
    if words := lease_words(lease_of(dossier, now=technical_now()), who.user_id):
        raise EditedByAnother(words)


def finish(at_hand: Opened, verb: Verb) -> None:
    """The step is taken: its draft is used up, and the dossier is free."""
    if verb in FORMS:
        drop_draft(at_hand.dossier, FORMS[verb], at_hand.user)
        let_go(at_hand.dossier, at_hand.user)


@staff(Role.OFFICER, Role.LEADER)
@require_POST
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The page reports that it is open, or sends what is typed. htmx gets what is new to say, without it the page is shown again."""
    at_hand = opened(request, code)
    verb = VERBS.get(request.POST.get("step", ""))
    if verb is None:
        raise Http404
    is_kept = False
    if "drop" in request.POST:
        drop_draft(at_hand.dossier, FORMS[verb], at_hand.user)
    else:
        is_kept = keep_typed(request, at_hand, verb)
    lease = _held(request, at_hand, verb)
    if not wants_part(request):
        if is_kept:
            messages.success(request, _("What you typed is kept until you come back."))
        return redirect(reverse(f"dossiers:officer-{FORMS[verb]}", args=[at_hand.dossier.code]))
    if is_kept:
        return render(request, "dossiers/officer/_kept.html", {"saved_at": f"{local(at_hand.at):%H:%M}"})
    words = _lease_news(request, lease, at_hand)
    if words == request.POST.get("told", ""):
        return HttpResponse(status=204)
    return render(request, "dossiers/officer/_lease.html", {"words": words, "is_news": True})


def _held(request: HttpRequest, at_hand: Opened, verb: Verb) -> EditLease | None:
    """The lease after this report: whoever cannot take the step now does not hold up those who can."""
    now = technical_now()
    if verb not in at_hand.steps:
        return lease_of(at_hand.dossier, now=now)
    desk = Desk(at_hand.user, _page_of(request), at_hand.at, now)
    return hold(at_hand.dossier, desk, insists="insist" in request.POST)


def _lease_news(request: HttpRequest, lease: EditLease | None, at_hand: Opened) -> str:
    if lease is not None and lease.holder_id == at_hand.who.user_id and lease.page > _page_of(request):
        return _("You have opened this dossier in another window as well; the later one counts.")
    return lease_words(lease, at_hand.who.user_id)


def _page_of(request: HttpRequest) -> int:
    """When the page was made; 0, the earliest, if that is missing, no number or yet to come."""
    text, now = request.POST.get("page", ""), _microseconds()
    made = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
    return made if made <= now else 0


def _microseconds() -> int:
    return int(technical_now().timestamp() * 1_000_000)


def _typed(request: HttpRequest) -> Typed:
    return {name: request.POST.getlist(name) for name in request.POST if name not in OWN_INPUTS}
