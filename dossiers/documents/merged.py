"""The work papers of several dossiers as one PDF: control sheet, declaration, and what the applicant handed in."""

import io
from collections.abc import Iterable, Iterator, Sequence

import pypdfium2
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image

from dossiers.documents.pdfcheck import PDFIUM_LOCK
from dossiers.models import Dossier, IssuedDocument, Paper
from portal.core.errors import DomainError

PDF = "application/pdf"
MOST_PAGES = 1000
_KINDS = (IssuedDocument.Kind.CONTROL_SHEET, IssuedDocument.Kind.DECLARATION)
_WIDEST = 1654
"""A4 at 200 dots an inch."""


class NotPrintable(DomainError):
    """A PDF of the dossier is not made yet, or a file is missing."""


def printed_documents(dossier: Dossier) -> list[IssuedDocument]:
    """The valid control sheet and declaration. Raises NotPrintable while one of them has no PDF."""
    standing = IssuedDocument.objects.filter(dossier=dossier, kind__in=_KINDS, superseded_by__isnull=True, revoked_at__isnull=True)
    found = sorted(standing.defer("html"), key=lambda each: (_KINDS.index(IssuedDocument.Kind(each.kind)), each.pk))
    if any(each.pdf_pending for each in found):
        raise NotPrintable(_("Its PDF is still being made. Try again in a minute."))
    return found


def merged_pdf(dossiers: Sequence[Dossier]) -> bytes:
    """One file, dossier after dossier; nothing beyond MOST_PAGES. The caller has checked who asks. Raises NotPrintable."""
    with PDFIUM_LOCK:
        whole = pypdfium2.PdfDocument.new()
        try:
            for content in _parts(dossiers):
                _append(whole, content)
            written = io.BytesIO()
            whole.save(written)
            return written.getvalue()
        finally:
            whole.close()


def _parts(dossiers: Iterable[Dossier]) -> Iterator[bytes]:
    for dossier in dossiers:
        for document in printed_documents(dossier):
            yield _stored(document.storage_key)
        for paper in Paper.objects.filter(dossier=dossier).exclude(storage_key="").order_by("pk"):
            content = _stored(paper.storage_key)
            yield content if paper.content_type == PDF else _as_pdf(content)


def _append(whole: pypdfium2.PdfDocument, content: bytes) -> None:
    part = pypdfium2.PdfDocument(content)
    try:
        if len(whole) + len(part) > MOST_PAGES:
            raise NotPrintable(_("These are more than %(count)d pages. Print fewer dossiers at once.") % {"count": MOST_PAGES})
        whole.import_pages(part)
    finally:
        part.close()


def _as_pdf(content: bytes) -> bytes:
    picture = Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"])
    picture.thumbnail((_WIDEST, _WIDEST * 2))
    written = io.BytesIO()
    picture.convert("RGB").save(written, "PDF", resolution=200)
    return written.getvalue()


def _stored(key: str) -> bytes:
    try:
        with default_storage.open(key) as stored:
            content: bytes = stored.read()
    except FileNotFoundError as missing:
        raise NotPrintable(_("A file of this dossier is missing in the store.")) from missing
    return content
