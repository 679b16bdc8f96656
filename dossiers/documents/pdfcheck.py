"""Is this PDF only paper? Nothing that runs, hides or locks. PDFium is not thread-safe: one lock guards every use of it."""

import re
import threading
import zlib
from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw

PDFIUM_LOCK = threading.Lock()
MAX_PAGES = 200
_INFLATED_LIMIT = 32 * 1024 * 1024
_STREAM = re.compile(rb"(<<(?:[^<>]|<(?!<)|>(?!>)|<<[^<>]*>>)*>>)\s*stream\r?\n(.*?)endstream", re.DOTALL)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ENDS = rb"(?=[\s/<>\[\]()]|$)"
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|AA|XFA)" + _ENDS)
_OPEN_ACTION = re.compile(rb"/OpenAction" + _ENDS + rb"\s*(\[|<<[^>]*/S\s*/GoTo\b|)")


class Unreadable(ValueError):
    """No parser makes sense of it."""


class Locked(ValueError):
    """It is encrypted."""


class Active(ValueError):
    """It holds scripts, actions or other files."""


class TooLong(ValueError):
    """It has more pages than anyone will read."""


def check_pdf(content: bytes) -> int:
    """The number of pages of a PDF that is only paper. Raises Unreadable, Locked, Active, TooLong."""
    with PDFIUM_LOCK:
        pages = _parsed(content)
    if any(_is_active(text) for text in _outside_streams(content)):
        raise Active
    return pages


def _parsed(content: bytes) -> int:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise (Locked if "password" in str(error).lower() else Unreadable) from error
    try:
        if raw.FPDF_GetSecurityHandlerRevision(document.raw) != -1:
            raise Locked
        if raw.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0 or raw.FPDFDoc_GetAttachmentCount(document.raw) > 0:
            raise Active
        if raw.FPDF_GetFormType(document.raw) in (raw.FORMTYPE_XFA_FULL, raw.FORMTYPE_XFA_FOREGROUND):
            raise Active
        pages = len(document)
    finally:
        document.close()
    if not pages:
        raise Unreadable
    if pages > MAX_PAGES:
        raise TooLong
    return pages


def _outside_streams(content: bytes) -> Iterator[bytes]:
    """The objects themselves: what stands outside streams, and inside compressed object streams. Pictures may hold any bytes."""
    yield _STREAM.sub(rb"\1", content)
    budget = _INFLATED_LIMIT
    for head, body in _STREAM.findall(content):
        if b"/ObjStm" not in _spelled_out(head):
            continue
        try:
            inflated = zlib.decompressobj().decompress(body, budget)
        except zlib.error:
            continue
        budget -= len(inflated)
        if budget <= 0:
            raise Active
        yield inflated


def _is_active(text: bytes) -> bool:
    plain = _spelled_out(text)
    return bool(_ACTIVE.search(plain)) or any(not found.group(1) for found in _OPEN_ACTION.finditer(plain))


def _spelled_out(text: bytes) -> bytes:
    """Names without #xx escapes, which hide /J#53 from a plain search."""
    return _ESCAPED.sub(lambda found: bytes([int(found.group(1), 16)]), text)
