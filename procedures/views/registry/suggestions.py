"""Suggestions for the type-ahead boxes of the registry: options of a listbox."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.accounts.access import staff
from portal.core.clock import business_today
from procedures.queries.registry_choices import agencies_like, agency_label, procedure_label, procedures_like
from procedures.views.registry.fields import MAX_TEXT
from procedures.views.registry.frame import KEEPERS

TEMPLATE = "procedures/registry/_options.html"


@staff(*KEEPERS)
@require_safe
@cache_control(private=True, max_age=300)
def procedures(request: HttpRequest) -> HttpResponse:
    """Procedures whose name or code fits what is being typed."""
    labels = [procedure_label(code, name) for code, name in procedures_like(_typed(request), business_today())]
    return render(request, TEMPLATE, {"labels": labels})


@staff(*KEEPERS)
@require_safe
@cache_control(private=True, max_age=300)
def agencies(request: HttpRequest) -> HttpResponse:
    """Agencies whose name fits what is being typed."""
    labels = [agency_label(agency) for agency in agencies_like(_typed(request), business_today())]
    return render(request, TEMPLATE, {"labels": labels})


def _typed(request: HttpRequest) -> str:
    """An input of a form sends its text under its own name; `field` says which name that is."""
    text = request.GET.get("q") or request.GET.get(request.GET.get("field", ""), "")
    return text.replace("\0", "")[:MAX_TEXT]
