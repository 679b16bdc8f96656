"""Work of the outbox stream "document": the PDF of each issued page, made in a worker."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from dossiers.documents.render import pdf_parts
from dossiers.models import IssuedDocument, RegisterBook
from portal.core.clock import technical_now
from portal.core.pdf import PdfFailed, PdfUnavailable, to_pdf
from portal.core.seals import SealMissing, seal
from portal.outbox.actions import Claimed, Done, Outcome, Park, Retry

STAYS_INSIDE = frozenset({IssuedDocument.Kind.CONTROL_SHEET})
"""Papers between officials; all others carry the seal of the body that issues them."""

LOOK_AGAIN = timedelta(minutes=15)
"""How long a document waits on a machine without Pango; meanwhile its page is printed by the browser."""


def render_pending(messages: Sequence[Claimed]) -> list[tuple[Claimed, Outcome]]:
    """Each document or register has its PDF, or waits, or is parked with the reason. One that has it already is done."""
    documents = IssuedDocument.objects.in_bulk([message.payload["document"] for message in messages if "document" in message.payload])
    books = RegisterBook.objects.in_bulk([message.payload["register"] for message in messages if "register" in message.payload])
    return [(message, _outcome(_wanted(message, documents, books))) for message in messages]


def _wanted(
    message: Claimed, documents: Mapping[int, IssuedDocument], books: Mapping[int, RegisterBook]
) -> IssuedDocument | RegisterBook | None:
    if "register" in message.payload:
        return books.get(message.payload["register"])
    return documents.get(message.payload["document"])


def _outcome(wanted: IssuedDocument | RegisterBook | None) -> Outcome:
    if wanted is None:
        return Park("no such document")
    try:
        make_book(wanted) if isinstance(wanted, RegisterBook) else make_pdf(wanted)
    except (PdfUnavailable, SealMissing) as missing:
        return Retry(str(missing), LOOK_AGAIN)
    except PdfFailed as failed:
        if isinstance(wanted, RegisterBook):
            RegisterBook.objects.filter(pk=wanted.pk).update(problem=str(failed))
        return Park(str(failed))
    return Done()


def make_book(book: RegisterBook) -> bool:
    """The register's PDF/A is stored; it stays inside and carries no seal. False if it had one. Raises PdfUnavailable, PdfFailed."""
    if book.storage_key:
        return False
    page, stylesheets = pdf_parts(book.html)
    made = to_pdf(page, stylesheets=stylesheets)
    key = default_storage.save(f"registers/{book.bound_at:%Y%m}/{secrets.token_hex(20)}.pdf", ContentFile(made))
    digest = hashlib.sha256(made).hexdigest()
    mine = RegisterBook.objects.filter(pk=book.pk, storage_key="").update(storage_key=key, sha256=digest, problem="")
    if not mine:  # another worker was faster: its file counts
        default_storage.delete(key)
    return bool(mine)


def make_pdf(document: IssuedDocument) -> bool:
    """The document's PDF is stored under a random key, with its SHA-256; what leaves the house carries its issuer's seal.

    False if it had one. Raises PdfUnavailable, PdfFailed, SealMissing.
    """
    if not document.pdf_pending:
        return False
    page, stylesheets = pdf_parts(document.html)
    made = to_pdf(page, stylesheets=stylesheets)
    sealed_at = None
    if document.kind not in STAYS_INSIDE:
        made = seal(made, code=document.issuer_code, name=document.issuer_name, reason=f"{document.title_vi} {document.number}"[:200])
        sealed_at = technical_now()
    key = default_storage.save(f"documents/{document.issued_at:%Y%m}/{secrets.token_hex(20)}.pdf", ContentFile(made))
    digest = hashlib.sha256(made).hexdigest()
    mine = IssuedDocument.objects.filter(pk=document.pk, pdf_pending=True).update(
        storage_key=key, sha256=digest, pdf_pending=False, sealed_at=sealed_at
    )
    if not mine:  # another worker was faster: its file counts
        default_storage.delete(key)
    return bool(mine)
