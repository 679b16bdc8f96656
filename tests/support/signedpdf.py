"""A page, and the same signed by a body that is not one of ours."""

import io

import pypdfium2

from portal.core import seals

SIGNER = "Sở Tư pháp Hà Nội"


def plain_pdf() -> bytes:
    """One empty A4 page."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    written = io.BytesIO()
    document.save(written)
    document.close()
    return written.getvalue()


def signed_pdf() -> bytes:
    """The page with a signature by the authority that SEALS_DIR names now."""
    return seals.seal(plain_pdf(), code="H26.99", name=SIGNER, reason="Quyết định")
