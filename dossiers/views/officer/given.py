"""What a colleague or the leader gave to the person, shown in the work list until it is seen."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dossiers import queries
from dossiers.actions.notes import see_notes
from dossiers.actions.opinions import see_opinions
from dossiers.actions.reassign import see
from dossiers.models import OpinionReply, Reassignment
from portal.accounts.access import identity, staff
from portal.accounts.identity import Identity
from portal.accounts.models import Role, User
from portal.core.clock import business_now
from portal.core.workcalendar import local

MOST = 10


@dataclass(frozen=True, slots=True)
class Given:
    """One dossier that is new to the person. `name` is the input that says it was seen."""

    name: str
    key: str
    code: str
    url: str
    by: str
    at: str
    note: str


def given_to(who: Identity) -> list[Given]:
    """What is new to the person: dossiers given, notes that mention them, opinions that have come."""
    return [*_given(who), *_mentions(who), *_opinions(who)]


def _given(who: Identity) -> list[Given]:
    """The newest that the person still holds and has not seen; one query."""
    new = Reassignment.objects.filter(given_to_id=who.user_id, seen_at__isnull=True, dossier__assigned_to_id=who.user_id)
    shown = new.order_by("-at", "-pk").values_list("pk", "dossier__code", "given_by__full_name", "at", "note")[:MOST]
    return [_row("giao", _("given by %(name)s"), *row) for row in shown]


def _mentions(who: Identity) -> list[Given]:
    """The newest notes that mention the person; one query."""
    new = queries.notes(who).filter(mentioned_id=who.user_id, seen_at__isnull=True).order_by("-at", "-pk")
    shown = new.values_list("pk", "dossier__code", "author__full_name", "at", "text")[:MOST]
    return [_row("ghi-chu", _("mentioned by %(name)s"), *row) for row in shown]


def _opinions(who: Identity) -> list[Given]:
    """The newest answers of other agencies to what the person has asked, or about what the person holds now; one query."""
    own = Q(opinion__asked_by_id=who.user_id) | Q(opinion__dossier__assigned_to_id=who.user_id)
    new = OpinionReply.objects.filter(own, kind=OpinionReply.Kind.ANSWERED, seen_at__isnull=True, opinion__agency__in=who.agency_ids)
    columns = ("pk", "opinion__dossier__code", "opinion__asked__name", "at", "text")
    return [
        _row("y-kien", _("opinion of %(name)s"), pk, code, by, at, text, section="?muc=y-kien")
        for pk, code, by, at, text in new.order_by("-at", "-pk").values_list(*columns)[:MOST]
    ]


def _row(name: str, words: str, pk: int, code: str, by: str, at: datetime, note: str, *, section: str = "") -> Given:
    url = reverse("dossiers:officer-dossier", args=[code])
    return Given(name, str(pk), code, url + section, words % {"name": by}, f"{local(at):%H:%M %d/%m}", note)


@staff(Role.OFFICER, Role.LEADER)
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """They stand among the others from now on."""
    user = identity(request).user
    if isinstance(user, User):
        at = business_now()
        seen_now = [
            see(user, _keys(request, "giao"), at=at),
            see_notes(user, _keys(request, "ghi-chu"), at=at),
            see_opinions(user, _keys(request, "y-kien"), at=at),
        ]
        if any(seen_now):
            messages.success(request, _("They stand in your work list."))
    return redirect(f"{reverse('dossiers:officer-queue')}?muc=cua-toi")


def _keys(request: HttpRequest, name: str) -> list[int]:
    return [int(key) for key in request.POST.getlist(name)[:MOST] if key.isascii() and key.isdigit() and len(key) < 18]
