"""Papers that somebody was asked for, taken at any counter by the dossier's code."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counters.actions.answer import take_supplement
from counters.dossierpage import issued_here
from counters.frame import clerk, office_of, page
from counters.supplementrows import item_rows, seen_of
from dossiers import queries
from dossiers.actions.supplement_files import attach_to_item
from dossiers.actions.transition import By
from dossiers.codes import normalise_code
from dossiers.documents.uploads import ACCEPT
from dossiers.history import state_label
from dossiers.models import Dossier, SupplementItem, SupplementRequest
from dossiers.supplementform import Corrections, corrections, deciding_scope
from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.core.clock import business_now, business_today
from portal.core.db import acting_as
from portal.core.errors import DomainError


@staff(Role.CLERK)
@require_http_methods(["GET", "POST"])
def supplement(request: HttpRequest) -> HttpResponse:
    """By the whole code: the open request item by item, or what else this counter can do for the dossier."""
    text = request.GET.get("ma", "")
    code = normalise_code(text)
    dossier = queries.at_any_counter(code).first() if code else None
    if dossier is None:
        missing = bool(text.strip())
        return page(request, "counters/supplement_find.html", {"text": text, "is_unknown": missing}, status=404 if missing else 200)
    asked = dossier.supplement_requests.filter(answered_at__isnull=True).select_related("asked_by").first()
    if asked is None:
        context = {
            "text": text,
            "dossier": dossier,
            "state": state_label(dossier.state),
            "is_collectable": dossier.state in queries.COLLECTABLE,
            "issued": issued_here(dossier, identity(request)),
        }
        return page(request, "counters/supplement_find.html", context)
    if request.method == "GET":
        fields = corrections(dossier, list(asked.items.order_by("seq")), today=business_today())
        return _shown(request, dossier, asked, fields)
    return _posted(request, dossier, asked)


def _posted(request: HttpRequest, dossier: Dossier, asked: SupplementRequest) -> HttpResponse:
    items = list(asked.items.order_by("seq"))
    fields = corrections(dossier, items, today=business_today(), data=request.POST)
    refused = [error for item in items for error in _keep_files(request, item)]
    if refused or request.POST.get("action") == "upload":
        if fields is not None:
            fields.form.errors.clear()
        return _shown(request, dossier, asked, fields, refused)
    by = By(user=clerk(request), at=business_now(), office=office_of(request))
    answers = {item.pk: request.POST.get(f"answer-{item.pk}", "") for item in items}
    try:
        values = fields.values(answers) if fields else {}
        with acting_as(deciding_scope(dossier)):  # a third counter corrects what it may not read
            slip = take_supplement(dossier, by=by, answers=answers, values=values, seen=seen_of(items, request.POST))
    except DomainError as error:
        return _shown(request, dossier, asked, fields, [error])
    messages.success(request, _("The papers for %(code)s are handed in; the agency has them.") % {"code": dossier.code})
    if slip is not None:
        messages.success(request, _("The return date is a new one. Print the slip for the person."))
    return redirect(f"{reverse('counters:supplement')}?ma={dossier.code}")


def _keep_files(request: HttpRequest, item: SupplementItem) -> list[DomainError]:
    refused: list[DomainError] = []
    for file in request.FILES.getlist(f"files-{item.pk}"):
        try:
            attach_to_item(item, file=file, by=clerk(request), at=business_now())
        except DomainError as error:
            refused.append(error)
    return refused


def _shown(
    request: HttpRequest,
    dossier: Dossier,
    asked: SupplementRequest,
    fields: Corrections | None,
    refused: Sequence[DomainError] = (),
) -> HttpResponse:
    context = {
        "dossier": dossier,
        "asked": asked,
        "items": item_rows(asked, clerk(request), request.POST, fields),
        "following": fields.following() if fields else [],
        "accept": ACCEPT,
        "refused": list(dict.fromkeys(map(str, refused))),
        "has_errors": bool(refused),
    }
    return page(request, "counters/supplement.html", context, status=refused[0].status if refused else 200)
