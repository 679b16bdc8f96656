"""Papers as pictures: an officer sees each page beside the answers, and nothing that came in is ever run or shown as itself."""

import io

import pypdfium2
from django.core.files.storage import default_storage
from PIL import Image

from dossiers.documents.pdfcheck import PDFIUM_LOCK

PDF = "application/pdf"
MAX_WIDTH = 1240
"""A4 at 150 dots an inch: small print stays readable."""


class NoSuchPage(LookupError):
    """The paper has no page of this number."""


def page_count(storage_key: str, content_type: str) -> int:
    """How many pages can be looked at; a picture is one."""
    if content_type != PDF:
        return 1
    with PDFIUM_LOCK, default_storage.open(storage_key) as stored:
        document = pypdfium2.PdfDocument(stored.read())
        try:
            return len(document)
        finally:
            document.close()


def page_png(storage_key: str, content_type: str, number: int) -> bytes:
    """Page `number` (from 1) as a PNG. Raises NoSuchPage."""
    with default_storage.open(storage_key) as stored:
        content: bytes = stored.read()
    return _png(_pdf_page(content, number) if content_type == PDF else _picture(content, number))


def _pdf_page(content: bytes, number: int) -> Image.Image:
    with PDFIUM_LOCK:
        document = pypdfium2.PdfDocument(content)
        try:
            if not 1 <= number <= len(document):
                raise NoSuchPage(number)
            page = document[number - 1]
            drawn: Image.Image = page.render(scale=min(MAX_WIDTH / max(page.get_width(), 1), 3)).to_pil()
            return drawn.copy()
        finally:
            document.close()


def _picture(content: bytes, number: int) -> Image.Image:
    if number != 1:
        raise NoSuchPage(number)
    picture = Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"])
    picture.thumbnail((MAX_WIDTH, MAX_WIDTH * 3))
    return picture.convert("RGB")


def _png(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
