"""Delegations: what one agency lets another decide for a period. One person asks, a second one confirms."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.agencies.models import Agency
from portal.core.clock import business_now, business_today
from portal.core.errors import DomainError
from procedures.actions.delegation_requests import ask_delegation, ask_end, confirm, refuse
from procedures.models import Delegation, DelegationRequest, Procedure
from procedures.queries.delegation_pages import delegations_page, waiting_requests
from procedures.queries.registry_choices import pick_agency, pick_procedure
from procedures.views.registry.fields import agency_field, day_field, procedure_field, text_field
from procedures.views.registry.frame import KEEPERS, actor, page
from procedures.views.registry.rule_form import understood


class DelegationForm(forms.Form):
    """A delegation for a period."""

    from_agency = agency_field(_("The agency that delegates"))
    to_agency = agency_field(_("The agency that decides instead"))
    procedure = procedure_field(_("Only for the procedure"), required=False)
    valid_from = day_field(_("First day"), help_text=_("Tomorrow at the earliest."))
    valid_to = day_field(_("Last day"))
    legal_basis = text_field(_("Legal basis"), most=300, help_text=_("The decision that delegates, with number and date."))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean_from_agency(self) -> Agency:
        return understood(lambda: pick_agency(self.cleaned_data["from_agency"], self.on))

    def clean_to_agency(self) -> Agency:
        return understood(lambda: pick_agency(self.cleaned_data["to_agency"], self.on))

    def clean_procedure(self) -> Procedure | None:
        text = self.cleaned_data["procedure"]
        return understood(lambda: pick_procedure(text, self.on)) if text else None


class EndForm(forms.Form):
    """The day on which a delegation ends early, and why it may."""

    last_day = day_field(_("Last day"))
    legal_basis = text_field(_("Legal basis"), most=300)


@staff(*KEEPERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Requests that wait for a second person, then every delegation, the newest first."""
    mark = request.GET.get("truoc", "")
    before = int(mark) if mark.isascii() and mark.isdigit() and len(mark) < 19 else None
    rows, following = delegations_page(business_today(), before)
    context = {
        "waiting": waiting_requests(),
        "user_id": identity(request).user_id,
        "rows": rows,
        "next_url": f"{reverse('procedures:delegations')}?truoc={following}" if following else "",
    }
    return page(request, "delegations.html", context, tab="delegations")


@staff(Role.CATALOGUE_EDITOR)
def add(request: HttpRequest) -> HttpResponse:
    """A delegation is asked for."""
    form = DelegationForm(request.POST or None, on=business_today())
    if request.method == "POST" and form.is_valid():
        try:
            ask_delegation(actor=actor(request), at=business_now(), **form.cleaned_data)
        except DomainError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _now("The delegation waits for a second person."))
            return redirect("procedures:delegations")
    return page(request, "delegation_form.html", {"form": form}, tab="delegations", status=422 if form.errors else 200)


@staff(Role.CATALOGUE_EDITOR)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """An early end is asked for."""
    delegation = get_object_or_404(Delegation.objects.select_related("from_agency", "to_agency", "procedure"), pk=pk)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_end(delegation, actor=actor(request), at=business_now(), **form.cleaned_data)
        except DomainError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _now("The early end waits for a second person."))
            return redirect("procedures:delegations")
    context = {"form": form, "delegation": delegation}
    return page(request, "delegation_end.html", context, tab="delegations", status=422 if form.errors else 200)


@staff(Role.CATALOGUE_APPROVER)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """What was asked holds from now on, or is refused."""
    asked = get_object_or_404(DelegationRequest, pk=pk)
    if request.POST.get("quyet-dinh") == "dong-y":
        confirm(asked, actor=actor(request), at=business_now())
        messages.success(request, _now("The delegation is confirmed."))
    else:
        refuse(asked, actor=actor(request), at=business_now())
        messages.success(request, _now("The request is refused and stays on record."))
    return redirect("procedures:delegations")
