"""After taking a dossier: code, secret, slip, fee, what happens next. And drafts that nobody needs any more."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from counters.dossierpage import next_steps
from counters.fees import fee_state
from counters.frame import page
from counters.labels import moment
from counters.queries import draft_or_404
from dossiers import queries
from dossiers.actions.drafts import discard_draft
from dossiers.codes import format_secret
from dossiers.documents.render import qr_svg, tracking_url
from dossiers.expected import answer_by, counts_from_receipt, time_from_receipt
from dossiers.matterrows import matter_of, steps_of_matter
from dossiers.models import Dossier, IssuedDocument
from dossiers.secrets import secret_for
from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.core.clock import business_now

SLIPS = (IssuedDocument.Kind.RECEIPT_SLIP, IssuedDocument.Kind.ACKNOWLEDGEMENT)


@staff(Role.CLERK)
@require_GET
def filed(request: HttpRequest, code: str) -> HttpResponse:
    """The confirmation that the clerk turns to the person."""
    dossier = queries.found_or_404(queries.received_at(identity(request)), code)
    slip = dossier.documents.filter(kind__in=SLIPS, superseded_by__isnull=True).order_by("-pk").first()
    context = {
        "dossier": dossier,
        "secret": format_secret(secret_for(dossier.code, dossier.secret_issue)),
        "slip": slip,
        "slip_url": f"/tai-lieu/{slip.verification_code}/?in=1" if slip else "",
        "qr": qr_svg(tracking_url(dossier.code)),
        "fees": fee_state(dossier),
        "due": time_from_receipt(dossier.case) if counts_from_receipt(dossier) else moment(dossier.due_at),
        "answer_by": "" if dossier.accepted_at else moment(dossier.answer_due_at or answer_by(dossier.filed_at)),
        "next_steps": next_steps(dossier),
        "is_accepted": dossier.accepted_at is not None,
        **_matter(dossier),
    }
    return page(request, "counters/filed.html", context)


def _matter(dossier: Dossier) -> dict[str, object]:
    """The linked matter, its secret, and each dossier with the slip to print."""
    matter = matter_of(dossier)
    if matter is None:
        return {"matter": None}
    slips = IssuedDocument.objects.filter(dossier__matter_step__matter=matter, kind__in=SLIPS, superseded_by__isnull=True).order_by("pk")
    urls = {code: f"/tai-lieu/{slip}/?in=1" for code, slip in slips.values_list("dossier__code", "verification_code")}
    steps = steps_of_matter(matter, lambda each: urls.get(each.code, ""))
    return {"matter": matter, "linked": steps, "matter_secret": format_secret(secret_for(matter.code, matter.secret_issue))}


@staff(Role.CLERK)
@require_POST
def discard(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """The draft is gone."""
    draft = draft_or_404(identity(request), draft_id)
    discard_draft(draft, at=business_now())
    messages.success(request, _("The draft was deleted."))
    return redirect("counters:home")
