"""Answers that carry a document or a paper, with the headers that keep it harmless."""

from dataclasses import dataclass
from typing import TypeVar

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from dossiers.documents.copies import Copies
from dossiers.documents.render import style_source, with_toolbar
from dossiers.models import IssuedDocument

Answer = TypeVar("Answer", HttpResponse, FileResponse)
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; font-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
LOCKED_DOWN = "sandbox; default-src 'none'"
_ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the store under the name that people know it by."""

    key: str
    content_type: str
    name: str


def document_response(request: HttpRequest, document: IssuedDocument, copies: Copies, *, pdf_url: str = "") -> HttpResponse:
    """The document's page with a bar to print it and, when there is a PDF, to download it. The caller has checked who asks."""
    context = {"document": document, "pdf_url": "" if document.pdf_pending else pdf_url, "copies": copies}
    response = HttpResponse(with_toolbar(document.html, render_to_string("documents/_toolbar.html", context, request)))
    # While the file is pending, the page looks for it by itself.
    asking = "; connect-src 'self'" if document.pdf_pending else ""
    response.headers["Content-Security-Policy"] = f"{PAGE_POLICY}{asking}; style-src 'self' {style_source(document.html)}"
    response.headers["Cache-Control"] = "no-store, private"
    return response


def pdf_response(document: IssuedDocument) -> FileResponse:
    """The document's file, to be saved. 404 while it is pending."""
    if document.pdf_pending:
        raise Http404(_("The PDF file is still being made, usually within a minute. Open the paper itself, or come back then."))
    name = f"{document.number.replace('/', '-')}.pdf"
    return attachment(StoredFile(document.storage_key, "application/pdf", name))


def attachment(stored: StoredFile) -> FileResponse:
    """The file to be saved, never shown by the browser itself. 404 if the store has lost it."""
    try:
        opened = default_storage.open(stored.key)
    except FileNotFoundError as error:
        raise Http404 from error
    ending = _ENDINGS.get(stored.content_type, "")
    name = stored.name if stored.name.lower().endswith(ending) else stored.name + ending
    return locked_down(FileResponse(opened, as_attachment=True, filename=name, content_type=stored.content_type))


def locked_down(response: Answer) -> Answer:
    """The answer can run nothing, be framed by nobody else and is kept by no cache."""
    response.headers["Content-Security-Policy"] = LOCKED_DOWN
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store, private"
    return response
