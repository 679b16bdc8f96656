"""Papers that people bring: a photographed page and a signed PDF, made on the spot. Small, real, and nobody's."""

import io

from PIL import Image, ImageDraw

from portal.devtools.journey.browser import Upload

SIZE = (620, 877)
"""A page at 75 dots an inch."""


def photo(title: str) -> Upload:
    """A photograph of a page."""
    return Upload("giay-to.jpg", _drawn(title, "JPEG"), "image/jpeg")


def signed_pdf(title: str) -> Upload:
    """A result that the agency signed outside the portal."""
    return Upload("ket-qua-da-ky.pdf", _drawn(title, "PDF"), "application/pdf")


def _drawn(title: str, kind: str) -> bytes:
    page = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((40, 40, SIZE[0] - 40, SIZE[1] - 40), outline="black", width=2)
    pen.text((70, 80), title.encode("ascii", "ignore").decode() or "Motcua", fill="black")
    for line in range(14):
        pen.line((70, 160 + 40 * line, SIZE[0] - 70, 160 + 40 * line), fill="gray")
    out = io.BytesIO()
    page.save(out, kind)
    return out.getvalue()
