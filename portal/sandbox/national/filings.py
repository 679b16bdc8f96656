"""Filing, supplementing, paying and asking on the national portal: a page for people, a call for programs, a list to fetch."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.clock import technical_now
from portal.sandbox.admin import admin_only
from portal.sandbox.delivery.models import Delivery
from portal.sandbox.national.api import read
from portal.sandbox.national.auth import refuse, signed
from portal.sandbox.national.forms import FORMS
from portal.sandbox.national.inbound import hand_over
from portal.sandbox.national.models import InboundFiling, Reply
from portal.sandbox.national.pages import uuid_or_none

PAGE = 200
Kind = InboundFiling.Kind


@require_http_methods(["GET", "POST"])
def file_page(request: HttpRequest, kind: str = "filing") -> HttpResponse:
    """A person acts on the national portal; the list shows whether the one-stop-shop portal has taken it."""
    if kind not in Kind.values:
        return HttpResponse(status=404)
    form = FORMS[Kind(kind)](request.POST or None)
    if request.method == "POST" and form.is_valid():
        hand_over(Kind(kind), form.cleaned_data, at=technical_now())
        return redirect(reverse("npsp-act", args=[kind]))
    filings = list(InboundFiling.objects.filter(kind=kind).order_by("-pk")[:20])
    ids = [str(filing.remote_id) for filing in filings]
    sent = {row.subject: row for row in Delivery.objects.filter(subject__in=ids, is_forged=False)}
    replies = {reply.remote_id: reply for reply in Reply.objects.filter(remote_id__in=ids)}
    rows = [(filing, sent.get(str(filing.remote_id)), replies.get(filing.remote_id)) for filing in filings]
    context = {"form": form, "rows": rows, "kind": kind, "kinds": Kind.choices, "title": Kind(kind).label}
    return render(request, "sandbox/file.html", context, status=422 if request.method == "POST" else 200)


@csrf_exempt
@require_POST
@admin_only
def file_api(request: HttpRequest) -> HttpResponse:
    """The same as the page, for programs: JSON with the names of the form, and `kind` unless a dossier is filed."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        body = None
    body = body if isinstance(body, dict) else {}
    kind = body.get("kind", Kind.FILING)
    if kind not in Kind.values:
        return JsonResponse({"error": "invalid", "fields": {"kind": [", ".join(Kind.values)]}}, status=400)
    form = FORMS[Kind(kind)](body)
    if not form.is_valid():
        return JsonResponse({"error": "invalid", "fields": form.errors}, status=400)
    filing = hand_over(Kind(kind), form.cleaned_data, at=technical_now())
    return JsonResponse({"remote_id": str(filing.remote_id)}, status=201)


@require_safe
@signed
def handed_over(request: HttpRequest) -> HttpResponse:
    """Everything that was done here for the one-stop-shop portal, after ?after= (a number of this list): what a lost call held."""
    after = request.GET.get("after", "0")
    if not after.isdigit() or len(after) > 18:
        return refuse(400, "invalid", "after là số thứ tự")
    page = list(InboundFiling.objects.filter(pk__gt=int(after)).order_by("pk")[:PAGE])
    items = [{"n": row.pk, "created_at": row.created_at.isoformat(), "body": row.body} for row in page]
    return JsonResponse({"items": items, "next": page[-1].pk if len(page) == PAGE else None})


@csrf_exempt
@require_POST
@signed
def reply(request: HttpRequest) -> HttpResponse:
    """The answer to a question that was asked here; the same answer again changes nothing, another one is a conflict."""
    body = read(request)
    remote_id = uuid_or_none(str(body.get("remote_id", "")))
    text = body.get("NoiDungTraLoi")
    if remote_id is None or not isinstance(text, str) or not text.strip() or "\x00" in text or "\\u0000" in json.dumps(body):
        return refuse(400, "invalid", "Cần remote_id của câu hỏi và NoiDungTraLoi")
    if not InboundFiling.objects.filter(remote_id=remote_id, kind=Kind.QUESTION).exists():
        return refuse(404, "not_found", "Không có câu hỏi này")
    kept, is_new = Reply.objects.get_or_create(remote_id=remote_id, defaults={"body": body, "received_at": technical_now()})
    if not is_new and kept.body != body:
        return refuse(409, "conflict", "Câu hỏi này đã có câu trả lời khác")
    return JsonResponse({"remote_id": str(remote_id), "result": "applied" if is_new else "duplicate"}, status=201 if is_new else 200)
