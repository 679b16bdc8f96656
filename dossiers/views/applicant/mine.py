"""The citizen's home: what to do first, drafts, what is under way, what is done. And the page of one dossier."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dossiers.history import state_pill
from dossiers.lifecycle import State
from dossiers.matterrows import StepRow, matter_of, steps_by_matter, still_alive
from dossiers.models import FeeLine
from dossiers.models.dossier import CLOSED_STATES
from dossiers.paging import page_of
from dossiers.queries import found_or_404, own
from dossiers.threads import NEW_TO_APPLICANT, new_messages
from dossiers.views.applicant.frame import citizen, drafts_of
from dossiers.views.applicant.matter import link_of, next_step
from dossiers.views.applicant.picture import picture
from dossiers.views.thread import thread_shown
from portal.accounts.access import citizens, identity
from portal.core.clock import business_now
from portal.core.htmx import render_page
from portal.core.workcalendar import local
from procedures.models import in_language

FIRST_LIMIT = 50
PAGE = 20
MATTER = "matter_step__matter"
COLUMNS = (
    *("pk", "code", "filed_at", "state", "due_at", "version__short_name_vi", "version__short_name_en", "agency__name", "new_messages"),
    *(MATTER, f"{MATTER}__code", f"{MATTER}__version__short_name_vi", f"{MATTER}__version__short_name_en"),
)
TO_DO = {
    State.SUPPLEMENT_REQUESTED.value: "supplement",
    State.PAYMENT_REQUIRED.value: "pay",
    State.READY_FOR_COLLECTION.value: "collect",
    State.ISSUED.value: "collect",
}


def _row(each: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": each["code"],
        "url": reverse("dossiers:my_dossier", args=[each["code"]]),
        "name": in_language(each["version__short_name_vi"], each["version__short_name_en"]),
        "filed": f"{local(each['filed_at']):%d/%m/%Y}",
        "pill": state_pill(each["state"]),
        "due": f"{local(each['due_at']):%d/%m/%Y}" if each["due_at"] else "",
        "agency": each["agency__name"] or "",
        "new_messages": each["new_messages"],
        "messages_url": reverse("dossiers:my_messages", args=[each["code"]]),
    }


def _listed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of the list; a matter has its dossiers with their own dates, and the next step in words."""
    steps = steps_by_matter([each[MATTER] for each in rows if each[MATTER]], link_of)
    return [_matter(each, steps[each[MATTER]]) if each[MATTER] else _row(each) for each in rows]


def _matter(each: dict[str, Any], steps: list[StepRow]) -> dict[str, Any]:
    code = each[f"{MATTER}__code"]
    return _row(each) | {
        "code": code,
        "url": reverse("dossiers:my_matter", args=[code]),
        "name": in_language(each[f"{MATTER}__version__short_name_vi"], each[f"{MATTER}__version__short_name_en"]),
        "steps": steps,
        "next": next_step(steps),
    }


def _to_do(each: dict[str, Any]) -> dict[str, Any]:
    kind = TO_DO.get(each["state"], "pay")
    words = {"supplement": _("Hand in what is missing"), "pay": _("Pay the fee"), "collect": _("Receive the result")}
    urls = {
        "supplement": reverse("dossiers:my_supplement", args=[each["code"]]),
        "pay": reverse("payments:fees", args=[each["code"]]),
        "collect": reverse("dossiers:my_dossier", args=[each["code"]]),
    }
    return _row(each) | {"action": words[kind], "action_url": urls[kind], "kind": kind}


@citizens
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """First what waits for the person, then drafts, then the list of `xong` or of what is under way, page by page.

    A linked matter is one line: that of its first dossier, which stays under way while any of its dossiers is.
    """
    mine, is_done = own(identity(request)).annotate(new_messages=new_messages(NEW_TO_APPLICANT)), "xong" in request.GET
    owes = Exists(FeeLine.objects.filter(dossier=OuterRef("pk"), state=FeeLine.State.DUE))
    waiting = mine.filter(Q(state__in=TO_DO) | (owes & ~Q(state__in=CLOSED_STATES))).values(*COLUMNS)[:FIRST_LIMIT]
    is_over = Q(state__in=CLOSED_STATES) & ~Q(still_alive())
    listed = mine.filter(is_over if is_done else ~is_over).exclude(matter_step__seq__gt=1).order_by()
    page = page_of(listed.values(*COLUMNS), by="filed_at", newest_first=True, mark=request.GET.get("trang", ""), size=PAGE)
    kept = {"xong": "1" if is_done else ""}
    context = {
        "to_do": [_to_do(each) for each in waiting],
        "drafts": list(drafts_of(citizen(request)).filter(dossier__isnull=True, expires_at__gt=business_now())[:FIRST_LIMIT]),
        "rows": _listed(list(page.rows)),
        "previous_url": page.url(page.previous, kept),
        "next_url": page.url(page.next, kept),
        "is_done": is_done,
    }
    return render_page(request, "dossiers/applicant/mine.html", context, part="list")


@citizens
@require_safe
def dossier(request: HttpRequest, code: str) -> HttpResponse:
    """Everything about one's own dossier."""
    found = found_or_404(own(identity(request)), code)
    base, matter = reverse("dossiers:my_dossier", args=[found.code]), matter_of(found)
    shown = {"matter": matter, "matter_url": reverse("dossiers:my_matter", args=[matter.code]) if matter else ""}
    shown |= thread_shown(found, {}, for_agency=False) | {"thread_url": reverse("dossiers:my_messages", args=[found.code])}
    return render_page(request, "dossiers/applicant/dossier.html", picture(found, now=business_now(), base=base, is_own=True) | shown)
