"""Walk-in, step 2: everything on one page. Files are kept first, whatever else is wrong."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counters.actions.take import take_matter, take_walk_in
from counters.frame import clerk, page
from counters.intake import Intake, cases_of, filing_of, intake_of, parties_kept, posted
from counters.preview import preview_of, previews_of
from counters.queries import draft_or_404
from dossiers.actions import drafts
from dossiers.documents.uploads import ACCEPT, UploadRefused, attach_to_draft, remove_from_draft
from dossiers.matters import steps_of
from dossiers.models import Draft
from portal.accounts.access import identity, staff
from portal.accounts.models import Role
from portal.core.clock import business_now, business_today
from portal.core.errors import DomainError
from portal.core.htmx import wants_part
from portal.core.outage import typed_fields
from procedures.formschema.answers import read_back
from procedures.queries.linked import led_by

FILES_FIELD = "files-"
WIDE = frozenset({"address", "repeat", "long", "many", "organisation", "note"})
"""Questions that take a whole line."""

STAYS = frozenset({"save", "upload", "case", "move"})
"""What only saves: no complaint about what is not filled in yet."""


@staff(Role.CLERK)
@require_http_methods(["GET", "POST"])
def intake(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """The page of one draft; once filed it leads to the dossier, however often it is sent."""
    draft = draft_or_404(identity(request), draft_id)
    if draft.dossier is not None:
        return redirect("counters:filed", draft.dossier.code)
    try:
        drafts.require_alive(draft, business_now())
    except drafts.DraftExpired as error:
        return _expired(request, draft, error)
    if request.method == "GET":
        return _shown(request, intake_of(draft, on=business_today()))
    if wants_part(request):
        return _shown(request, intake_of(draft, on=business_today(), data=request.POST))
    return _posted(request, draft)


def _expired(request: HttpRequest, draft: Draft, error: drafts.DraftExpired) -> HttpResponse:
    """Its own page, with what is kept on the draft and what was just typed, to copy into a new one."""
    people = parties_kept(draft, on=business_today())
    sections = [*([(_("Parties"), people)] if people else []), *read_back(draft.case.form, draft.answers)]
    typed = [each for each in typed_fields(request) if each.is_text] if request.method == "POST" else []
    return page(
        request, "counters/expired.html", {"draft": draft, "error": error, "sections": sections, "typed": typed}, status=error.status
    )


def _posted(request: HttpRequest, draft: Draft) -> HttpResponse:
    refused = _keep_files(request, draft)
    if "remove" in request.POST:
        remove_from_draft(draft, file_id=posted(request.POST, "remove"))
    form = intake_of(draft, on=business_today(), data=request.POST)
    try:
        draft = _saved(request, form)
    except drafts.DraftChanged as error:
        return _conflict(request, form, error)
    except drafts.DraftFiled:
        return redirect(request.path)
    action = request.POST.get("action", "check")
    if action == "submit" and not refused and not form.declaration.adds_row:
        return _submitted(request, form)
    if form.declaration.adds_row:
        form.forget_errors()
        return _shown(request, form, refused=refused)
    if action.startswith("bundle:"):
        return _as_matter(request, draft, action.removeprefix("bundle:"))
    if not refused and (action in STAYS or "remove" in request.POST):
        messages.success(request, _("The draft is saved."))
        return redirect(request.path)
    return _shown(request, form, refused=refused)


def _keep_files(request: HttpRequest, draft: Draft) -> list[str]:
    """Every file that can be taken is on the draft; the others are named with what to do instead."""
    refused = []
    for name, files in request.FILES.lists():
        for file in files if name.startswith(FILES_FIELD) else ():
            try:
                attach_to_draft(draft, requirement_key=name.removeprefix(FILES_FIELD)[:60], file=file, at=business_now())
            except UploadRefused as error:
                refused.append(str(error))
    return refused


def _saved(request: HttpRequest, form: Intake) -> Draft:
    """The draft with what was typed; with another case or the version in force when that was asked for."""
    at = business_now()
    saved = drafts.save_draft(
        form.draft, answers=form.office_answers, parties=form.typed(), at=at, expected_revision=posted(request.POST, "revision")
    )
    form.draft = saved
    if request.POST.get("action") == "case":
        case = saved.version.cases.filter(pk=posted(request.POST, "case")).first()
        return drafts.choose_case(saved, case=case, at=at) if case else saved
    if request.POST.get("action") == "move":
        return drafts.move_to_current(saved, at=at)
    return saved


def _as_matter(request: HttpRequest, draft: Draft, code: str) -> HttpResponse:
    """A draft of the linked procedure stands in the place of this one, with everything typed and scanned so far."""
    version = next((each for each in led_by(draft.version.procedure, business_today()) if each.procedure.code == code), None)
    if version is None:
        return redirect(request.path)
    return redirect("counters:intake", drafts.file_as(draft, version, at=business_now()).pk)


def _submitted(request: HttpRequest, form: Intake) -> HttpResponse:
    if not form.is_valid():
        return _shown(request, form)
    try:
        filing = filing_of(form, clerk=clerk(request), at=business_now())
        is_linked = bool(steps_of(filing.version, business_today()))
        filed = take_matter(filing, exemption=form.exemption) if is_linked else take_walk_in(filing)
    except DomainError as error:
        return _shown(request, form, refused=[str(error)], status=error.status)
    return redirect("counters:filed", filed.dossier.code)


def _conflict(request: HttpRequest, form: Intake, error: drafts.DraftChanged) -> HttpResponse:
    """Both versions: what was typed stays in the form, what is stored stands beside it."""
    stored = error.current
    form.draft.revision = stored.revision
    kept = [(title, lines) for title, lines in read_back(stored.case.form, stored.answers)]
    return _shown(request, form, refused=[str(error)], stored={"sections": kept, "saved_at": stored.updated_at}, status=error.status)


def _shown(
    request: HttpRequest,
    form: Intake,
    *,
    refused: list[str] | None = None,
    stored: dict[str, object] | None = None,
    status: int = 0,
) -> HttpResponse:
    draft = form.draft
    if wants_part(request) and form.choosing is not None:
        form.choosing.errors.clear()  # nobody is told off while still typing
    errors = form.errors() if form.parties.is_bound and not form.is_quiet and not wants_part(request) else []
    context = {
        "intake": form,
        "draft": draft,
        "errors": errors,
        "refused": refused or [],
        "has_errors": bool(errors or refused),
        "stored": stored,
        "outdated": drafts.warn_if_outdated(draft, business_today()),
        "can_move": drafts.newer_version(draft, business_today()) is not None,
        "cases": cases_of(draft),
        "accept": ACCEPT,
        "wide": WIDE,
        **_previews(form),
        "bundles": led_by(draft.version.procedure, business_today()),
    }
    return page(request, "counters/intake.html", context, part="preview", status=status or (422 if errors or refused else 200))


def _previews(form: Intake) -> dict[str, object]:
    """What would happen, dossier by dossier where the procedure starts several."""
    office, at = form.draft.office, business_now()
    if office is None:
        return {"preview": None, "linked": ()}
    given = (form.draft, office, form.office_answers, form.choice)
    linked = previews_of(*given, exemption=form.exemption, at=at)
    return {"preview": linked[0].preview if linked else preview_of(*given, exemption=form.exemption, at=at), "linked": linked}
