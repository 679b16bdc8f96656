"""Sets of fees: the list, a new one, one with its lines, and its way to a second person."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.core.clock import business_now, business_today
from portal.core.errors import DomainError
from portal.core.htmx import render_page
from procedures.actions.feesets import (
    describe_fee_set,
    discard_fee_set,
    publish_fee_set,
    put_fee,
    remove_fee,
    return_fee_set,
    start_fee_set,
    submit_fee_set,
)
from procedures.forms import PublishForm
from procedures.models import FeeChange, FeeSet, Procedure
from procedures.queries.fee_sets import PAGE_SIZE, fee_change_or_404, fee_rows, fee_set_or_404, fee_sets
from procedures.queries.registry_choices import NotUnderstood, pick_procedure
from procedures.views.fees.forms import FeeForm, FeeSetForm, FindProcedureForm
from procedures.views.registry.frame import KEEPERS, actor, menu
from procedures.views.registry.rule_sets import ReasonForm


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    here = reverse("procedures:fee_sets")
    frame = {
        "navigation": [{**item, "current": item["url"] == here} for item in menu()],
        "may_edit": identity(request).has(Role.CATALOGUE_EDITOR),
    }
    return render_page(request, f"procedures/fees/{template}", frame | context, status=status)


@staff(*KEEPERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All sets, the newest first."""
    mark = request.GET.get("truoc", "")
    found = fee_sets(int(mark) if mark.isascii() and mark.isdigit() and len(mark) < 19 else None)
    shown = found[:PAGE_SIZE]
    next_url = f"{request.path}?truoc={shown[-1].pk}" if len(found) > PAGE_SIZE else ""
    return _page(request, "sets.html", {"sets": shown, "next_url": next_url})


@staff(Role.CATALOGUE_EDITOR)
def create(request: HttpRequest) -> HttpResponse:
    """A new, empty draft."""
    form = FeeSetForm(request.POST or None, on=business_today())
    if request.method == "POST" and form.is_valid():
        try:
            made = start_fee_set(actor=actor(request), at=business_now(), **form.values())
        except DomainError as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("procedures:fee_set", pk=made.pk)
    return _page(request, "set_form.html", {"form": form}, status=422 if form.errors else 200)


@staff(Role.CATALOGUE_EDITOR)
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Title, basis and day of a draft."""
    fee_set = _draft(pk)
    form = FeeSetForm(request.POST or None, on=business_today(), fee_set=fee_set)
    if request.method == "POST" and form.is_valid():
        try:
            describe_fee_set(fee_set, **form.values())
        except DomainError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("procedures:fee_set", pk=pk)
    return _page(request, "set_form.html", {"form": form, "fee_set": fee_set}, status=422 if form.errors else 200)


@staff(*KEEPERS)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One set with its lines, and what may be done with it now."""
    fee_set, who = fee_set_or_404(pk), identity(request)
    is_own = fee_set.drafted_by_id == who.user_id
    in_review = fee_set.state == FeeSet.State.REVIEW
    context = {
        "fee_set": fee_set,
        "rows": fee_rows(fee_set),
        "is_own": is_own,
        "is_open": fee_set.state in (FeeSet.State.DRAFT, FeeSet.State.REVIEW),
        "can_edit": fee_set.state == FeeSet.State.DRAFT and who.has(Role.CATALOGUE_EDITOR),
        "can_publish": in_review and not is_own and who.has(Role.CATALOGUE_APPROVER),
    }
    return _page(request, "set.html", context)


@staff(Role.CATALOGUE_EDITOR)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new line: first its procedure, then the fee."""
    fee_set = _draft(pk)
    asked = request.GET.get("thu_tuc", "").replace("\0", "")
    find = FindProcedureForm({"thu_tuc": asked} if asked else None)
    if find.is_bound and find.is_valid():
        try:
            return _line(request, fee_set, pick_procedure(find.cleaned_data["thu_tuc"], business_today()))
        except NotUnderstood as error:
            find.add_error("thu_tuc", str(error))
    return _page(request, "find.html", {"fee_set": fee_set, "form": find}, status=422 if find.errors else 200)


@staff(Role.CATALOGUE_EDITOR)
def edit(request: HttpRequest, pk: int, change: int) -> HttpResponse:
    """What a line says."""
    fee_set = _draft(pk)
    found = fee_change_or_404(fee_set, change)
    return _line(request, fee_set, found.procedure, found)


def _line(request: HttpRequest, fee_set: FeeSet, procedure: Procedure, change: FeeChange | None = None) -> HttpResponse:
    form = FeeForm(request.POST if request.method == "POST" else None, procedure=procedure, on=business_today(), change=change)
    if form.is_bound and form.is_valid():
        try:
            put_fee(fee_set, fee=form.fee(), change=change)
        except DomainError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The change is in the set."))
            return redirect("procedures:fee_set", pk=fee_set.pk)
    context = {"fee_set": fee_set, "form": form, "procedure": procedure, "change": change}
    return _page(request, "line.html", context, status=422 if form.errors else 200)


@staff(Role.CATALOGUE_EDITOR)
@require_POST
def remove(request: HttpRequest, pk: int, change: int) -> HttpResponse:
    """The set no longer holds the line."""
    remove_fee(fee_change_or_404(_draft(pk), change))
    messages.success(request, _("The change is taken out of the set."))
    return redirect("procedures:fee_set", pk=pk)


@staff(Role.CATALOGUE_EDITOR)
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """The set goes to a second person."""
    submit_fee_set(fee_set_or_404(pk), at=business_now())
    messages.success(request, _("The set waits for approval by a second person."))
    return redirect("procedures:fee_set", pk=pk)


@staff(*KEEPERS)
@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """The set goes back to its editor."""
    return_fee_set(fee_set_or_404(pk))
    messages.success(request, _("The draft can be edited again."))
    return redirect("procedures:fee_set", pk=pk)


@staff(*KEEPERS)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """The set is given up, with a reason, and stays on record."""
    fee_set = fee_set_or_404(pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        discard_fee_set(fee_set, reason=form.cleaned_data["reason"], actor=actor(request), at=business_now())
        messages.success(request, _("The set is discarded and stays on record."))
        return redirect("procedures:fee_set", pk=pk)
    return _page(request, "discard.html", {"form": form, "fee_set": fee_set}, status=422 if form.errors else 200)


@staff(Role.CATALOGUE_APPROVER)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Decision number, its date and the first day; then the fees hold."""
    fee_set = fee_set_or_404(pk)
    if fee_set.state != FeeSet.State.REVIEW:
        raise Http404(_("This set does not wait for approval."))
    form = PublishForm(request.POST or None, initial={"effective_from": fee_set.effective_from})
    if request.method == "POST" and form.is_valid():
        try:
            publish_fee_set(fee_set, actor=actor(request), at=business_now(), **form.cleaned_data)
        except DomainError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The fees are published. Running dossiers keep theirs."))
            return redirect("procedures:fee_set", pk=pk)
    context = {"fee_set": fee_set, "form": form, "rows": fee_rows(fee_set)}
    return _page(request, "publish.html", context, status=422 if form.errors else 200)


def _draft(pk: int) -> FeeSet:
    fee_set = fee_set_or_404(pk)
    if fee_set.state != FeeSet.State.DRAFT:
        raise Http404(_("Only a draft can be changed."))
    return fee_set
