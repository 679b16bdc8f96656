"""The public catalogue: search, and the page of one procedure."""

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from portal.accounts.access import public
from portal.core.clock import business_today
from portal.core.htmx import render_page
from procedures.declarations import blank_html
from procedures.models import ProcedureVersion, in_language
from procedures.queries import version_or_404
from procedures.queries.linked import led_by, linked_procedures
from procedures.queries.pages import Filters, catalogue_page, procedure_page
from procedures.queries.search import MAX_TEXT
from procedures.wording import channels_text, level_text, visit_note


@public
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Search `q`, narrowed by `linh-vuc`, `cap` and `muc`."""
    text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:MAX_TEXT]
    filters = Filters(request.GET.get("linh-vuc", ""), request.GET.get("cap", ""), request.GET.get("muc", ""))
    page = catalogue_page(text, filters, business_today())
    context = {"text": text, "filters": filters, "page": page, "online_levels": ProcedureVersion.OnlineLevel.choices}
    return render_page(request, "procedures/catalogue.html", context, part="results")


@public
@require_safe
def blank(request: HttpRequest, code: str) -> HttpResponse:
    """The declaration of the procedure without answers, to be printed and filled in by hand."""
    version = version_or_404(code, business_today())
    case = version.cases.filter(form__has_key="sections").order_by("-is_default", "pk").first()
    if case is None:
        raise Http404
    toolbar = render_to_string("procedures/_blank_bar.html", {"code": code}, request)
    return HttpResponse(blank_html(case.form, version.name_vi, toolbar=toolbar))


@public
@require_safe
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """Everything the law wants shown about one procedure. Source: Nghị định 63/2010/NĐ-CP, Điều 8."""
    today = business_today()
    version = version_or_404(code, today)
    context = {
        "page": procedure_page(version, today),
        "version": version,
        "level": level_text(version.levels),
        "channels": channels_text(version.channels),
        "visit": visit_note(version),
        "file_url": f"/nop-ho-so/{code}/",
        "linked": [step.version.short_name for step in linked_procedures(version.procedure, today)],
        "bundles": led_by(version.procedure, today),
        "steps": [step for step in in_language(version.steps_vi, version.steps_en).splitlines() if step.strip()],
    }
    return render_page(request, "procedures/procedure.html", context)
