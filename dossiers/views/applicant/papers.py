"""The papers of a draft: each component with its files, and photos that still have to be sorted."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dossiers.actions.draft_files import sort_file
from dossiers.documents.uploads import ACCEPT
from dossiers.models import Draft, DraftFile
from dossiers.views.applicant.frame import on_draft
from dossiers.views.applicant.keeping import keep_files
from dossiers.views.applicant.progress import PaperRow, paper_rows, unsorted_files
from portal.core.htmx import render_page, wants_part
from procedures.models import Requirement


def file_row(draft: Draft, file: DraftFile, back: str = "") -> dict[str, object]:
    """A file as the kit lists it."""
    remove = reverse("dossiers:draft_remove_file", args=[draft.pk, file.pk])
    return {
        "pk": file.pk,
        "name": file.name,
        "url": reverse("dossiers:draft_file", args=[file.pk]) + "?xem=1",
        "size": size_text(file.size),
        "remove_url": f"{remove}?phan={back}" if back else remove,
    }


def size_text(size: int) -> str:
    """The size as people read it."""
    return f"{size / 1_048_576:.1f} MB".replace(".", ",") if size >= 1_048_576 else f"{max(1, round(size / 1024))} KB"


def _context(draft: Draft, refused: list[str]) -> dict[str, object]:
    rows: list[PaperRow] = paper_rows(draft)
    return {
        "draft": draft,
        "papers": [(row, [file_row(draft, file) for file in row.files]) for row in rows],
        "loose": [file_row(draft, file) for file in unsorted_files(draft, rows)],
        "choices": [(row.requirement.key, row.requirement.name) for row in rows],
        "depends": not rows and Requirement.objects.filter(case=draft.case, show__isnull=False).exists(),
        "missing": sum(row.is_missing for row in rows),
        "refused": refused,
        "accept": ACCEPT,
        "has_errors": bool(refused),
    }


@on_draft
@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest, draft: Draft, key: str = "") -> HttpResponse:
    """Upload to a component (or unsorted). Good files are kept even when another one of the same sending is refused."""
    if request.method != "POST":
        return render_page(request, "dossiers/applicant/papers.html", _context(draft, []), part="list")
    known = {row.requirement.key for row in paper_rows(draft)}
    refused = keep_files(request, draft, key=key if key in known else "")
    if refused or wants_part(request):
        return render_page(request, "dossiers/applicant/papers.html", _context(draft, refused), part="list", status=422 if refused else 200)
    return redirect("dossiers:draft_papers", draft_id=draft.pk)


@on_draft
@require_POST
def sort(request: HttpRequest, draft: Draft, file_id: int) -> HttpResponse:
    """The photo belongs to the chosen component."""
    key = request.POST.get("key", "")
    if key in {row.requirement.key for row in paper_rows(draft)}:
        sort_file(draft, file_id=file_id, requirement_key=key)
    return redirect("dossiers:draft_papers", draft_id=draft.pk)
