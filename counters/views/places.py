"""In which part of a divided unit does an address lie? Asked by the router, answered by the centre."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from counters.frame import clerk, page
from counters.intake import posted
from counters.paging import Order, slice_of
from counters.placequestions import question_rows
from dossiers.actions.answer_place import answer_place
from dossiers.actions.transition import By
from dossiers.models import PlaceQuestion
from dossiers.placequestions import options_of, questions_for
from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.agencies.queries import place_label
from portal.core.clock import business_now
from portal.core.errors import DomainError

NONE_OF_THEM = "none"


@staff(Role.CLERK, Role.SUPERVISOR)
@require_GET
def questions(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, most urgent first."""
    found = slice_of(questions_for(identity(request)), Order("due_at"), request)
    return page(
        request, "counters/place_questions.html", {"slice": found, "rows": question_rows(found.rows, business_now())}, part="results"
    )


@staff(Role.CLERK, Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, question_id: int) -> HttpResponse:
    """One question: the address as it was written, and the parts to choose among."""
    found = questions_for(identity(request)).filter(pk=question_id).first()
    if found is None:
        raise Http404
    if request.method == "GET":
        return _shown(request, found)
    chosen, note = request.POST.get("part", ""), request.POST.get("note", "")
    unit = next((each for each in options_of(found) if each.pk == posted(request.POST, "part")), None)
    if unit is None and chosen != NONE_OF_THEM:
        return _shown(request, found, DomainError(_("Choose one of the parts, or say that it is none of them.")))
    try:
        answer_place(found, by=By(user=clerk(request), at=business_now(), office=found.office), unit=unit, note=note)
    except DomainError as error:
        return _shown(request, found, error)
    told = _("%(code)s is routed by this place.") if unit else _("%(code)s waits for a supervisor, who decides the agency.")
    messages.success(request, told % {"code": found.dossier.code})
    return redirect("counters:place_questions")


def _shown(request: HttpRequest, found: PlaceQuestion, error: DomainError | None = None) -> HttpResponse:
    context = {
        "row": question_rows([found], business_now())[0],
        "parts": [(each.pk, place_label(each)) for each in options_of(found)],
        "typed": request.POST if error else {},
        "chosen": request.POST.get("part", "") if error else "",
        "refused": [str(error)] if error else [],
        "has_errors": error is not None,
    }
    return page(request, "counters/place_question.html", context, status=error.status if error else 200)
