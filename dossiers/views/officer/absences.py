"""Who is away from when to when, and who stands in: entered by the person or by the leader."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from dossiers.actions.absences import Leave, call_off, enter_absence
from dossiers.actions.transition import By
from dossiers.models import Absence
from dossiers.team import MOST_PEOPLE, posted
from dossiers.views.officer.frame import page
from portal.accounts.access import identity, staff
from portal.accounts.identity import Identity, identity_of
from portal.accounts.models import Role, User
from portal.agencies.models import Agency
from portal.core.clock import business_now
from portal.core.errors import DomainError
from portal.core.forms import DateField
from portal.core.workcalendar import local

TEMPLATE = "dossiers/officer/absences.html"
MOST = 100


class AbsenceForm(forms.Form):
    """Days and deputy; the leader also says whose."""

    user = forms.ChoiceField(label=gettext_lazy("Who is away"), error_messages={"required": gettext_lazy("Choose a person.")})
    starts_on = DateField(label=gettext_lazy("First day"))
    ends_on = DateField(label=gettext_lazy("Last day"), help_text=gettext_lazy("This day counts too."))
    deputy = forms.ChoiceField(
        label=gettext_lazy("Stands in"), required=False, help_text=gettext_lazy("Is offered the work first when it is given away.")
    )

    def __init__(self, *args: Any, people: dict[str, str], own: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].choices = [("", _("Nobody yet")), *people.items()]  # type: ignore[attr-defined]
        whose = self.fields["user"]
        whose.choices = [(own, people.get(own, ""))] if own else [("", _("Choose")), *people.items()]  # type: ignore[attr-defined]
        if own:
            whose.widget, whose.initial = forms.HiddenInput(), own


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: HttpRequest) -> HttpResponse:
    """The absences of now and later, and a form for one more."""
    who, at = identity(request), business_now()
    leads = who.has(Role.LEADER)
    people = {str(pk): name for pk, name in posted(who.agency_ids, local(at).date()).values_list("pk", "full_name")[:MOST_PEOPLE]}
    form = AbsenceForm(request.POST if request.method == "POST" else None, people=people, own="" if leads else str(who.user_id))
    status = 200
    if request.method == "POST":
        status = _entered(who, form, By(_user(who), at))
        if status == 200:
            messages.success(request, _("The absence is entered. What the person holds can be given away on the page of the team."))
            return redirect("dossiers:officer-absences")
    return page(request, TEMPLATE, {"rows": list(_shown(who, local(at).date())[:MOST]), "form": form, "leads": leads}, status=status)


@staff(Role.OFFICER, Role.LEADER)
@require_POST
def end_absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    """The person is there again."""
    who, at = identity(request), business_now()
    absence = get_object_or_404(_shown(who, local(at).date()), pk=absence_id)
    call_off(absence, by=By(_user(who), at))
    messages.success(request, _("The absence is called off."))
    return redirect("dossiers:officer-absences")


def _shown(who: Identity, on: date) -> Any:
    """Own ones, and those of the agencies that the person leads."""
    live = Absence.objects.filter(cancelled_at__isnull=True, ends_on__gte=on).select_related("user", "deputy", "agency")
    own = live.filter(user_id=who.user_id or 0)
    led = live.filter(agency_id__in=who.agencies.get(Role.LEADER, ()))
    return (own | led).order_by("starts_on", "pk")


def _entered(who: Identity, form: AbsenceForm, by: By) -> int:
    """The absence is entered, or the form says why not, with the status of that."""
    if not form.is_valid():
        return 422
    data = form.cleaned_data
    person = User.objects.get(pk=int(data["user"]))
    deputy = User.objects.get(pk=int(data["deputy"])) if data["deputy"] else None
    held = identity_of(person, local(by.at).date()).agencies
    posts = (*held.get(Role.OFFICER, ()), *held.get(Role.LEADER, ()))
    agency = Agency.objects.get(pk=next(pk for pk in posts if pk in who.agency_ids))
    try:
        enter_absence(Leave(person, agency, data["starts_on"], data["ends_on"], deputy), by=by)
    except DomainError as refused:
        form.add_error(None, str(refused))
        return refused.status
    return 200


def _user(who: Identity) -> User | None:
    return who.user if isinstance(who.user, User) else None
