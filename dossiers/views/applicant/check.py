"""Check the answers, see who will decide, declare that they are true, and file."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers import filing_inputs
from dossiers.actions.drafts import DraftFiled, locked_draft, newer_version, save_draft, warn_if_outdated
from dossiers.actions.file import Filing, file
from dossiers.actions.matters import file_matter
from dossiers.lawfulchoice import PICKED, SEARCHED, ChoiceForm
from dossiers.matters import grounds_for, requirements_of
from dossiers.models import Draft, DraftFile
from dossiers.views.applicant.acting import Person, parties_form
from dossiers.views.applicant.draft import person_of
from dossiers.views.applicant.frame import on_draft, revision_of, schema_of
from dossiers.views.applicant.outlook import Outlook, centres, exemption_of, outlook_of
from dossiers.views.applicant.papers import file_row
from dossiers.views.applicant.progress import DONE, paper_rows, tasks_of, unsorted_files
from portal.agencies.models import Office
from portal.core.clock import business_now, business_today
from portal.core.errors import DomainError
from portal.core.htmx import render_page
from procedures.formschema.answers import answers as final_answers
from procedures.formschema.answers import read_back, validate_answers, with_computed
from procedures.queries import grounds_of


class CheckForm(forms.Form):
    """What is decided last: a centre where no place decides, an exemption, and the declaration of truth."""

    use_required_attribute = False

    office = forms.ChoiceField(
        label=gettext_lazy("Which provincial centre shall register it?"),
        help_text=gettext_lazy("The place in your answers does not decide this alone. The centre you pick passes the dossier on."),
        error_messages={"required": gettext_lazy("Choose a provincial centre.")},
    )
    exemption = forms.ChoiceField(label=gettext_lazy("Fee exemption or reduction that you claim"), required=False)
    declared = forms.BooleanField(
        label=gettext_lazy("I declare that what I stated is true and that the papers are authentic, and I answer for it before the law."),
        error_messages={"required": gettext_lazy("Tick the declaration before you submit.")},
    )

    def __init__(self, *args: Any, draft: Draft, must_pick: bool, **kwargs: Any) -> None:
        first = {"office": draft.parties.get("office", ""), "exemption": draft.parties.get("exemption", "")}
        super().__init__(*args, **({"initial": first} | kwargs))
        grounds = grounds_for(draft, business_today())
        self.fields["exemption"].choices = [("", _("None")), *grounds]  # type: ignore[attr-defined]
        if not grounds:
            del self.fields["exemption"]
        if not must_pick:
            del self.fields["office"]
            return
        every = [(str(office.pk), office.name) for office in centres(business_today())]
        self.fields["office"].choices = [("", _("Choose")), *every]  # type: ignore[attr-defined]


@on_draft
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Everything once more before filing. Filing twice leads to the same dossier."""
    if request.method != "POST":
        return _page(request, draft)
    try:
        held = locked_draft(draft.pk, at=business_now())
    except DraftFiled:
        return redirect("dossiers:check_online", draft_id=draft.pk)
    if revision_of(request) != held.revision:
        return _page(
            request, held, problem=_("The draft was changed in another window. This is what is stored now: check it again."), status=409
        )
    chosen = {name: request.POST.get(name, "") for name in ("office", "exemption", PICKED, SEARCHED)}
    at = business_now()
    shown = outlook_of(held, held.answers, at=at)
    if chosen != {name: str(held.parties.get(name) or "") for name in chosen}:
        held = save_draft(held, answers=held.answers, parties=held.parties | chosen, at=at, expected_revision=held.revision)
    if "recalculate" in request.POST:
        return redirect("dossiers:check_online", draft_id=draft.pk)
    return _submit(request, held, shown, at)


def _submit(request: HttpRequest, draft: Draft, shown: Outlook, at: datetime) -> HttpResponse:
    """File what the page showed. Where the last choices change agency, date or fee, these are shown first and nothing is filed."""
    person = person_of(request)
    outlook = outlook_of(draft, draft.answers, at=at)
    form = CheckForm(request.POST, draft=draft, must_pick=outlook.must_pick)
    choice = ChoiceForm(request.POST, offers=outlook.choice.offers, kept=draft.parties) if outlook.choice.offers else None
    is_fit = all([form.is_valid(), choice is None or choice.is_valid()])
    warning = warn_if_outdated(draft, business_today())
    todo = [task.title for task in tasks_of(draft, person, business_today()) if task.state != DONE]
    if warning or todo or not is_fit or outlook.office is None:
        problem = warning or (_("Not finished yet: %(parts)s") % {"parts": "; ".join(todo)} if todo else "")
        return _page(request, draft, form=form, choice=choice, problem=problem, status=422)
    if outlook.promises != shown.promises:
        problem = _("What you have just chosen changes who decides, by when or what it costs. Read it below, then submit.")
        return _page(request, draft, form=form, choice=choice, problem=problem, status=422)
    try:
        code = _filed(draft, filing_of(draft, person, outlook, outlook.office), outlook)
    except DomainError as error:
        return _page(request, draft, form=form, problem=str(error), status=error.status)
    return redirect("dossiers:filed_online", code=code)


