"""Comparison below the day: the summary of every hour of one group, and the dossiers of one hour.

A group is one filing day and one province, both exactly as `summaries` names them; an empty value is the group without one.
"""

from datetime import date
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from portal.sandbox.national.auth import refuse, signed

MEMBER_LIMIT = 5000
_LINES = """
    SELECT code, head, status, province, procedure_code, code || ' ' || head || ' ' || status || E'\\n' AS line,
           substr(coalesce(snapshot ->> 'NgayNopHoSo', ''), 9, 2) AS hour
    FROM sandbox_npsp_dossier WHERE filed_on IS NOT DISTINCT FROM %s::date AND province = %s::text"""


@require_safe
@signed
def hours(request: HttpRequest) -> HttpResponse:
    """Count and digest of each filing hour (00 to 23, or empty) of ?day= and ?province=."""
    chosen = _chosen(request)
    if chosen is None:
        return refuse(400, "invalid", "day dạng yyyy-mm-dd")
    rows = _rows(
        f"""SELECT hour, count(*), encode(sha256(convert_to(string_agg(line, '' ORDER BY code COLLATE "C"), 'UTF8')), 'hex')
            FROM ({_LINES}) d GROUP BY hour ORDER BY hour""",  # noqa: S608 -- constants only
        chosen,
    )
    return JsonResponse({"items": [{"hour": hour, "count": count, "digest": digest} for hour, count, digest in rows]})


@require_safe
@signed
def members(request: HttpRequest) -> HttpResponse:
    """The dossiers of ?hour= of the group, by the bytes of their codes, after ?after=."""
    chosen, hour, after = _chosen(request), request.GET.get("hour", ""), request.GET.get("after", "")
    if chosen is None or len(hour) not in {0, 2} or "\0" in after:
        return refuse(400, "invalid", "day dạng yyyy-mm-dd; hour gồm hai chữ số")
    rows = _rows(
        f"""SELECT code, head, status, procedure_code FROM ({_LINES}) d WHERE hour = %s::text AND code COLLATE "C" > %s::text
            ORDER BY code COLLATE "C" LIMIT {MEMBER_LIMIT}""",  # noqa: S608 -- constants only
        (*chosen, hour, after),
    )
    items = [{"MaHoSo": code, "seq": head, "TrangThaiHoSo": status, "MaTTHC": procedure} for code, head, status, procedure in rows]
    return JsonResponse({"items": items, "next": items[-1]["MaHoSo"] if len(items) == MEMBER_LIMIT else None})


def _chosen(request: HttpRequest) -> tuple[date | None, str] | None:
    text, province = request.GET.get("day", ""), request.GET.get("province", "")
    try:
        day = parse_date(text) if text else None
    except ValueError:
        return None
    return None if "\0" in province or (text and day is None) else (day, province)


def _rows(statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
