"""Place suggestions for every field that asks for a commune."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from portal.accounts.access import public
from portal.agencies.queries import Suggestion, search_places, unit_label
from portal.core.clock import business_today

LIMIT = 12


@public
@require_GET
@cache_control(private=True, max_age=300)
def suggestions(request: HttpRequest) -> HttpResponse:
    """Places for `q`: the options of a listbox, or JSON for those who ask for it. `cu=0` leaves old names out.

    An input of a form sends its text under its own name; `field` says which name that is.
    """
    text = request.GET.get("q") or request.GET.get(request.GET.get("field", ""), "")
    found = search_places(text, LIMIT, include_old=request.GET.get("cu") != "0", on=business_today())
    response: HttpResponse
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        response = JsonResponse({"places": [_as_dict(suggestion) for suggestion in found]})
    else:
        response = render(request, "agencies/_place_options.html", {"suggestions": found})
    patch_vary_headers(response, ["Accept"])
    return response


def _as_dict(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "code": suggestion.unit.code,
        "label": suggestion.label,
        "valid_to": suggestion.unit.valid_to,
        "now": [{"code": unit.code, "label": unit_label(unit)} for unit in suggestion.successors],
    }
