"""How much the agencies of a pool can work on: what the rule "any agency of a kind, least loaded" divides by."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.agencies.models import Agency
from portal.core.clock import business_today
from procedures.actions.capacity import MOST, set_capacity
from procedures.queries.pools import pool_members
from procedures.queries.registry_choices import agency_label, pick_agency
from procedures.reasons import kind_name
from procedures.views.registry.fields import agency_field
from procedures.views.registry.frame import actor, page
from procedures.views.registry.rule_form import understood


class CapacityForm(forms.Form):
    """One agency and its new number."""

    agency = agency_field(_("Agency"))
    capacity = forms.IntegerField(
        label=_("Capacity"), min_value=1, max_value=MOST, help_text=_("New dossiers are shared in proportion to this number.")
    )

    def clean_agency(self) -> Agency:
        return understood(lambda: pick_agency(self.cleaned_data["agency"], business_today()))


@staff(Role.CATALOGUE_APPROVER)
@require_http_methods(["GET", "HEAD", "POST"])
def capacities(request: HttpRequest) -> HttpResponse:
    """The agencies of all pools with their load, and the form that changes one number."""
    form = CapacityForm(request.POST or None, initial=_asked(request))
    if request.method == "POST" and form.is_valid():
        agency = set_capacity(form.cleaned_data["agency"], capacity=form.cleaned_data["capacity"], actor=actor(request))
        messages.success(request, _now("%(agency)s: capacity %(number)d.") % {"agency": agency.name, "number": agency.capacity})
        return redirect("procedures:capacities")
    mark = request.GET.get("sau", "")
    members, following = pool_members(business_today(), after=int(mark) if mark.isascii() and mark.isdigit() and len(mark) < 19 else 0)
    context: dict[str, Any] = {
        "form": form,
        "rows": [(each, kind_name(each.kind)) for each in members],
        "next_url": f"?sau={following}" if following else "",
    }
    return page(request, "capacities.html", context, tab="delegations", status=422 if form.errors else 200)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The agency of the row that was opened."""
    pk = request.GET.get("co-quan", "")
    agency = Agency.objects.filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
    return {"agency": agency_label(agency), "capacity": agency.capacity} if agency else {}
