"""The knobs: a JSON admin API for tests and a page for people."""

import json
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.clock import technical_now
from portal.sandbox.admin import admin_only
from portal.sandbox.faults.forms import FaultForm
from portal.sandbox.faults.kinds import BY_CODE, KINDS, SERVICES
from portal.sandbox.faults.models import Call, FaultRule
from portal.sandbox.faults.tls import wrong_listener
from portal.sandbox.paging import page_before


def _as_json(rule: FaultRule) -> dict[str, Any]:
    return {
        "id": rule.pk,
        "service": rule.service,
        "kind": rule.kind,
        "rate": rule.rate,
        "remaining": rule.remaining,
        "since": rule.since.isoformat() if rule.since else None,
        "until": rule.until.isoformat() if rule.until else None,
        "seed": rule.seed,
        "path": rule.path,
        "script": rule.script,
        "params": rule.params,
        "seen": rule.seen,
        "hits": rule.hits,
    }


@csrf_exempt
@require_http_methods(["GET", "POST", "DELETE"])
@admin_only
def api(request: HttpRequest) -> HttpResponse:
    """GET lists the rules, POST adds one, DELETE removes all (or those of ?service=, ?id=)."""
    if request.method == "DELETE":
        chosen = {key: request.GET[key] for key in ("service", "id") if request.GET.get(key)}
        if not chosen.get("id", "0").isdigit():
            return JsonResponse({"error": "invalid", "message": "id phải là số"}, status=400)
        deleted, _ = FaultRule.objects.filter(**chosen).delete()
        return JsonResponse({"deleted": deleted})
    if request.method == "POST":
        rule, problem = _parse(request.body)
        if rule is None:
            return JsonResponse({"error": "invalid", "message": problem}, status=400)
        rule.save()
        return JsonResponse(_as_json(rule), status=201)
    rules = [_as_json(rule) for rule in FaultRule.objects.order_by("pk")]
    return JsonResponse({"items": rules, "tls": wrong_listener().as_json()})


def _parse(raw: bytes) -> tuple[FaultRule | None, str]:
    """The rule that the body asks for, unsaved, or None and the reason."""
    try:
        body = json.loads(raw)
        service, kind = str(body.get("service", "national")), str(body["kind"])
        rate, count, script = float(body.get("rate", 1.0)), body.get("count"), body.get("script", [])
        since, until = (_moment(body.get(name)) for name in ("since", "until"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, "Cần JSON gồm service, kind, rate (0–1), count, since và until (ISO 8601 kèm múi giờ), script, seed, path, params"
    if kind not in BY_CODE or service not in {*SERVICES, "*"} or not 0 <= rate <= 1:
        return None, f"service: {', '.join(SERVICES)}, *; kind: {', '.join(BY_CODE)}; rate: 0–1"
    if not (count is None or (_is_number(count) and count < 2**31)):
        return None, "count là số nguyên không âm"
    if not isinstance(script, list) or not all(_is_number(number) for number in script):
        return None, "script là danh sách số thứ tự của các yêu cầu, đếm từ 1"
    params = body.get("params") or {}
    rule = FaultRule(service=service, kind=kind, rate=rate, remaining=count, since=since, until=until, created_at=technical_now())
    rule.seed, rule.path, rule.script = str(body.get("seed", 1))[:60], str(body.get("path", ""))[:200], script
    rule.params = params if isinstance(params, dict) else {}
    return rule, ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _moment(text: str | None) -> datetime | None:
    """The moment with its zone; None for none. Raises ValueError."""
    if not text:
        return None
    parsed = parse_datetime(text)
    if parsed is None or parsed.tzinfo is None:
        raise ValueError(text)
    return parsed


@require_http_methods(["GET", "POST"])
def knobs(request: HttpRequest) -> HttpResponse:
    """The page where a person switches faults on and off."""
    form = FaultForm(request.POST or None)
    if request.method == "POST" and "clear" in request.POST:
        FaultRule.objects.all().delete()
        return redirect("faults")
    if request.method == "POST" and form.is_valid():
        form.create(at=technical_now())
        return redirect("faults")
    rules = [(rule, BY_CODE.get(rule.kind)) for rule in FaultRule.objects.order_by("-pk")[:100]]
    context = {"form": form, "rules": rules, "kinds": KINDS}
    return render(request, "sandbox/faults.html", context, status=422 if request.method == "POST" else 200)


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """The log of calls, newest first, of one service or with faults only."""
    rows: QuerySet[Call] = Call.objects.all()
    service, only = request.GET.get("service", ""), request.GET.get("only", "")
    if service in SERVICES:
        rows = rows.filter(service=service)
    if only == "faults":
        rows = rows.exclude(fault="")
    page, older = page_before(rows, request.GET.get("before", ""))
    context = {"rows": page, "older": older, "service": service, "only": only, "services": list(SERVICES.items()), "kinds": BY_CODE}
    return render(request, "sandbox/calls.html", context)
