"""List, entry, preview, approval and cancellation of reorganisations, for the keepers of the catalogue."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers.actions.approve_reorganisation import PlacesWithoutAgency, approve_reorganisation, gaps_if_approved
from dossiers.views.reorganisations.forms import FIRST_LINES, MORE_LINES, LineFormSet, ReorganisationForm, initial_lines, lines_of
from dossiers.views.reorganisations.preview import preview_of
from portal.accounts import reorganising
from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.agencies.actions.reorganise import enter, problem_text
from portal.agencies.models import Reorganisation
from portal.core.clock import business_now, business_today
from portal.core.errors import DomainError
from procedures.queries.gaps import Gaps
from procedures.views.registry.frame import KEEPERS, actor, menu

PAGE = 25


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    who = identity(request)
    here = reverse("dossiers:reorganisations")
    frame = {
        "navigation": [{**item, "current": item["url"] == here} for item in menu()],
        "may_edit": who.has(Role.CATALOGUE_EDITOR),
        "may_approve": who.has(Role.CATALOGUE_APPROVER),
        "user_id": who.user_id,
    }
    return render(request, f"dossiers/reorganisations/{template}", frame | context, status=status)


@staff(*KEEPERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All reorganisations, the latest day first."""
    mark = request.GET.get("sau", "")
    rows = Reorganisation.objects.select_related("entered_by").prefetch_related("lines__old_unit").order_by("-effective_from", "-pk")
    last = Reorganisation.objects.filter(pk=int(mark)).first() if mark.isascii() and mark.isdigit() and len(mark) < 19 else None
    if last is not None:
        rows = rows.filter(effective_from__lte=last.effective_from).exclude(effective_from=last.effective_from, pk__gte=last.pk)
    found = list(rows[: PAGE + 1])
    url = f"{reverse('dossiers:reorganisations')}?sau={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return _page(request, "index.html", {"rows": found[:PAGE], "next_url": url, "today": business_today()})