def _filed(draft: Draft, filing: Filing, outlook: Outlook) -> str:
    """The dossier is filed, or the matter with its dossiers; the code of the first one."""
    if not outlook.steps:
        return file(filing).dossier.code
    offices = {step.code: step.outlook.office for step in outlook.steps if step.outlook.office is not None}
    return file_matter(filing, exemption=str(draft.parties.get("exemption") or ""), offices=offices).lead.code


def filing_of(draft: Draft, person: Person, outlook: Outlook, office: Office) -> Filing:
    """The finished draft as the act of filing takes it."""
    at = business_now()
    declaration = validate_answers(schema_of(draft), draft.answers, today=business_today())
    stated = parties_form(draft, person)
    if not declaration.is_valid() or not stated.is_valid():
        raise DomainError(_("Some answers are no longer valid. Open each part once more."))
    requirements = requirements_of(draft, business_today())
    grounds = dict(grounds_of(draft.version.procedure, business_today()))
    files = DraftFile.objects.filter(draft=draft).order_by("arrived_at", "pk")
    return Filing(
        version=draft.version,
        case=draft.case,
        channel=draft.channel,
        office=office,
        actor=person.user,
        applicant=person.user,
        submit_token=draft.submit_token,
        at=at,
        answers=final_answers(declaration) | outlook.choice.kept,
        parties=filing_inputs.parties(stated.cleaned_data),
        papers=filing_inputs.papers(requirements, {}, files),
        fees=filing_inputs.fees(outlook.fees, grounds.get(exemption_of(draft, business_today()), "")),
        phone=stated.cleaned_data["phone"],
        email=stated.cleaned_data["email"],
        draft=draft,
    )


def _page(
    request: HttpRequest,
    draft: Draft,
    *,
    form: CheckForm | None = None,
    choice: ChoiceForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    person, today = person_of(request), business_today()
    tasks, rows = tasks_of(draft, person, today), paper_rows(draft)
    outlook = outlook_of(draft, with_computed(schema_of(draft), draft.answers), at=business_now())
    offers = outlook.choice.offers
    context = {
        "draft": draft,
        "revision": draft.revision,
        "choice": choice or (ChoiceForm(offers=offers, kept=draft.parties) if offers else None),
        "form": form or CheckForm(draft=draft, must_pick=outlook.must_pick),
        "outlook": outlook,
        "unfinished": [task for task in tasks if task.state != DONE],
        "sections": _sections(draft),
        "parties": _parties(draft, person),
        "papers": [(row, [file_row(draft, each) for each in row.files]) for row in rows if row.files],
        "loose": [file_row(draft, each) for each in unsorted_files(draft, rows)],
        "warning": warn_if_outdated(draft, today),
        "newer": newer_version(draft, today),
        "problem": problem,
        "has_errors": bool(problem or (choice is not None and choice.errors)),
    }
    return render_page(request, "dossiers/applicant/check.html", context, status=status)


def _sections(draft: Draft) -> list[tuple[str, str, list[dict[str, str]]]]:
    """Title, address to change it, and the answers of each section."""
    schema, language = schema_of(draft), (get_language() or "vi")[:2]
    urls = {
        section.title.in_language(language): reverse("dossiers:draft_section", args=[draft.pk, section.key]) + "?tu=kiem-tra"
        for section in schema.sections
    }
    told = read_back(schema, with_computed(schema, draft.answers), language)
    return [(title, urls.get(title, ""), [{"label": label, "value": value} for label, value in lines]) for title, lines in told]


def _parties(draft: Draft, person: Person) -> list[dict[str, str]]:
    form = parties_form(draft, person)
    if not form.is_valid():
        return []
    roles = {"owner": _("Dossier owner"), "subject": _("Person concerned"), "submitter": _("Submitter"), "collector": _("Collector")}
    return [
        {
            "label": roles[party.role],
            "value": " · ".join(part for part in (party.name, party.personal_id or party.tax_code, party.ground) if part),
        }
        for party in filing_inputs.parties(form.cleaned_data)
    ]
