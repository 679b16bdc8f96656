"""What the agency asked for, answered item by item; files are kept from their arrival."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dossiers.actions.supplement import answer_supplement
from dossiers.actions.supplement_files import attach_to_item
from dossiers.actions.transition import By
from dossiers.documents.uploads import ACCEPT
from dossiers.models import Dossier, Paper, SupplementItem
from dossiers.supplementform import Corrections, corrections
from dossiers.views.applicant.papers import size_text
from portal.accounts.models import User
from portal.core.clock import business_now, business_today
from portal.core.errors import DomainError
from portal.core.htmx import render_page

ANSWER_LENGTH = 2000


def answer_page(request: HttpRequest, dossier: Dossier, *, by: User, base: str) -> HttpResponse:
    """The page of the open request for whoever may answer it; 404 when nothing is asked."""
    asked = dossier.supplement_requests.filter(answered_at__isnull=True).first()
    if asked is None:
        raise Http404
    items = list(asked.items.select_related("request").order_by("seq"))
    fields = corrections(dossier, items, today=business_today(), data=request.POST if request.method == "POST" else None)
    problems: list[DomainError] = []
    if request.method == "POST":
        problems = _keep_files(request, items, by)
        if not problems and "answer" in request.POST:
            try:
                _answer(request, dossier, items, fields, by)
            except DomainError as error:
                problems = [error]
            else:
                messages.success(request, _("Your answer has reached the agency. The clock runs again."))
                return redirect(base)
        elif fields is not None:
            fields.form.errors.clear()
    context = {
        "dossier": dossier,
        "base": base,
        "asked": asked,
        "items": [_item(request, item, fields) for item in items],
        "following": fields.following() if fields else [],
        "problems": list(dict.fromkeys(map(str, problems))),
        "has_errors": bool(problems),
        "accept": ACCEPT,
    }
    return render_page(request, "dossiers/applicant/supplement.html", context, status=problems[0].status if problems else 200)


def _answer(request: HttpRequest, dossier: Dossier, items: list[SupplementItem], fields: Corrections | None, by: User) -> None:
    texts = _texts(request, items)
    values = fields.values(texts) if fields else {}
    answer_supplement(dossier, by=By(by, business_now()), answers=texts, values=values)


def _keep_files(request: HttpRequest, items: Iterable[SupplementItem], by: User) -> list[DomainError]:
    refused: list[DomainError] = []
    for item in items:
        for file in request.FILES.getlist(f"files-{item.pk}"):
            try:
                attach_to_item(item, file=file, by=by, at=business_now())
            except DomainError as error:
                refused.append(error)
    return refused


def _texts(request: HttpRequest, items: Iterable[SupplementItem]) -> dict[int, str]:
    return {item.pk: _text(request, item) for item in items}


def _text(request: HttpRequest, item: SupplementItem) -> str:
    return request.POST.get(f"answer-{item.pk}", "").replace("\0", "")[:ANSWER_LENGTH]


def _item(request: HttpRequest, item: SupplementItem, fields: Corrections | None) -> dict[str, object]:
    files = Paper.objects.filter(supplement_item=item).exclude(storage_key="").order_by("pk")
    return {
        "id": str(item.pk),
        "seq": item.seq,
        "title": item.title,
        "reason": item.reason,
        "field": fields.of(item) if fields else None,
        "answer": _text(request, item) or item.answer,
        "files": [
            {"name": _("File %(number)d") % {"number": number}, "size": size_text(file.size)} for number, file in enumerate(files, 1)
        ],
    }
