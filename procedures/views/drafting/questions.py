"""The form of a draft: its questions one by one, and how the citizen will see it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.core.clock import business_today
from portal.core.errors import DomainError
from procedures.actions.form_editing import edit_form
from procedures.formschema.compile import build_form
from procedures.formschema.edit import (
    EditRefused,
    add_question,
    change_question,
    field_of,
    is_hand_made,
    locked_reason,
    move_question,
    remove_question,
)
from procedures.formschema.schema import RawSchema, known_schema
from procedures.models import ProcedureVersion
from procedures.queries.draft_forms import form_of_draft, parts_of, used_keys
from procedures.queries.drafts import draft_or_404
from procedures.question_wording import when_text
from procedures.views.drafting.forms import QuestionForm
from procedures.views.drafting.pages import editable
from procedures.views.keeping import KEEPERS
from procedures.views.registry.frame import actor


@staff(Role.CATALOGUE_EDITOR)
@require_safe
def index(request: HttpRequest, code: str) -> HttpResponse:
    """The questions in their order, and what may be done with each."""
    return _listed(request, editable(code))


def _listed(request: HttpRequest, draft: ProcedureVersion, refused: str = "") -> HttpResponse:
    form = form_of_draft(draft)
    context = {"draft": draft, "parts": parts_of(form, used_keys(draft)), "is_hand_made": is_hand_made(form), "refused": refused}
    return render(request, "procedures/keep/form.html", context, status=422 if refused else 200)


@staff(Role.CATALOGUE_EDITOR)
def add(request: HttpRequest, code: str) -> HttpResponse:
    """A new question, last in the part that `phan` names."""
    draft, part = editable(code), request.GET.get("phan", "")
    schema = known_schema(form_of_draft(draft))
    section = next((each for each in schema.sections if each.key == part), None)
    if section is None:
        raise Http404(_("The form has no such part."))
    form = QuestionForm(request.POST if request.method == "POST" else None, schema=schema)
    if form.is_bound and form.is_valid() and _kept(request, draft, form, lambda raw: add_question(raw, part, form.question())):
        return redirect("procedures:draft_form", code=code)
    context = {"draft": draft, "form": form, "part": section.title.vi}
    return render(request, "procedures/keep/question.html", context, status=422 if form.errors else 200)


@staff(Role.CATALOGUE_EDITOR)
def edit(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """What a question says."""
    draft = editable(code)
    raw = form_of_draft(draft)
    used = used_keys(draft)
    try:
        spec = field_of(raw, key)
    except EditRefused as error:
        raise Http404(str(error)) from error
    form = QuestionForm(request.POST if request.method == "POST" else None, schema=known_schema(raw), spec=spec)
    if form.is_bound and form.is_valid() and _kept(request, draft, form, lambda now: change_question(now, key, form.question(), used)):
        return redirect("procedures:draft_form", code=code)
    context = {"draft": draft, "form": form, "spec": spec, "locked": locked_reason(raw, spec, used)}
    return render(request, "procedures/keep/question.html", context, status=422 if form.errors else 200)


def _kept(request: HttpRequest, draft: ProcedureVersion, form: QuestionForm, change: Callable[[RawSchema], RawSchema]) -> bool:
    """Whether the draft asks it now; if not, the form says why."""
    try:
        edit_form(draft, change, actor=actor(request))
    except DomainError as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _("The draft is saved."))
    return True


@staff(Role.CATALOGUE_EDITOR)
@require_POST
def move(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """The question stands one place earlier or later (`buoc`)."""
    step = -1 if request.POST.get("buoc") == "-1" else 1
    return _changed(request, editable(code), lambda raw: move_question(raw, key, step))


@staff(Role.CATALOGUE_EDITOR)
@require_POST
def remove(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """The form no longer asks it."""
    draft = editable(code)
    used = used_keys(draft)
    return _changed(request, draft, lambda raw: remove_question(raw, key, used))


def _changed(request: HttpRequest, draft: ProcedureVersion, change: Callable[[RawSchema], RawSchema]) -> HttpResponse:
    try:
        edit_form(draft, change, actor=actor(request))
    except EditRefused as refused:
        return _listed(request, draft, str(refused))
    return redirect("procedures:draft_form", code=draft.procedure.code)


@staff(*KEEPERS)
@require_safe
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """The form as the citizen will see it. Nothing can be sent."""
    draft = draft_or_404(code)
    form = build_form(form_of_draft(draft), today=business_today(), prefix="d")
    sections = [(section, [(item, when_text(form.schema, item.spec.raw_show)) for item in section.items]) for section in form.sections()]
    return render(request, "procedures/keep/preview.html", {"draft": draft, "sections": sections})
