"""The pages of one draft: task list, parties, sections, and what keeps them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers.actions.drafts import discard_draft, move_to_current, newer_version, warn_if_outdated
from dossiers.documents.uploads import ACCEPT, remove_from_draft
from dossiers.forms import typed
from dossiers.models import Draft
from dossiers.views.applicant import acting, conflict
from dossiers.views.applicant.frame import citizen, on_draft, profile_of, schema_of
from dossiers.views.applicant.keeping import Kept, keep
from dossiers.views.applicant.papers import file_row
from dossiers.views.applicant.progress import DONE, asked_sections, next_section, section_form, tasks_of
from portal.core.clock import business_now, business_today
from portal.core.htmx import render_page
from portal.core.workcalendar import local
from procedures.formschema.answers import clean_partial


def person_of(request: HttpRequest) -> acting.Person:
    """The signed-in citizen with the profile."""
    user = citizen(request)
    return acting.Person(user, profile_of(user))


@on_draft
@require_safe
def task_list(request: HttpRequest, draft: Draft) -> HttpResponse:
    """What is done and what is still to do."""
    tasks = tasks_of(draft, person_of(request), business_today())
    context = {
        "draft": draft,
        "tasks": tasks,
        "is_ready": all(task.state == DONE for task in tasks),
        "next_url": next((task.url for task in tasks if task.state != DONE), ""),
        "warning": warn_if_outdated(draft, business_today()),
        "newer": newer_version(draft, business_today()),
        "saved_at": f"{local(draft.updated_at):%H:%M %d/%m/%Y}",
    }
    return render_page(request, "dossiers/applicant/tasks.html", context)


@on_draft
@require_http_methods(["GET", "HEAD", "POST"])
def parties(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Who owns the dossier, who is concerned, who collects; the signed-in person is the submitter."""
    person, kept = person_of(request), None
    form = acting.parties_form(draft, person, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        extra = {name: value for name, value in draft.parties.items() if name not in form.fields}
        kept = keep(request, draft, answers=draft.answers, parties=extra | typed(form))
        if kept.changed:
            return conflict.parties_page(request, kept.changed, form)
        if (form.is_valid() or "save" in request.POST) and not kept.refused:
            return redirect(_after(request, draft, next_section(draft, "")))
    mode = acting.mode_of(draft.parties)
    context: dict[str, Any] = {
        "form": form if request.method == "POST" else None,
        "fields": acting.shown_fields(form, mode),
        "mode": mode.value,
    }
    context |= {"others": acting.other_fields(form), "person": person}
    return _draft_page(request, "dossiers/applicant/parties.html", draft, kept, context, has_errors=bool(kept and form.errors))


@on_draft
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, draft: Draft, key: str) -> HttpResponse:
    """One section of the declaration. What was typed is kept even where it is wrong, and so are the photos sent with it."""
    schema = schema_of(draft)
    if key not in [each.key for each in schema.sections]:
        raise Http404
    form, kept = section_form(schema, key, draft.answers, business_today(), request.POST if request.method == "POST" else None), None
    if request.method == "POST":
        kept = keep(request, draft, answers=clean_partial(form), parties=draft.parties)
        if kept.changed:
            return conflict.section_page(request, kept.changed, key, form)
        if form.adds_row or "add_files" in request.POST:
            form = section_form(schema, key, kept.draft.answers, business_today(), None if not form.adds_row else request.POST)
            form.errors.clear()
        elif (form.is_valid() or "save" in request.POST) and not kept.refused:
            return redirect(_after(request, draft, next_section(kept.draft, key)))
    context = {"form": form, "sections": form.sections(), "position": _position(draft, key), "key": key}
    return _draft_page(request, "dossiers/applicant/section.html", draft, kept, context, has_errors=bool(kept and form.errors))


def _position(draft: Draft, key: str) -> tuple[int, int]:
    keys = [each.key for each in asked_sections(schema_of(draft), draft.answers)]
    return (keys.index(key) + 1 if key in keys else 1), len(keys)


def _after(request: HttpRequest, draft: Draft, following: str) -> str:
    """Where a saved page leads: on, back to the check page it was opened from, or to the task list."""
    if "save" in request.POST:
        messages.success(request, _("Saved. You can go on whenever you like."))
        return f"/nop-ho-so/nhap/{draft.pk}/"
    return f"/nop-ho-so/nhap/{draft.pk}/kiem-tra/" if request.GET.get("tu") == "kiem-tra" else following


def _draft_page(
    request: HttpRequest, template: str, draft: Draft, kept: Kept | None, context: dict[str, Any], *, has_errors: bool
) -> HttpResponse:
    refused = kept.refused if kept else []
    shown = {
        "draft": draft,
        "revision": (kept.draft if kept else draft).revision,
        "refused": refused,
        "loose": [
            file_row(draft, file, context.get("key", "")) for file in draft.files.filter(requirement_key="").order_by("arrived_at", "pk")
        ],
        "accept": ACCEPT,
        "has_errors": has_errors or bool(refused),
    }
    return render_page(request, template, shown | context, status=422 if has_errors or refused else 200)


@on_draft
@require_POST
def autosave(request: HttpRequest, draft: Draft, key: str) -> HttpResponse:
    """What stands in the section's inputs is kept; answers with the time and the new revision, out of band."""
    form = section_form(schema_of(draft), key, draft.answers, business_today(), request.POST)
    kept = keep(request, draft, answers=clean_partial(form), parties=draft.parties)
    context = {"draft": draft, "revision": kept.draft.revision, "at": f"{local(business_now()):%H:%M}", "changed": kept.changed}
    return render(request, "dossiers/applicant/_saved.html", context, status=409 if kept.changed else 200)


@on_draft
@require_POST
def remove_file(request: HttpRequest, draft: Draft, file_id: int) -> HttpResponse:
    """The file is gone from the draft; back to the page that listed it."""
    if remove_from_draft(draft, file_id=file_id):
        messages.success(request, _("The file was removed."))
    section_key = request.GET.get("phan", "")
    if section_key in [each.key for each in schema_of(draft).sections]:
        return redirect("dossiers:draft_section", draft_id=draft.pk, key=section_key)
    return redirect("dossiers:draft_papers", draft_id=draft.pk)


@on_draft
@require_POST
def discard(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The draft and its files are gone."""
    discard_draft(draft, at=business_now())
    messages.success(request, _("The draft was deleted."))
    return redirect("dossiers:mine")


@on_draft
@require_POST
def move(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The draft stands on the version in force, with its answers."""
    move_to_current(draft, at=business_now())
    messages.success(request, _("Your answers were moved to the new version. Look through them once more."))
    return redirect("dossiers:draft", draft_id=draft.pk)
