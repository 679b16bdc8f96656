"""The page of one-stop counters: search by place, or list a province."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from portal.accounts.access import public
from portal.agencies.models import AdministrativeUnit
from portal.agencies.queries import match_place, office_choices, offices_at, unit_by_code
from portal.agencies.queries.places import MAX_TEXT, Match
from portal.core.clock import business_today
from portal.core.htmx import render_page

LONGEST_LIST = 200


@public
@require_GET
def near(request: HttpRequest) -> HttpResponse:
    """Counters for the place in `q` (old names too), or all of the province in `tinh`."""
    today, text = business_today(), request.GET.get("q", "").strip()[:MAX_TEXT]
    code = request.GET.get("tinh", "")
    province = unit_by_code(code, today, AdministrativeUnit.Level.PROVINCE) if code.isdigit() else None
    context: dict[str, Any] = {"text": text, "province": province, "is_asked": bool(text or code), "match": None}
    if text:
        match = match_place(text, on=today)
        is_old = match.outcome is not Match.NONE and all(unit.valid_to and unit.valid_to < today for unit in match.named)
        context |= {"offices": offices_at(text, today), "match": match if is_old else None}
    elif province:
        context["offices"] = list(office_choices(today, province)[:LONGEST_LIST])
    provinces = AdministrativeUnit.objects.provinces().on(today).order_by("search_key", "pk")
    return render_page(request, "agencies/counters.html", context | {"provinces": provinces}, part="results")
