"""The inbox of our agencies' own counter: accept, ask for papers, refuse; 8 working hours."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counters import reception as forms
from counters.dossierpage import page_of
from counters.frame import clerk, office_of, page
from counters.intake import posted
from counters.paging import Order, slice_of
from counters.rows import rows_of
from dossiers import queries
from dossiers.actions.permit import asked_in_stage, permit_for
from dossiers.actions.recheck import Moved
from dossiers.actions.review import accept, refuse
from dossiers.actions.supplement import ask_supplement
from dossiers.actions.transition import By
from dossiers.actions.watch import answer_reminder
from dossiers.fieldasks import field_groups, ticked
from dossiers.models import Dossier, IssuedDocument
from dossiers.reminders import for_counters
from portal.accounts.access import identity, staff
from portal.accounts.identity import Identity
from portal.accounts.models import Role
from portal.core.clock import business_now, business_today
from portal.core.errors import DomainError
from procedures.formschema.answers import read_back

BASE = "/quay/cho-tiep-nhan/"


@staff(Role.CLERK)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for acceptance here, most urgent first."""
    who, only_urged = identity(request), request.GET.get("loc") == "nhac"
    urging = for_counters(who).order_by()
    wanted = queries.to_receive(who)
    found = slice_of(wanted.filter(pk__in=urging.values("dossier")) if only_urged else wanted, Order("answer_due_at"), request)
    context = {
        "slice": found,
        "rows": rows_of(found.rows, base=BASE, now=business_now()),
        "urged": urging.count(),
        "only_urged": only_urged,
    }
    return page(request, "counters/reception_inbox.html", context, part="results")


@staff(Role.CLERK)
@require_http_methods(["GET", "POST"])
def reception(request: HttpRequest, code: str) -> HttpResponse:
    """The filing with its answers and papers, and the three decisions."""
    who = identity(request)
    dossier = queries.to_receive(who).filter(code=code).first()
    if dossier is None:
        dossier = queries.found_or_404(queries.for_counter(who), code)
        if request.method == "GET":
            return redirect("counters:dossier", code)
        if dossier.agency is None or dossier.agency.reception_office_id not in who.offices.get(Role.CLERK, ()):
            raise Http404  # it waits, or waited, for another counter's answer
        return _shown(
            request, dossier, _("A colleague has already answered this filing. What you typed is below; nothing was changed."), 409
        )
    if request.method == "GET":
        return _shown(request, dossier)
    try:
        document = _decide(request, dossier)
    except DomainError as error:
        return _shown(request, _again(dossier), str(error), error.status)
    except ValidationError as error:
        return _shown(request, dossier, " ".join(error.messages), 422)
    if isinstance(document, Moved):
        return page(request, "counters/moved.html", {"moved": document, "is_here": _is_here(document, identity(request))})
    messages.success(request, _("Done: %(title)s No. %(number)s was issued.") % {"title": document.title_vi, "number": document.number})
    return redirect("counters:dossier", code)


@staff(Role.CLERK)
@require_POST
def answer_urging(request: HttpRequest, reminder_id: int) -> HttpResponse:
    """The office that urged about a filing in this inbox can read the answer."""
    reminder = get_object_or_404(for_counters(identity(request)), pk=reminder_id)
    by = By(user=clerk(request), at=business_now(), office=office_of(request))
    try:
        answer_reminder(reminder, by=by, text=request.POST.get("text", ""))
    except DomainError as error:
        return _shown(request, _again(reminder.dossier), str(error), error.status)
    messages.success(request, _("Your answer to the reminder about %(code)s is sent.") % {"code": reminder.dossier.code})
    return redirect("counters:inbox")


def _is_here(moved: Moved, who: Identity) -> bool:
    """Whether the agency's counter is one of the clerk's own: then the filing is in the same inbox again."""
    return moved.agency is not None and moved.agency.reception_office_id in who.offices.get(Role.CLERK, ())


def _decide(request: HttpRequest, dossier: Dossier) -> IssuedDocument | Moved:
    """The clerk's decision, on the state that the page showed."""
    by = By(user=clerk(request), at=business_now(), office=office_of(request))
    version = posted(request.POST, "version")
    action = request.POST.get("action", "")
    if action == "accept":
        return accept(dossier, by=by, expected_version=version)
    if action == "refuse":
        return refuse(
            dossier, by=by, reason=forms.refusal_reason(request.POST), guidance=request.POST.get("guidance", ""), expected_version=version
        )
    if action == "ask":
        fields = ticked(field_groups(dossier, request.POST))
        items = forms.asked_items(forms.ask_rows(dossier, request.POST), forms.free_rows(request.POST), fields)
        day = forms.answer_day(request.POST.get("answer_by", ""), business_today())
        return ask_supplement(dossier, by=by, items=items, answer_by=day, note=request.POST.get("note", ""), expected_version=version)
    raise DomainError(_("Choose what to do with the dossier."))


def _again(dossier: Dossier) -> Dossier:
    """The dossier as it is now."""
    fresh: Dossier = queries.at_any_counter(dossier.code).get()
    return fresh


def _shown(request: HttpRequest, dossier: Dossier, refused: str = "", status: int = 200) -> HttpResponse:
    typed = request.POST if request.method == "POST" else QueryDict()
    answers = getattr(dossier, "answers", None)
    papers = dossier.papers.order_by("pk")
    context = {
        "dossier": dossier,
        "shown": page_of(dossier, identity(request), base=BASE, now=business_now()),
        "sections": read_back(dossier.case.form, answers.content) if answers else [],
        "papers": list(papers),
        "urgings": [(each, each.due_at < business_now()) for each in for_counters(identity(request)).filter(dossier=dossier)],
        "ask_rows": forms.ask_rows(dossier, typed),
        "free_rows": forms.free_rows(typed),
        "field_groups": field_groups(dossier, typed),
        "before": asked_in_stage(dossier),
        "permit": permit_for(dossier, clerk(request)),
        "answer_by": typed.get("answer_by") or f"{forms.suggested_day(business_today()):%d/%m/%Y}",
        "reasons": list(enumerate(forms.REFUSAL_REASONS)),
        "typed": typed,
        "refused": [refused] if refused else [],
        "has_errors": bool(refused),
    }
    return page(request, "counters/reception.html", context, status=status)
