"""The register of the office: choose a period, read it, print it (form 07)."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_GET

from counters.frame import office_of, page
from counters.register import MOST_DAYS, MOST_LINES, default_period, lines_in, register_of
from dossiers.documents.letterhead import letterhead_of
from dossiers.documents.render import links
from dossiers.documents.serve import PAGE_POLICY
from dossiers.documents.wording import day_in_words
from dossiers.formsets import form_of
from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.core.clock import business_now
from portal.core.forms import DateField
from portal.core.workcalendar import local

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
def register(request: HttpRequest) -> HttpResponse:
    """The first lines of the chosen period, and the way to the printed register."""
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
        "query": f"tu={first:%d/%m/%Y}&den={last:%d/%m/%Y}",
    }
    return page(request, "counters/register.html", context, status=422 if form.errors else 200)


@staff(Role.CLERK)
@require_GET
def register_sheet(request: HttpRequest) -> HttpResponse:
    """The register as it is printed and bound: A4 across, every line of the period."""
    form, first, last = _period(request)
    office = office_of(request)
    if form.errors or lines_in(office, first, last) > MOST_LINES:
        return register(request)
    now = business_now()
    letterhead = letterhead_of(office)
    with override("vi"):
        context = {
            "title": "Sổ theo dõi hồ sơ",
            "form": form_of("register", accepted_on=local(now).date()),
            "number": "07/SHS",
            "office": office,
            "letterhead": letterhead,
            "date_line": f"{letterhead.place}, {day_in_words(now)}",
            "first": first,
            "last": last,
            "lines": register_of(office, first, last, now=now),
            "stylesheet_link": links(("documents/paper-1.css", "documents/register-1.css")),
        }
        response = HttpResponse(render_to_string("documents/register.html", context, request))
    response.headers["Content-Security-Policy"] = f"{PAGE_POLICY}; style-src 'self'"
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _period(request: HttpRequest) -> tuple[PeriodForm, date, date]:
    first, last = default_period(business_now())
    if "tu" not in request.GET:
        return PeriodForm(initial={"tu": first, "den": last}), first, last
    form = PeriodForm(request.GET)
    if form.is_valid():
        return form, form.cleaned_data["tu"], form.cleaned_data["den"]
    return form, first, last
