"""For who watches the country: differences with the national portal, and inspections by drawing."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from counters.frame import clerk, page
from counters.paging import Order, Slice, slice_of
from dossiers.models import InspectedDossier, InspectionDraw, SyncDifference
from dossiers.national.reconcile import latest
from dossiers.national.reconcile_record import repair_by_hand
from portal.accounts.access import own_transaction, require_country, staff
from portal.accounts.models import Role
from portal.agencies.models import AdministrativeUnit
from portal.core.clock import business_today, technical_now
from portal.core.errors import DomainError
from portal.core.forms import DateField
from portal.site.completeness.inspection import Wanted, ask_again, draw, fingerprint, judge
from portal.site.completeness.rows import difference_rows, judged_share, run_line, sides
from portal.site.operations.rows import stamp

FILTERS = (
    ("", gettext_lazy("Still open")),
    ("cho-nguoi", gettext_lazy("Waits for a person")),
    ("da-dong", gettext_lazy("Settled")),
)
BASE = "/giam-sat/ho-so/"


def _provinces() -> QuerySet[AdministrativeUnit]:
    return AdministrativeUnit.objects.provinces().on(business_today())


def _province(code: str) -> str:
    """Its name; the code of one that is no more; nothing for the whole country."""
    return (_provinces().filter(code=code).values_list("name", flat=True).first() or code) if code else ""


class DrawForm(forms.Form):
    """From which dossiers is drawn."""

    since = DateField(label=gettext_lazy("Filed from"))
    until = DateField(label=gettext_lazy("Filed until"))
    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False)
    seed = forms.CharField(
        label=gettext_lazy("Seed"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Leave empty for a random one. The same seed, days and dossiers give the same codes."),
    )

    def __init__(self, data: object = None, **more: object) -> None:
        super().__init__(data, **more)  # type: ignore[arg-type]
        choices = _provinces().order_by("search_key", "pk").values_list("code", "name")
        self.fields["province"].choices = [("", _("The whole country")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """The days are in order."""
        values = super().clean() or {}
        if values.get("since") and values.get("until") and values["since"] > values["until"]:
            self.add_error("until", _("The last day is before the first."))
        return values


def _query(request: HttpRequest) -> str:
    """The filters and the page of the list, which a form carries along."""
    return f"?{request.GET.urlencode()}" if request.GET else ""


def _neighbours(found: Slice[Any], name: str) -> dict[str, str]:
    """Full addresses of the neighbouring pages: an answer to a refused form stands at the form's address."""
    urls = {"previous_url": found.previous_url, "next_url": found.next_url}
    return {key: reverse(name) + url if url else "" for key, url in urls.items()}


@staff(Role.SUPERVISOR)
@require_GET
def differences(request: HttpRequest) -> HttpResponse:
    """The differences of the chosen kind and state, oldest first; closed ones newest first."""
    require_country(request)
    return _differences(request)


def _differences(request: HttpRequest, error: DomainError | None = None, tried: int = 0) -> HttpResponse:
    """`tried`: the row for which a repetition was refused; it stays open with the reason that was typed."""
    state, kind = request.GET.get("loc", ""), request.GET.get("loai", "")
    rows = SyncDifference.objects.filter(closed_at__isnull=state != "da-dong")
    if state == "cho-nguoi":
        rows = rows.filter(needs_person=True)
    if kind in SyncDifference.Kind.values:
        rows = rows.filter(kind=kind)
    found = slice_of(rows, Order("found_at", is_descending=state == "da-dong"), request)
    context = {
        "filters": [(key, label, key == state) for key, label in FILTERS],
        "state": state,
        "kinds": [(key, label, key == kind) for key, label in SyncDifference.Kind.choices],
        "kind": kind,
        "rows": difference_rows(found.rows, base=BASE),
        "last": run_line(latest()),
        "query": _query(request),
        "tried": tried,
        "reason": request.POST.get("reason", ""),
        "refused": [str(error)] if error else [],
        "has_errors": error is not None,
        **_neighbours(found, "site:differences"),
    }
    return page(request, "completeness/differences.html", context, part="results", status=error.status if error else 200)


