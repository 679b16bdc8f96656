"""Lists that a person keeps: links above the tabs of the work list, a page to rename and delete them."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from dossiers.actions import saved_views as actions
from dossiers.models import SavedView
from dossiers.views.officer.filters import Filters, read_filters, stored_filters
from dossiers.views.officer.frame import page
from portal.accounts.access import identity, staff
from portal.accounts.identity import Identity
from portal.accounts.models import Role, User
from portal.agencies.models import Agency
from portal.core.errors import DomainError

TEMPLATE = "dossiers/officer/views.html"
MOST = 40


@dataclass(frozen=True, slots=True)
class ViewLink:
    """One kept list above the tabs."""

    name: str
    url: str
    current: bool
    by: str


class NameForm(forms.Form):
    """How the list is called."""

    name = forms.CharField(
        label=gettext_lazy("Name of the list"), max_length=60, error_messages={"required": gettext_lazy("Give the list a name.")}
    )


def _own(who: Identity) -> "QuerySet[SavedView]":
    return SavedView.objects.filter(user_id=who.user_id or 0).order_by("seq", "pk")


def views_for(who: Identity, filters: Filters) -> list[ViewLink]:
    """Own lists, then those that a leader shares with the agency; one query."""
    known = SavedView.objects.filter(Q(user_id=who.user_id) | Q(agency_id__in=who.agency_ids)).select_related("user")
    shown = sorted(known.order_by("seq", "pk")[:MOST], key=lambda view: view.user_id != who.user_id)
    return [
        ViewLink(view.name, f"?{stored}", stored == filters.query, "" if view.user_id == who.user_id else view.user.full_name)
        for view, stored in ((view, stored_filters(view.query, who).query) for view in shown)
    ]


def preferred_query(who: Identity) -> str:
    """The filters with which the work list opens; empty if the person prefers none."""
    query = _own(who).filter(is_default=True).values_list("query", flat=True).first()
    return stored_filters(query, who).query if query else ""


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def saved_views(request: HttpRequest) -> HttpResponse:
    """The kept lists, or one more with the filters that were sent."""
    if request.method != "POST":
        return _shown(request)
    who, form = identity(request), NameForm(request.POST)
    filters = read_filters(request.POST, who)
    if not form.is_valid() or not isinstance(who.user, User):
        return _shown(request, {"form": form, "kept": list(filters.kept.items())}, status=422)
    agencies = who.agencies.get(Role.LEADER, ())
    shared = Agency.objects.get(pk=agencies[0]) if agencies and "chung" in request.POST else None
    try:
        actions.save_view(
            who.user, name=form.cleaned_data["name"], query=filters.query, agency=shared, is_default="mac-dinh" in request.POST
        )
    except DomainError as refused:
        form.add_error("name", str(refused))
        return _shown(request, {"form": form, "kept": list(filters.kept.items())}, status=refused.status)
    messages.success(request, _("The list is kept. It stands above the tabs."))
    return redirect(f"{reverse('dossiers:officer-queue')}?{filters.query}")


@staff(Role.OFFICER, Role.LEADER)
@require_POST
def change_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """The own list has another name, is the one that opens, or is gone."""
    who = identity(request)
    view = get_object_or_404(_own(who), pk=view_id)
    action, form = request.POST.get("action", ""), NameForm(request.POST, auto_id=f"id_{view_id}_%s")
    if action == "delete":
        actions.forget_view(view)
        messages.success(request, _("The list “%(name)s” is deleted. No dossier was touched.") % {"name": view.name})
    elif action == "default":
        actions.prefer_view(view, is_default=not view.is_default)
        messages.success(request, _("The work list opens as you chose."))
    elif not form.is_valid():
        return _shown(request, {"form": form, "renamed": view_id}, status=422)
    else:
        try:
            actions.rename_view(view, name=form.cleaned_data["name"])
        except DomainError as refused:
            form.add_error("name", str(refused))
            return _shown(request, {"form": form, "renamed": view_id}, status=refused.status)
    return redirect("dossiers:officer-views")


def _shown(request: HttpRequest, more: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    who, more = identity(request), more or {}
    base = reverse("dossiers:officer-queue")
    rows = [
        (
            view,
            f"{base}?{stored_filters(view.query, who).query}",
            more["form"] if more.get("renamed") == view.pk else NameForm({"name": view.name}, auto_id=f"id_{view.pk}_%s"),
        )
        for view in _own(who)
    ]
    return page(request, TEMPLATE, {"rows": rows, **more}, status=status)