@staff(Role.CATALOGUE_EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new draft."""
    return _form(request, None)


@staff(Role.CATALOGUE_EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft again, as long as nobody has approved it."""
    draft = get_object_or_404(Reorganisation, pk=pk)
    if draft.state != Reorganisation.State.DRAFT:
        return redirect("dossiers:reorganisation", pk)
    return _form(request, draft)


def _form(request: HttpRequest, draft: Reorganisation | None) -> HttpResponse:
    if request.method != "POST":
        given = {name: getattr(draft, name) for name in ReorganisationForm.base_fields} if draft else {}
        lines = initial_lines(draft) if draft else []
        formset = LineFormSet(initial=[*lines, *([{}] * (FIRST_LINES if not lines else 1))], prefix="lines")
        return _page(
            request, "form.html", {"form": ReorganisationForm(initial=given), "lines": formset, "here": _("Enter a decision on units")}
        )
    form, formset = ReorganisationForm(request.POST), LineFormSet(request.POST, prefix="lines")
    if "more" in request.POST:
        typed = [_typed(each) for each in formset.forms]
        more = LineFormSet(initial=[*typed, *([{}] * MORE_LINES)], prefix="lines")
        return _page(
            request,
            "form.html",
            {"form": ReorganisationForm(initial=request.POST.dict()), "lines": more, "here": _("Enter a decision on units")},
        )
    if all([form.is_valid(), formset.is_valid()]) and (kept := _kept(request, form, formset, draft)) is not None:
        return redirect("dossiers:reorganisation", kept.pk)
    return _page(request, "form.html", {"form": form, "lines": formset, "here": _("Enter a decision on units"), "has_errors": True}, 422)


def _typed(form: Any) -> dict[str, str]:
    return {name: form[name].value() or "" for name in form.fields}


def _kept(request: HttpRequest, form: ReorganisationForm, formset: Any, draft: Reorganisation | None) -> Reorganisation | None:
    """The draft as saved; None when a line was not understood, with the error at its field."""
    data = form.cleaned_data
    if data["effective_from"] <= business_today():
        form.add_error(
            "effective_from", _("The first day must lie in the future: what has happened cannot be entered as a change to come.")
        )
        return None
    lines = lines_of(formset, data["level"], data["effective_from"])
    if any(each.errors for each in formset):
        return None
    entered = draft or Reorganisation()
    for name, value in data.items():
        setattr(entered, name, value)
    try:
        entered, problems = enter(entered, lines, actor=actor(request), at=business_now(), today=business_today())
    except DomainError as refused:
        form.add_error("effective_from", str(refused))
        return None
    if problems:
        messages.warning(request, _("The draft is kept. It cannot be approved yet: see what is missing."))
    else:
        messages.success(request, _("The draft is kept and waits for a second person."))
    return entered


@staff(*KEEPERS)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """What will end, what will begin, who and what is concerned; and what was done about it."""
    return _shown(request, get_object_or_404(Reorganisation, pk=pk))


def _shown(request: HttpRequest, found: Reorganisation, refused: str = "", status: int = 200, gaps: Gaps | None = None) -> HttpResponse:
    is_draft, today = found.state == Reorganisation.State.DRAFT, business_today()
    preview = preview_of(found) if is_draft else None
    context = {
        "reorganisation": found,
        "here": found.number,
        "preview": preview,
        "problems": [problem_text(each) for each in preview.planned.problems] if preview else [],
        "records": found.records.select_related("actor").order_by("pk"),
        "lines": list(found.lines.select_related("old_unit__province").order_by("pk")[:60]),
        "can_cancel": found.state != Reorganisation.State.CANCELLED and (is_draft or found.effective_from > today),
        "in_force": found.state == Reorganisation.State.APPROVED and found.effective_from <= today,
        "refused": [refused] if refused else [],
        "gaps": gaps,
        "is_checked": gaps is not None and not gaps,
        "despite": request.POST.get("despite", ""),
        "reason": request.POST.get("reason", ""),
        "has_errors": bool(refused),
    }
    return _page(request, "show.html", context, status)


@staff(Role.CATALOGUE_APPROVER)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person approves; refused with the places that would have no agency, unless a reason is given."""
    found = get_object_or_404(Reorganisation, pk=pk)
    by: dict[str, Any] = {"actor": actor(request), "at": business_now(), "today": business_today()}
    try:
        if "check" in request.POST:
            return _shown(request, found, gaps=gaps_if_approved(found, **by))
        approve_reorganisation(found, despite=request.POST.get("despite", "").replace("\0", ""), **by)
    except PlacesWithoutAgency as refused:
        told = _("Not approved: from the first day on, these places would have no competent agency, or several.")
        if request.POST.get("despite"):
            told = _("Write why it is approved with these gaps (10 characters or more).")
        return _shown(request, get_object_or_404(Reorganisation, pk=pk), told, refused.status, refused.gaps)
    except DomainError as refused:
        return _shown(request, get_object_or_404(Reorganisation, pk=pk), str(refused), refused.status)
    messages.success(
        request, _("Approved. Everything changes at midnight at the beginning of %(day)s.") % {"day": f"{found.effective_from:%d/%m/%Y}"}
    )
    return redirect("dossiers:reorganisation", pk)


@staff(*KEEPERS)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """It will not happen, with the reason on record."""
    found = get_object_or_404(Reorganisation, pk=pk)
    reason = request.POST.get("reason", "").replace("\0", "")
    try:
        reorganising.cancel(found, actor=actor(request), reason=reason, at=business_now(), today=business_today())
    except DomainError as refused:
        return _shown(request, get_object_or_404(Reorganisation, pk=pk), str(refused), refused.status)
    messages.success(request, _("It is cancelled; everything goes on as it was."))
    return redirect("dossiers:reorganisation", pk)


urlpatterns = [
    path("quan-tri/sap-xep/", index, name="reorganisations"),
    path("quan-tri/sap-xep/moi/", add, name="reorganisation_new"),
    path("quan-tri/sap-xep/<int:pk>/", show, name="reorganisation"),
    path("quan-tri/sap-xep/<int:pk>/sua/", edit, name="reorganisation_edit"),
    path("quan-tri/sap-xep/<int:pk>/duyet/", approve, name="reorganisation_approve"),
    path("quan-tri/sap-xep/<int:pk>/huy/", cancel, name="reorganisation_cancel"),
]