@staff(Role.SUPERVISOR)
@require_POST
def repeat(request: HttpRequest, difference_id: int) -> HttpResponse:
    """Our steps for the difference go again, with the person's name and reason."""
    require_country(request)
    row = SyncDifference.objects.filter(pk=difference_id).first()
    if row is None:
        raise Http404
    try:
        repair_by_hand(row, user=clerk(request), at=technical_now(), reason=request.POST.get("reason", "").replace("\0", "")[:500])
    except DomainError as error:
        return _differences(request, error, row.pk)
    messages.success(
        request, _("Our steps are on their way again. The next comparison closes the difference if it finds both sides equal.")
    )
    return redirect(reverse("site:differences") + _query(request))


@staff(Role.SUPERVISOR)
@require_GET
def inspections(request: HttpRequest) -> HttpResponse:
    """Earlier draws, and the form of a new one."""
    require_country(request)
    today = business_today()
    return _inspections(request, DrawForm(initial={"since": today - timedelta(days=30), "until": today}))


def _inspections(request: HttpRequest, form: DrawForm, error: DomainError | None = None) -> HttpResponse:
    found = slice_of(InspectionDraw.objects.select_related("drawn_by"), Order("drawn_at", is_descending=True), request)
    is_wrong = error is not None or bool(form.errors)
    rows = [(each, stamp(each.drawn_at)) for each in found.rows]
    context = {"form": form, "rows": rows, "refused": [str(error)] if error else [], "has_errors": is_wrong}
    context |= _neighbours(found, "site:inspections")
    return page(request, "completeness/inspections.html", context, part="results", status=422 if is_wrong else 200)


@staff(Role.SUPERVISOR)
@require_POST
@own_transaction
def inspection_draw(request: HttpRequest) -> HttpResponse:
    """Fifty codes are drawn and both systems are asked about them."""
    require_country(request)
    form, refused = DrawForm(request.POST), None
    try:
        if form.is_valid():
            return redirect("site:inspection", draw(Wanted(**form.cleaned_data), user=clerk(request), at=technical_now()).pk)
    except DomainError as error:
        refused = error
    with transaction.atomic():
        return _inspections(request, form, refused)


@staff(Role.SUPERVISOR)
@require_GET
def inspection(request: HttpRequest, draw_id: int) -> HttpResponse:
    """Both systems' records side by side, and the protocol when it is printed."""
    require_country(request)
    return _inspection(request, draw_id)


def _inspection(request: HttpRequest, draw_id: int, error: DomainError | None = None, tried: int = 0) -> HttpResponse:
    """`tried`: the position whose verdict was refused; its note stays."""
    made = InspectionDraw.objects.select_related("drawn_by").filter(pk=draw_id).first()
    if made is None:
        raise Http404
    rows = list(made.dossiers.select_related("judged_by").order_by("position"))
    context = {
        "made": made,
        "province": _province(made.province),
        "rows": [(row, sides(row)) for row in rows],
        "silent": sum(bool(row.fault) for row in rows),
        "judged": sum(bool(row.verdict) for row in rows),
        "different": sum(row.verdict == InspectedDossier.Verdict.DIFFERENT for row in rows),
        "count": len(rows),
        "share": judged_share(rows),
        "check": fingerprint(made, rows),
        "tried": tried,
        "note": request.POST.get("note", ""),
        "refused": [str(error)] if error else [],
        "has_errors": error is not None,
    }
    return page(request, "completeness/inspection.html", context, status=error.status if error else 200)


@staff(Role.SUPERVISOR)
@require_POST
@own_transaction
def inspection_ask(request: HttpRequest, draw_id: int) -> HttpResponse:
    """Codes for which the portal has not answered are asked for again."""
    require_country(request)
    made = InspectionDraw.objects.filter(pk=draw_id).first()
    if made is None:
        raise Http404
    ask_again(made)
    return redirect("site:inspection", draw_id)


@staff(Role.SUPERVISOR)
@require_POST
def inspection_judge(request: HttpRequest, draw_id: int, position: int) -> HttpResponse:
    """One dossier is judged equal or different."""
    require_country(request)
    row = InspectedDossier.objects.filter(draw_id=draw_id, position=position).first()
    if row is None:
        raise Http404
    try:
        judge(row, request.POST.get("verdict", ""), user=clerk(request), at=technical_now(), note=request.POST.get("note", ""))
    except DomainError as error:
        return _inspection(request, draw_id, error, position)
    return redirect(f"{reverse('site:inspection', args=[draw_id])}#ho-so-{position}")
