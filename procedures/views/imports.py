"""What the import of the national catalogue brought, for the people who keep the catalogue."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.core.clock import business_now
from portal.core.htmx import render_page
from procedures.actions.national_repeal import end_procedure
from procedures.models import CatalogueFeed
from procedures.queries.drafts import procedure_or_404
from procedures.queries.national import FILTERS, import_page, said

LABELS = {
    "": gettext_lazy("All"),
    "new": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "repaired": gettext_lazy("Repaired"),
    "refused": gettext_lazy("Refused"),
    "waiting": gettext_lazy("Waiting"),
    "repealed": gettext_lazy("Repealed"),
    "open": gettext_lazy("To be supplied"),
}


@staff(Role.CATALOGUE_EDITOR, Role.CATALOGUE_APPROVER)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The records by code, fifty to a page: `loc` one of the filters, `q` words or a code, `sau` the code after which the page begins."""
    text, after = (request.GET.get(name, "").replace("\0", "")[:200] for name in ("q", "sau"))
    chosen = request.GET.get("loc", "")
    chosen = chosen if chosen in FILTERS else ""
    page = import_page(chosen=chosen, text=text, after=after)
    context = {
        "text": text,
        "chosen": chosen,
        "rows": [(record, said(record.repairs), said(record.gaps)) for record in page.records],
        "tabs": [(_url(name, text), label, page.counts.get(name, page.total), name == chosen) for name, label in LABELS.items()],
        "first_url": _url(chosen, text) if after else "",
        "next_url": _url(chosen, text, page.next_after) if page.next_after else "",
        "feed": CatalogueFeed.objects.filter(pk=1).first(),
    }
    return render_page(request, "procedures/keep/imports.html", context, part="results")


def _url(chosen: str, text: str, after: str = "") -> str:
    asked = {name: value for name, value in (("loc", chosen), ("q", text), ("sau", after)) if value}
    return reverse("procedures:imports") + (f"?{urlencode(asked)}" if asked else "")


@staff(Role.CATALOGUE_APPROVER)
@require_POST
def end(request: HttpRequest, code: str) -> HttpResponse:
    """The proposal to end the procedure is followed, from the next day on."""
    procedure, now = procedure_or_404(code), business_now()
    end_procedure(procedure, actor=request.user, at=now)  # type: ignore[arg-type]
    messages.success(request, _("The procedure can no longer be filed from the day shown."))
    return redirect("procedures:keep", code=code)
