"""Draft sets: the list, a new one, one with its changes, and its way to a second person."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.core.clock import business_now, business_today
from portal.core.errors import DomainError
from procedures.actions.registry_discard import discard_with_reason
from procedures.actions.rulesets import create_rule_set, describe_rule_set, send_back, submit
from procedures.models import RuleSet
from procedures.queries.rule_sets import PAGE_SIZE, changes_in, rule_set_or_404, rule_sets
from procedures.views.registry.fields import day_field, text_field
from procedures.views.registry.frame import KEEPERS, actor, page


class RuleSetForm(forms.Form):
    """What a set says about itself."""

    title = text_field(_("Title"), help_text=_("What changes, in a few words."))
    legal_basis = text_field(_("Legal basis"), most=300)
    decision_number = text_field(_("Decision number"), most=60, required=False, help_text=_("May be filled in later, before publishing."))
    effective_from = day_field(
        _("In force from"), help_text=_("Midnight of this day: the first dossier of that day follows the new rules.")
    )
    note = forms.CharField(label=_("Note for the second person"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(forms.Form):
    """Why a set is given up."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


@staff(*KEEPERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All sets, the newest first."""
    mark = request.GET.get("truoc", "")
    before = int(mark) if mark.isascii() and mark.isdigit() and len(mark) < 19 else None
    found = rule_sets(before)
    shown = found[:PAGE_SIZE]
    next_url = f"{reverse('procedures:rule_sets')}?truoc={shown[-1].pk}" if len(found) > PAGE_SIZE else ""
    context = {"sets": shown, "next_url": next_url, "is_first": before is None}
    return page(request, "rule_sets.html", context, tab="rule_sets")


@staff(Role.CATALOGUE_EDITOR)
def create(request: HttpRequest) -> HttpResponse:
    """A new, empty draft."""
    form = RuleSetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_rule_set(actor=actor(request), at=business_now(), **form.cleaned_data)
        except DomainError as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("procedures:rule_set", pk=made.pk)
    return page(request, "rule_set_form.html", {"form": form}, tab="rule_sets", status=422 if form.errors else 200)


@staff(Role.CATALOGUE_EDITOR)
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Title, basis, decision and day of a draft."""
    rule_set = rule_set_or_404(pk)
    form = RuleSetForm(request.POST or None, initial={name: getattr(rule_set, name) for name in RuleSetForm.base_fields})
    if request.method == "POST" and form.is_valid():
        try:
            describe_rule_set(rule_set, **form.cleaned_data)
        except DomainError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _now("The draft is saved."))
            return redirect("procedures:rule_set", pk=pk)
    return page(request, "rule_set_form.html", {"form": form, "rule_set": rule_set}, tab="rule_sets", status=422 if form.errors else 200)


@staff(*KEEPERS)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One set with its changes, its newest dry run, and what may be done with it now."""
    return page(request, "rule_set.html", shown(request, rule_set_or_404(pk)), tab="rule_sets")


def shown(request: HttpRequest, rule_set: RuleSet) -> dict[str, Any]:
    """What the page of a set shows."""
    who = identity(request)
    is_own = rule_set.drafted_by_id == who.user_id
    in_review = rule_set.state == RuleSet.State.REVIEW
    return {
        "rule_set": rule_set,
        "changes": changes_in(rule_set),
        "is_own": is_own,
        "is_open": rule_set.state in (RuleSet.State.DRAFT, RuleSet.State.REVIEW),
        "can_edit": rule_set.state == RuleSet.State.DRAFT and who.has(Role.CATALOGUE_EDITOR),
        "can_publish": in_review and not is_own and who.has(Role.CATALOGUE_APPROVER),
        "is_past": rule_set.effective_from is not None and rule_set.effective_from < business_today(),
    }


@staff(Role.CATALOGUE_EDITOR)
@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """The set goes to a second person."""
    submit(rule_set_or_404(pk), at=business_now())
    messages.success(request, _now("The set waits for approval by a second person."))
    return redirect("procedures:rule_set", pk=pk)


@staff(*KEEPERS)
@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """The set goes back to its editor."""
    send_back(rule_set_or_404(pk))
    messages.success(request, _now("The draft can be edited again."))
    return redirect("procedures:rule_set", pk=pk)


@staff(*KEEPERS)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """The set is given up, with a reason, and stays on record."""
    rule_set = rule_set_or_404(pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        discard_with_reason(rule_set, reason=form.cleaned_data["reason"], actor=actor(request), at=business_now())
        messages.success(request, _now("The set is discarded and stays on record."))
        return redirect("procedures:rule_set", pk=pk)
    return page(request, "discard.html", {"form": form, "rule_set": rule_set}, tab="rule_sets", status=422 if form.errors else 200)
