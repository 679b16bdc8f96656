"""The leader pages through the proposed results of a batch, unticks what is not ready, and signs the rest at once."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from dossiers.actions.bulk import look_at
from dossiers.models import BulkBatch, BulkItem, Result
from dossiers.states import Verb
from dossiers.views.officer.bulk import owned
from dossiers.views.officer.frame import opened, page
from dossiers.views.officer.paper import sheet_of
from dossiers.views.officer.steps import version_of
from portal.accounts.access import staff
from portal.accounts.models import Role


@staff(Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, token: uuid.UUID, seq: int) -> HttpResponse:
    """One proposed result as it will be issued; posting keeps it ticked or not and leads to the next."""
    batch = owned(request, token)
    item = batch.items.filter(seq=seq, dossier__isnull=False).select_related("dossier").first()
    if batch.action != BulkBatch.Action.SIGN or item is None or item.dossier is None:
        raise Http404
    if request.method == "POST":
        look_at(batch, seq, version=version_of(request), is_picked=request.POST.get("giu") != "0")
        following = _beside(batch, seq, forwards=True)
        return redirect("dossiers:officer-bulk-review", token, following) if following else redirect("dossiers:officer-bulk", token)
    return _shown(request, batch, item)


def _shown(request: HttpRequest, batch: BulkBatch, item: BulkItem) -> HttpResponse:
    assert item.dossier is not None  # noqa: S101 -- asked for above
    at_hand = opened(request, item.dossier.code)
    result = (
        Result.objects.filter(dossier=at_hand.dossier, withdrawn_at__isnull=True, signed_at__isnull=True)
        .select_related("dossier__version", "dossier__procedure", "type", "agency", "proposed_by", "signed_by")
        .first()
    )
    items = batch.items.filter(dossier__isnull=False)
    context = {
        "batch": batch,
        "item": item,
        "at_hand": at_hand,
        "dossier": at_hand.dossier,
        "result": result,
        "sheet": sheet_of(result) if result else "",
        "is_own": result is not None and result.proposed_by_id == at_hand.who.user_id,
        "can_do": Verb.SIGN in at_hand.steps,
        "place": items.filter(seq__lte=item.seq).count(),
        "count": items.count(),
        "previous": _beside(batch, item.seq, forwards=False),
    }
    return page(request, "dossiers/officer/bulk_review.html", context)


def _beside(batch: BulkBatch, seq: int, *, forwards: bool) -> int | None:
    """The neighbour that has no outcome yet."""
    open_items = batch.items.filter(outcome=BulkItem.Outcome.OPEN, dossier__isnull=False)
    open_items = open_items.filter(seq__gt=seq).order_by("seq") if forwards else open_items.filter(seq__lt=seq).order_by("-seq")
    found: int | None = open_items.values_list("seq", flat=True).first()
    return found
