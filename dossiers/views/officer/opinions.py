"""What other agencies ask of the person's: the list, the question with what was ticked for it, and the answer."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import queries
from dossiers.actions.opinions import answer_opinion
from dossiers.actions.transition import By
from dossiers.documents import serve
from dossiers.models import Opinion, OpinionReply
from dossiers.paging import page_of
from dossiers.views.officer.frame import page
from dossiers.views.officer.opinionforms import AnswerForm
from portal.accounts.access import identity, staff
from portal.accounts.models import Role, User
from portal.core.clock import business_now
from portal.core.errors import DomainError
from portal.core.workcalendar import local
from procedures.models import in_language

COLUMNS = (
    "pk", "due_at", "asked_at", "agency__name", "asked__name", "dossier__code", "dossier__version__short_name_vi",
    "dossier__version__short_name_en", "reply__at", "reply__kind",
)  # fmt: skip


@staff(Role.OFFICER, Role.LEADER)
@require_safe
def opinions(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, the earliest last day first; or what has ended, the newest first."""
    at, is_done = business_now(), "xong" in request.GET
    found = queries.opinions_asked_of(identity(request)).filter(reply__isnull=not is_done).values(*COLUMNS)
    shown = page_of(found, by="asked_at" if is_done else "due_at", newest_first=is_done, mark=request.GET.get("trang", ""))
    kept = {"xong": "1" if is_done else ""}
    context = {
        "rows": [_row(each, at) for each in shown.rows],
        "previous_url": shown.url(shown.previous, kept),
        "next_url": shown.url(shown.next, kept),
        "is_done": is_done,
    }
    return page(request, "dossiers/officer/opinions.html", context)


def _row(each: dict[str, Any], at: datetime) -> dict[str, Any]:
    kind = each["reply__kind"]
    return {
        "url": reverse("dossiers:officer-opinion", args=[each["pk"]]),
        "code": each["dossier__code"],
        "procedure": in_language(each["dossier__version__short_name_vi"], each["dossier__version__short_name_en"]),
        "agency": each["agency__name"],
        "asked": f"{local(each['asked_at']):%d/%m/%Y}",
        "due": f"{local(each['due_at']):%d/%m/%Y}",
        "is_late": kind is None and each["due_at"] < at,
        "ended": f"{OpinionReply.Kind(kind).label} {local(each['reply__at']):%d/%m/%Y}" if kind else "",
    }


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request: HttpRequest, opinion_id: int) -> HttpResponse:
    """The question, what the agency is shown for it, and the form of the answer."""
    who, at = identity(request), business_now()
    found = queries.opinions_asked_of(who).select_related("dossier__version", "agency", "asked", "asked_by", "reply__by")
    asked: Opinion = get_object_or_404(found, pk=opinion_id)
    form, status = AnswerForm(), 200
    if request.method == "POST":
        form, status = AnswerForm(request.POST, request.FILES), 422
        if form.is_valid():
            user = who.user if isinstance(who.user, User) else None
            try:
                answer_opinion(asked, by=By(user, at, agency=asked.asked), text=form.cleaned_data["text"], file=form.cleaned_data["file"])
            except DomainError as refused:
                form.add_error(None, str(refused))
                status = refused.status
            else:
                messages.success(request, _("Your opinion is with %(agency)s.") % {"agency": asked.agency.name})
                return redirect("dossiers:officer-opinions")
    is_open = not hasattr(asked, "reply")
    context = {
        "opinion": asked,
        "form": form,
        "is_open": is_open,
        "is_late": is_open and asked.due_at < at,
        "told": asked.told if is_open else [],
        "papers": list(asked.papers.order_by("pk").values_list("pk", "name")) if is_open else [],
        "file_url": reverse("dossiers:officer-opinion-file", args=[asked.pk]),
    }
    return page(request, "dossiers/officer/opinion.html", context, status=status)


@staff(Role.OFFICER, Role.LEADER)
@require_safe
def file(request: HttpRequest, opinion_id: int) -> HttpResponseBase:
    """The document that came with the answer, for both agencies."""
    found = queries.opinions_within_reach(identity(request)).select_related("reply").filter(pk=opinion_id).first()
    reply: OpinionReply | None = getattr(found, "reply", None)
    if reply is None or not reply.storage_key:
        raise Http404
    return serve.attachment(serve.StoredFile(reply.storage_key, reply.content_type, reply.name))


def opinions_of(dossier_id: int, at: datetime, mark: str = "") -> dict[str, Any]:
    """What was asked about the dossier and how it ended, the newest first; two queries."""
    found = Opinion.objects.filter(dossier_id=dossier_id)
    marks: Any = found.values("pk", "asked_at")
    shown = page_of(marks, by="asked_at", newest_first=True, mark=mark, size=10)
    rows = found.filter(pk__in=[each["pk"] for each in shown.rows]).select_related("asked", "asked_by", "reply__by")
    return {
        "opinions": [
            (each, getattr(each, "reply", None), not hasattr(each, "reply") and each.due_at < at)
            for each in rows.prefetch_related("papers").order_by("-asked_at", "-pk")
        ],
        "newer_opinions": _url(shown.previous),
        "older_opinions": _url(shown.next),
    }


def _url(mark: str) -> str:
    return "?" + urlencode({"muc": "y-kien", "y": mark}) if mark else ""
