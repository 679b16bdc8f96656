"""Papers that people bring: a photographed page and a signed PDF, made on the spot. Small, real, and nobody's."""

import io

import pypdfium2
from PIL import Image, ImageDraw

from portal.core import seals
from portal.devtools.journey.browser import Upload

SIZE = (620, 877)
"""A page at 75 dots an inch."""
A4 = (595, 842)
SIGNER = "H26.99.99"
"""The key of this name is the demo's; its authority is one that the demo trusts."""


def photo(title: str) -> Upload:
    """A photograph of a page."""
    return Upload("giay-to.jpg", _drawn(title), "image/jpeg")


def signed_pdf(title: str) -> Upload:
    """A result that the agency signed outside the portal."""
    signed = seals.seal(_as_pdf(_drawn(title)), code=SIGNER, name="Văn thư cơ quan giải quyết (thử)", reason=title)
    return Upload("ket-qua-da-ky.pdf", signed, "application/pdf")


def _drawn(title: str) -> bytes:
    page = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((40, 40, SIZE[0] - 40, SIZE[1] - 40), outline="black", width=2)
    pen.text((70, 80), title.encode("ascii", "ignore").decode() or "Motcua", fill="black")
    for line in range(14):
        pen.line((70, 160 + 40 * line, SIZE[0] - 70, 160 + 40 * line), fill="gray")
    out = io.BytesIO()
    page.save(out, "JPEG")
    return out.getvalue()


def _as_pdf(photograph: bytes) -> bytes:
    """The page as a document that a signature can be put on."""
    document = pypdfium2.PdfDocument.new()
    page, picture = document.new_page(*A4), pypdfium2.PdfImage.new(document)
    picture.load_jpeg(io.BytesIO(photograph))
    picture.set_matrix(pypdfium2.PdfMatrix().scale(*A4))
    page.insert_obj(picture)
    page.gen_content()
    written = io.BytesIO()
    document.save(written)
    document.close()
    return written.getvalue()
