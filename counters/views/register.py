"""The register of the office (form 07): choose a period, read it, print it, bind it as a PDF."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from counters.actions.bind import bind_register
from counters.frame import clerk, office_of, page
from counters.register import MOST_DAYS, MOST_LINES, default_period, lines_in, missing_codes, register_of
from counters.registersheet import sheet_of
from dossiers.actions.transition import By
from dossiers.documents.serve import PAGE_POLICY, StoredFile, attachment
from dossiers.models import RegisterBook
from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.core.clock import business_now
from portal.core.forms import DateField

LATEST = 10
SHOWN = 50


class PeriodForm(forms.Form):
    """From which day to which."""

    tu = DateField(label=gettext_lazy("From"))
    den = DateField(label=gettext_lazy("To"))

    def clean(self) -> dict[str, Any]:
        """A period that begins before it ends, and is short enough to print."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("tu"), data.get("den")
        if first and last and not 0 <= (last - first).days < MOST_DAYS:
            self.add_error("den", _("Choose at most %(days)d days, the last not before the first.") % {"days": MOST_DAYS})
        return data


@staff(Role.CLERK)
@require_GET
def register_page(request: HttpRequest) -> HttpResponse:
    """The first lines of the chosen period, and the way to the printed register."""
    return register(request)


def register(request: HttpRequest) -> HttpResponse:
    """The page, also after a period that makes no sense."""
    now, office = business_now(), office_of(request)
    form, first, last = _period(request)
    lines = [] if form.errors else register_of(office, first, last, now=now)[:SHOWN]
    total = 0 if form.errors else lines_in(office, first, last)
    context = {
        "form": form,
        "office": office,
        "lines": lines,
        "total": total,
        "is_too_long": total > MOST_LINES,
        "most": MOST_LINES,
        "missing": missing_codes(office, first.year),
        "year": first.year,
        "first": f"{first:%d/%m/%Y}",
        "last": f"{last:%d/%m/%Y}",
        "books": RegisterBook.objects.filter(office=office).defer("html").select_related("bound_by").order_by("-pk")[:LATEST],
        "query": f"tu={first:%d/%m/%Y}&den={last:%d/%m/%Y}",
    }
    return page(request, "counters/register.html", context, status=422 if form.errors or request.method == "POST" else 200)


@staff(Role.CLERK)
@require_GET
def register_sheet(request: HttpRequest) -> HttpResponse:
    """The register as it is printed and bound: A4 across, every line of the period."""
    form, first, last = _period(request)
    office = office_of(request)
    if form.errors or lines_in(office, first, last) > MOST_LINES:
        return register(request)
    response = HttpResponse(sheet_of(office, first, last, now=business_now()).html)
    response.headers["Content-Security-Policy"] = f"{PAGE_POLICY}; style-src 'self'"
    response.headers["Cache-Control"] = "no-store, private"
    return response


@staff(Role.CLERK)
@require_POST
def bind(request: HttpRequest) -> HttpResponse:
    """The register of the period is kept as it stands now; its PDF follows."""
    form, office = PeriodForm(request.POST), office_of(request)
    if not form.is_valid() or lines_in(office, form.cleaned_data["tu"], form.cleaned_data["den"]) > MOST_LINES:
        return register(request)
    first, last = form.cleaned_data["tu"], form.cleaned_data["den"]
    bind_register(first, last, by=By(user=clerk(request), at=business_now(), office=office))
    messages.success(request, _("The register is bound. Its PDF appears here as soon as it is made."))
    return redirect(f"{reverse('counters:register')}?tu={first:%d/%m/%Y}&den={last:%d/%m/%Y}")


@staff(Role.CLERK)
@require_GET
def book(request: HttpRequest, book_id: int) -> FileResponse:
    """The bound register of one's own office, to be saved. 404 while its PDF is pending."""
    offices = identity(request).offices.get(Role.CLERK, ())
    found = get_object_or_404(RegisterBook.objects.filter(office__in=offices).exclude(storage_key=""), pk=book_id)
    return attachment(StoredFile(found.storage_key, "application/pdf", f"so-theo-doi-{found.first:%Y%m%d}-{found.last:%Y%m%d}.pdf"))


def _period(request: HttpRequest) -> tuple[PeriodForm, date, date]:
    first, last = default_period(business_now())
    typed = request.POST if request.method == "POST" else request.GET
    if "tu" not in typed:
        return PeriodForm(initial={"tu": first, "den": last}), first, last
    form = PeriodForm(typed)
    if form.is_valid():
        return form, form.cleaned_data["tu"], form.cleaned_data["den"]
    return form, first, last
