"""Where editors draft and approvers publish. Not the stock admin, and no JSON."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.core.clock import business_now, business_today
from portal.core.errors import DomainError
from portal.core.htmx import render_page
from portal.core.text import search_key
from procedures.actions.editing import save_draft
from procedures.actions.publishing import discard_draft, publish, send_back, start_draft, submit_draft
from procedures.forms import CaseFormSet, DraftForm, PublishForm, RequirementFormSet
from procedures.formschema.edit import answers_that_decide
from procedures.formschema.schema import known_schema
from procedures.models import ProcedureCase, ProcedureVersion
from procedures.queries.drafts import (
    cases_of,
    changes_in,
    draft_or_404,
    earliest_effect,
    keeping_page,
    open_draft,
    procedure_or_404,
    versions_of,
)
from procedures.queries.gaps import Gaps
from procedures.queries.nationalsheet import national_sheet
from procedures.queries.unfinished import missing_in

KEEPERS = (Role.CATALOGUE_EDITOR, Role.CATALOGUE_APPROVER)


@staff(*KEEPERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All procedures, those with an open draft first."""
    text, after = (request.GET.get(name, "").replace("\0", "")[:200] for name in ("q", "sau"))
    page = keeping_page(search_key(text), after)
    following = f"{request.path}?{urlencode({'q': text, 'sau': page.next_after})}" if page.next_after else ""
    first = f"{request.path}?{urlencode({'q': text})}" if after else ""
    may_edit = identity(request).has(Role.CATALOGUE_EDITOR)
    context = {"text": text, "procedures": page.procedures, "next_url": following, "first_url": first, "may_edit": may_edit}
    return render_page(request, "procedures/keep/index.html", context, part="results")


@staff(*KEEPERS)
@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The versions of one procedure, its open draft and what that changes."""
    procedure = procedure_or_404(code)
    draft, who, versions = open_draft(procedure), identity(request), versions_of(procedure)
    is_written = draft is not None and draft.state == ProcedureVersion.State.DRAFT
    context = {
        "procedure": procedure,
        "versions": versions,
        "is_public": any(version.state == version.State.PUBLISHED for version in versions),
        "draft": draft,
        "changes": changes_in(draft) if draft else [],
        "missing": [(each.text, _page_of(each.page, code)) for each in missing_in(draft, business_today())] if draft and is_written else [],
        "may_edit": who.has(Role.CATALOGUE_EDITOR),
        "may_approve": who.has(Role.CATALOGUE_APPROVER) and draft is not None and draft.drafted_by_id != who.user_id,
        "is_own": draft is not None and draft.drafted_by_id == who.user_id,
        "may_end": who.has(Role.CATALOGUE_APPROVER),
        "national": national_sheet(code),
    }
    return render_page(request, "procedures/keep/show.html", context)


def _page_of(name: str, code: str) -> str:
    """Where something missing is supplied: on a page of the draft, or in the registry."""
    return reverse(f"procedures:{name}") if name == "rule_sets" else reverse(f"procedures:{name}", kwargs={"code": code})


@staff(Role.CATALOGUE_EDITOR)
@require_POST
def start(request: HttpRequest, code: str) -> HttpResponse:
    """A new draft that begins as the published version."""
    start_draft(procedure_or_404(code), actor=request.user)  # type: ignore[arg-type]
    return redirect("procedures:edit", code=code)


@staff(Role.CATALOGUE_EDITOR)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The labelled fields of the open draft."""
    draft = draft_or_404(code)
    given = request.POST if request.method == "POST" else None
    form = DraftForm(given, instance=draft)
    cases = CaseFormSet(given, queryset=draft.cases.order_by("-is_default", "pk"), prefix="cases")
    papers = [(case, _papers_form(case, given)) for case in cases_of(draft, by_case="rieng" in request.GET)]
    by_case = len(papers) > 1
    if given is not None and all([form.is_valid(), cases.is_valid(), *(each.is_valid() for _case, each in papers)]):
        save_draft(draft, form=form, cases=cases, papers=papers, by_case=by_case, actor=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The draft is saved."))
        return redirect("procedures:keep", code=code)
    bad = given is not None
    context = {
        "draft": draft, "form": form, "cases": cases, "papers": papers, "by_case": by_case, "has_errors": bad,
        "may_part": not by_case and draft.cases.count() > 1,
    }  # fmt: skip
    return render(request, "procedures/keep/edit.html", context, status=422 if bad else 200)


def _papers_form(case: ProcedureCase, given: QueryDict | None) -> Any:
    prefix = "papers" if case.is_default else f"case-{case.pk}"
    asked = answers_that_decide(known_schema(case.form))
    deciding = [(f"{key}:{value}", {"field": key, "eq": value}, f"{question}: {answer}") for key, value, question, answer in asked]
    rows = case.requirements.order_by("seq", "pk")
    return RequirementFormSet(given, queryset=rows, prefix=prefix, form_kwargs={"deciding": deciding})


@staff(Role.CATALOGUE_EDITOR)
@require_POST
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """The draft goes to a second person."""
    submit_draft(draft_or_404(code), on=business_today(), actor=request.user)  # type: ignore[arg-type]
    messages.success(request, _("The draft waits for approval by a second person."))
    return redirect("procedures:keep", code=code)


@staff(*KEEPERS)
@require_POST
def back(request: HttpRequest, code: str) -> HttpResponse:
    """The draft goes back to its editor."""
    send_back(draft_or_404(code))
    messages.success(request, _("The draft can be edited again."))
    return redirect("procedures:keep", code=code)


@staff(Role.CATALOGUE_EDITOR)
@require_POST
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """The draft is given up."""
    discard_draft(draft_or_404(code))
    messages.success(request, _("The draft is discarded."))
    return redirect("procedures:keep", code=code)


@staff(Role.CATALOGUE_APPROVER)
def approve(request: HttpRequest, code: str) -> HttpResponse:
    """Decision number, its date and the effective date; then the version is published."""
    draft = draft_or_404(code)
    form = PublishForm(request.POST or None, initial={"effective_from": earliest_effect(draft, business_today())})
    gaps: Gaps | None = None
    if request.method == "POST" and form.is_valid():
        try:
            publish(draft, actor=request.user, at=business_now(), **form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as error:
            form.add_error(None, str(error))
            gaps = getattr(error, "gaps", None)
        else:
            messages.success(request, _("Version %(number)s is published.") % {"number": draft.number})
            return redirect("procedures:keep", code=code)
    context = {"draft": draft, "form": form, "changes": changes_in(draft), "gaps": gaps}
    return render(request, "procedures/keep/approve.html", context, status=422 if form.errors else 200)
