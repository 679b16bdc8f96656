"""What a colleague or the leader gave to the person, shown in the work list until it is seen."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dossiers.actions.reassign import see
from dossiers.models import Reassignment
from portal.accounts.access import identity, staff
from portal.accounts.identity import Identity
from portal.accounts.models import Role, User
from portal.core.clock import business_now
from portal.core.workcalendar import local

MOST = 10


@dataclass(frozen=True, slots=True)
class Given:
    """One dossier that is new to the person."""

    key: str
    code: str
    url: str
    by: str
    at: str
    note: str


def given_to(who: Identity) -> list[Given]:
    """The newest that the person still holds and has not seen; one query."""
    new = Reassignment.objects.filter(given_to_id=who.user_id, seen_at__isnull=True, dossier__assigned_to_id=who.user_id)
    shown = new.order_by("-at", "-pk").values_list("pk", "dossier__code", "given_by__full_name", "at", "note")[:MOST]
    return [
        Given(str(pk), code, reverse("dossiers:officer-dossier", args=[code]), by, f"{local(at):%H:%M %d/%m}", note)
        for pk, code, by, at, note in shown
    ]


@staff(Role.OFFICER, Role.LEADER)
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """They stand among the others from now on."""
    user = identity(request).user
    keys = [int(key) for key in request.POST.getlist("giao")[:MOST] if key.isascii() and key.isdigit() and len(key) < 18]
    if isinstance(user, User) and see(user, keys, at=business_now()):
        messages.success(request, _("They stand in your work list."))
    return redirect(f"{reverse('dossiers:officer-queue')}?muc=cua-toi")
