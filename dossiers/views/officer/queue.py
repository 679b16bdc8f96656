"""The work list: tabs, filters, pages of 50, and taking several at once."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dossiers import queries
from dossiers.actions.bulk import run_batch, start_batch
from dossiers.models import BulkBatch
from dossiers.paging import page_of
from dossiers.rows import rows_of, with_row_fields
from dossiers.team import MOST_PEOPLE, colleagues
from dossiers.views.officer.alerted import alerts_to, lane
from dossiers.views.officer.bulk import token_of
from dossiers.views.officer.bulkacts import claiming
from dossiers.views.officer.filters import Filters, options, read_filters
from dossiers.views.officer.frame import page
from dossiers.views.officer.given import given_to
from dossiers.views.officer.outcomes import Outcome, outcomes_of
from dossiers.views.officer.savedviews import preferred_query, views_for
from dossiers.views.officer.tabs import dossiers_in, shown_tabs
from portal.accounts.access import identity, own_transaction, staff
from portal.accounts.identity import Identity
from portal.accounts.models import Role, User
from portal.core.clock import business_now
from portal.core.htmx import wants_part
from portal.core.workcalendar import local
from procedures.models import ProcedureVersion, in_language

MOST_PROCEDURES = 200


@staff(Role.OFFICER, Role.LEADER)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """One tab of the list, or the list that the person prefers. Everything stands in the address, so that it can be kept and shared."""
    preferred = "" if request.GET else preferred_query(identity(request))
    if preferred:
        return redirect(f"{reverse('dossiers:officer-queue')}?{preferred}")
    return page(request, "dossiers/officer/queue.html", _context(request, request.GET), part="list")


@staff(Role.OFFICER)
@own_transaction
@require_POST
def claim_many(request: HttpRequest) -> HttpResponse:
    """Each ticked dossier is claimed on its own; what a colleague took first is named, the rest is taken."""
    who, codes = identity(request), request.POST.getlist("ma")
    outcomes = _claimed(request, who, codes) if codes and isinstance(who.user, User) else []
    taken = sum(outcome.is_done for outcome in outcomes)
    told = ngettext("%(count)d dossier is now yours.", "%(count)d dossiers are now yours.", taken) % {"count": taken}
    with transaction.atomic():
        context = _context(request, request.POST) | {"outcomes": outcomes, "told": told if codes else _("Tick at least one dossier.")}
        return page(request, "dossiers/officer/queue.html", context, part="list", status=200 if codes else 422)


def _claimed(request: HttpRequest, who: Identity, codes: list[str]) -> list[Outcome]:
    assert isinstance(who.user, User)  # noqa: S101 -- asked by the caller
    at = business_now()
    batch = start_batch(codes, token=token_of(request), user=who.user, action=BulkBatch.Action.CLAIM, among=queries.of_agency(who), at=at)
    run_batch(batch, claiming(who, at), at=at)
    return outcomes_of(batch.items.order_by("seq"))


def _context(request: HttpRequest, asked: Any) -> dict[str, Any]:
    who, at = identity(request), business_now()
    filters = read_filters(asked, who)
    tab, kept = filters.tab, filters.kept
    found = filters.applied_to(dossiers_in(tab, who, at), at)
    is_done = tab == "da-xong"
    shown = page_of(with_row_fields(found), by="finished_at" if is_done else "due_at", newest_first=is_done, mark=asked.get("trang", ""))
    base = reverse("dossiers:officer-queue")
    rows = rows_of(shown.rows, base=base, now=at, claims_for=who.user_id if who.has(Role.OFFICER) else None)
    return {
        "tabs": shown_tabs(who, tab, at, kept),
        "tab": tab,
        "rows": rows,
        "is_officer": who.has(Role.OFFICER),
        "can_claim": any(row.can_claim for row in rows),
        "can_tick": bool(rows) and not is_done,
        "token": uuid.uuid4(),
        "filters": filters,
        "kept": list(kept.items()),
        "views": views_for(who, filters),
        "leads": who.has(Role.LEADER),
        **({} if wants_part(request) else _around(who, filters, at)),
        "previous_url": base + shown.url(shown.previous, kept) if shown.previous else "",
        "next_url": base + shown.url(shown.next, kept) if shown.next else "",
    }


def _around(who: Identity, filters: Filters, at: datetime) -> dict[str, Any]:
    """What stands around the list and does not change with it: choices, kept lists, what the person was given."""
    people = colleagues(who.agency_ids, local(at).date()).values_list("pk", "full_name")[:MOST_PEOPLE] if filters.asks_holder else ()
    return {
        "procedures": options(_procedures(who), filters.procedure),
        "people": options(people, filters.holder),
        "states": options(filters.states(), filters.state),
        "given": given_to(who),
        "alerts": alerts_to(who),
        "lane": lane(who, at),
    }


def _procedures(who: Identity) -> list[tuple[str, str]]:
    """The procedures that stand in the queue now, to filter by."""
    # One look into the index per version: however many dossiers the agency has, none but the first is read.
    example = queries.of_agency(who).filter(version=OuterRef("pk")).order_by().values("pk")[:1]
    known = (
        ProcedureVersion.objects.annotate(example=Subquery(example))
        .filter(example__isnull=False)
        .order_by("number", "pk")
        .values_list("procedure__code", "short_name_vi", "short_name_en")[:MOST_PROCEDURES]
    )
    names = {code: in_language(vi, en) for code, vi, en in known}
    return sorted(names.items(), key=lambda pair: pair[1])
