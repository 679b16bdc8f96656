"""The population register: says whether number, name and date of birth belong together, and never gives data out."""

import json
import re
import unicodedata
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.utils.dateparse import parse_date
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from portal.core.clock import technical_now
from portal.sandbox import settings
from portal.sandbox.admin import admin_only
from portal.sandbox.identity.models import Citizen
from portal.sandbox.paging import page_before
from portal.sandbox.population.models import Lookup, Resident

NUMBER = re.compile(r"[0-9]{12}")


def same_name(first: str, second: str) -> bool:
    """Whether two names are the same: case and spaces do not count, accents do."""
    return _plain(first) == _plain(second)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _asked(raw: bytes) -> tuple[str, str, date] | None:
    """Number, name and date of birth; None if the body is not such a question."""
    try:
        body = json.loads(raw)
        number, name, born = str(body["SoDinhDanh"]), str(body["HoVaTen"]), parse_date(str(body["NgayThangNamSinh"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return (number, name, born) if NUMBER.fullmatch(number) and 0 < len(name.strip()) <= 100 and born else None


@csrf_exempt
@require_POST
def lookup(request: HttpRequest) -> HttpResponse:
    """`confirmed`, `mismatch` with which of the two differ, or `unknown`."""
    bearer = request.headers.get("Authorization", "")
    if not constant_time_compare(bearer, f"Bearer {settings.POPULATION_TOKEN}"):
        return JsonResponse({"error": "unauthorized", "message": "Sai mã truy cập"}, status=401)
    asked = _asked(request.body)
    if asked is None:
        return JsonResponse({"error": "invalid", "message": "Cần SoDinhDanh 12 chữ số, HoVaTen, NgayThangNamSinh yyyy-mm-dd"}, status=400)
    answer = _answer(*asked)
    Lookup.objects.create(citizen_id=asked[0], result=answer["result"], looked_up_at=technical_now())
    return JsonResponse(answer)


def _answer(number: str, name: str, born: date) -> dict[str, Any]:
    found = Citizen.objects.filter(citizen_id=number).first() or Resident.objects.filter(citizen_id=number).first()
    if found is None:
        return {"result": "unknown"}
    differing = []
    if not same_name(found.full_name, name):
        differing.append("HoVaTen")
    if found.birth_on != born:
        differing.append("NgayThangNamSinh")
    return {"result": "mismatch", "fields": differing} if differing else {"result": "confirmed"}


@csrf_exempt
@require_POST
@admin_only
def add(request: HttpRequest) -> HttpResponse:
    """A person is in the register, with the same three fields as in a question."""
    asked = _asked(request.body)
    if asked is None or "\x00" in asked[1]:
        return JsonResponse({"error": "invalid"}, status=400)
    number, name, born = asked
    Resident.objects.update_or_create(citizen_id=number, defaults={"full_name": name, "birth_on": born})
    return JsonResponse({"SoDinhDanh": number}, status=201)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Who is in the register, and what was asked lately."""
    rows, older = page_before(Lookup.objects.all(), request.GET.get("before", ""))
    people = [*Citizen.objects.order_by("citizen_id"), *Resident.objects.order_by("-pk")[:100]]
    return render(request, "sandbox/population.html", {"rows": rows, "older": older, "people": people})
