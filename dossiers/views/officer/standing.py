"""Whom the leader names for dossiers of the day that nobody takes in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dossiers.actions.deputies import choose_deputy
from dossiers.actions.transition import By
from dossiers.models import StandingDeputy
from dossiers.views.officer.filters import options
from portal.accounts.access import identity, staff
from portal.accounts.models import Membership, Role, User
from portal.agencies.models import Agency, valid_on
from portal.core.clock import business_now

MOST_AGENCIES = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """The officers of one agency, the chosen one marked."""

    agency: str
    name: str
    people: list[tuple[str, str, bool]]


def deputy_choices(agencies: Sequence[int], on: date) -> list[Choice]:
    """One for each agency that the person leads today; three queries."""
    led = list(Agency.objects.filter(valid_on(on), pk__in=agencies).order_by("pk")[:MOST_AGENCIES])
    chosen = dict(StandingDeputy.objects.filter(agency__in=led).values_list("agency_id", "user_id"))
    posts = Membership.objects.on(on).filter(agency__in=led, role=Role.OFFICER).order_by("user__full_name", "user_id")
    people: dict[int, dict[int, str]] = {agency.pk: {} for agency in led}
    for agency, user, name in posts.values_list("agency_id", "user_id", "user__full_name"):
        people[agency][user] = name
    return [Choice(str(each.pk), each.name, options(people[each.pk].items(), str(chosen.get(each.pk) or ""))) for each in led]


@staff(Role.LEADER)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """The choice stands from now on."""
    who = identity(request)
    agency = Agency.objects.filter(pk__in=who.agencies.get(Role.LEADER, ()), pk=_number(request.POST.get("co-quan", ""))).first()
    if agency is None or not isinstance(who.user, User):
        raise Http404
    user = User.objects.filter(pk=_number(request.POST.get("nguoi", ""))).first()
    choose_deputy(agency, user, by=By(who.user, business_now(), agency=agency))
    messages.success(request, _("The choice is saved."))
    return redirect("dossiers:officer-team")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
