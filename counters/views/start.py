"""Walk-in, step 1: the person and the procedure."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from counters import choosing
from counters.frame import clerk, office_of, page
from dossiers.actions.drafts import start_draft
from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.core.clock import business_now, business_today
from procedures.models import Channel

PERSON_FIELDS = ("owner_name", "owner_personal_id", "owner_birth_date", "owner_address", "phone")


@staff(Role.CLERK)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Card or typed person, then a procedure: choosing one starts the draft."""
    if request.method == "GET":
        form = choosing.StartForm(initial={"q": request.GET.get("q", "")})
        return _shown(request, form, choosing.choices_for(request.GET.get("q", ""), business_today()))
    return posted_person(request)


def posted_person(request: HttpRequest, data: QueryDict | None = None) -> HttpResponse:
    """Start the draft when a procedure was picked; else show the person read from the card and what fits the text."""
    data = request.POST if data is None else data
    form = choosing.StartForm(data)
    is_valid, person, today = form.is_valid(), choosing.person_of(form), business_today()
    code = data.get("code", "")
    found = choosing.Choices() if code else choosing.choices_for(data.get("q", ""), today)
    if not code and is_valid and len(found.rows) == 1 and not found.rows[0].note:
        code = found.rows[0].code
    if code and is_valid:
        version, refusal = choosing.version_of(code, today)
        if version is not None:
            case = version.cases.get(is_default=True)
            who, office = clerk(request), office_of(request)
            draft = start_draft(version, case, owner=who, office=office, channel=Channel.DIRECT, at=business_now(), parties=_kept(person))
            return redirect("counters:intake", draft.pk)
        found = choosing.Choices(message=refusal)
    shown = form if not is_valid else choosing.StartForm(initial=person | {"q": data.get("q", "")})
    return _shown(request, shown, found, status=422 if not is_valid or found.message else 200)


def _kept(person: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in person.items() if value}


def _shown(request: HttpRequest, form: choosing.StartForm, found: choosing.Choices, status: int = 200) -> HttpResponse:
    named = bool(form["owner_name"].value())
    context = {
        "form": form,
        "office": office_of(request),
        "person_fields": [form[name] for name in PERSON_FIELDS],
        "found": found,
        "focus": "choice" if found.rows else "q" if named else "card",
    }
    return page(request, "counters/start.html", context, part="choices", status=status)
