"""What the portal can ask about its dossiers: one with its history, pages, counts with digests, and the ledger of effects."""

import hashlib
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_date
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from portal.sandbox.national.api import read
from portal.sandbox.national.auth import refuse, signed
from portal.sandbox.national.models import Effect, MirroredDossier, ReceivedMessage

PAGE_LIMIT = 500
EFFECT_LIMIT = 5000


def line(dossier: MirroredDossier) -> dict[str, Any]:
    """A dossier as the lists show it."""
    return {"MaHoSo": dossier.code, "seq": dossier.head, "TrangThaiHoSo": dossier.status, "MaTTHC": dossier.procedure_code}


@require_safe
@signed
def dossier(request: HttpRequest, code: str) -> HttpResponse:
    """One dossier with every step that was received."""
    found = MirroredDossier.objects.filter(code=code).first()
    if found is None:
        return refuse(404, "not_found", "Cổng chưa có hồ sơ này")
    steps = [
        {"seq": step.seq, "kind": step.kind, "body_hash": step.body_hash, "body": step.body, "received_at": step.received_at.isoformat()}
        for step in ReceivedMessage.objects.filter(dossier=found).order_by("seq")
    ]
    return JsonResponse(line(found) | {"snapshot": found.snapshot, "steps": steps})


@csrf_exempt
@require_POST
@signed
def lookups(request: HttpRequest) -> HttpResponse:
    """Those of up to 500 named dossiers that are here, as the lists show them."""
    codes = read(request).get("codes")
    if (
        not isinstance(codes, list)
        or not 0 < len(codes) <= PAGE_LIMIT
        or not all(isinstance(code, str) and "\0" not in code for code in codes)
    ):
        return refuse(400, "invalid", f"codes là danh sách từ 1 đến {PAGE_LIMIT} mã hồ sơ")
    return JsonResponse({"items": [line(row) for row in MirroredDossier.objects.filter(code__in=codes).order_by("code")]})


def _chosen(request: HttpRequest) -> QuerySet[MirroredDossier] | None:
    """Dossiers of ?day= (filing date) and ?province= (two digits, or the first group of the code); None if not understood."""
    rows = MirroredDossier.objects.all()
    if text := request.GET.get("day"):
        day = _day(text)
        if day is None:
            return None
        rows = rows.filter(filed_on=day)
    if province := request.GET.get("province"):
        rows = rows.filter(Q(province=province) | Q(code__startswith=f"{province}.") | Q(code__startswith=f"{province}-"))
    return rows


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


@require_safe
@signed
def dossiers(request: HttpRequest) -> HttpResponse:
    """A page of dossiers by code, after ?after=, for comparison."""
    rows = _chosen(request)
    limit = request.GET.get("limit", "200")
    if rows is None or not limit.isdigit() or not 1 <= int(limit) <= PAGE_LIMIT:
        return refuse(400, "invalid", f"day dạng yyyy-mm-dd; limit từ 1 đến {PAGE_LIMIT}")
    page = list(rows.filter(code__gt=request.GET.get("after", "")).order_by("code")[: int(limit)])
    following = page[-1].code if len(page) == int(limit) else None
    return JsonResponse({"items": [line(row) for row in page], "next": following})


@require_safe
@signed
def summary(request: HttpRequest) -> HttpResponse:
    """Count and SHA-256 over the lines `code seq state`, ordered by code, each ended by a line feed."""
    rows = _chosen(request)
    if rows is None:
        return refuse(400, "invalid", "day dạng yyyy-mm-dd")
    digest, count = hashlib.sha256(), 0
    for code, head, status in rows.order_by("code").values_list("code", "head", "status").iterator(2000):
        digest.update(f"{code} {head} {status}\n".encode())
        count += 1
    return JsonResponse({"count": count, "digest": digest.hexdigest()})


_GROUPS = """
    SELECT filed_on, province, count(*),
           encode(sha256(convert_to(string_agg(line, '' ORDER BY code COLLATE "C"), 'UTF8')), 'hex')
    FROM (SELECT filed_on, province, code, code || ' ' || head || ' ' || status || E'\\n' AS line FROM sandbox_npsp_dossier) d
    WHERE (%s::date IS NULL OR filed_on >= %s::date) AND (%s::date IS NULL OR filed_on <= %s::date)
    GROUP BY filed_on, province ORDER BY filed_on, province"""


@require_safe
@signed
def summaries(request: HttpRequest) -> HttpResponse:
    """The summary of every day and province from ?since= to ?until=, in one answer."""
    since, until = (_day(request.GET.get(name, "")) for name in ("since", "until"))
    if (request.GET.get("since") and since is None) or (request.GET.get("until") and until is None):
        return refuse(400, "invalid", "since và until dạng yyyy-mm-dd")
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, [since, since, until, until])
        rows = cursor.fetchall()
    items = [
        {"day": day.isoformat() if day else None, "province": province, "count": count, "digest": digest}
        for day, province, count, digest in rows
    ]
    return JsonResponse({"items": items})


@require_safe
@signed
def effects(request: HttpRequest) -> HttpResponse:
    """The ledger of effects in the order in which they happened, after ?after= (a number of this list)."""
    after = request.GET.get("after", "0")
    if not after.isdigit() or len(after) > 18:
        return refuse(400, "invalid", "after là số thứ tự")
    page = list(
        Effect.objects.filter(pk__gt=int(after)).order_by("pk").values_list("pk", "code", "seq", "kind", "body_hash")[:EFFECT_LIMIT]
    )
    items = [{"n": n, "MaHoSo": code, "seq": seq, "kind": kind, "body_hash": body_hash} for n, code, seq, kind, body_hash in page]
    return JsonResponse({"items": items, "next": page[-1][0] if len(page) == EFFECT_LIMIT else None})
