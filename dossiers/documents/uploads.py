"""Files that people hand in: checked, re-encoded, stored under a random key, kept on the draft from their arrival."""

import hashlib
import io
import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from dossiers.documents import pdfcheck
from dossiers.documents.signed import SignatureRefused, verified
from dossiers.models import Draft, DraftFile
from portal.core.errors import DomainError

MAX_PIXELS = 40_000_000
MAX_TOTAL_BYTES = 60 * 1024 * 1024
NAME_LENGTH = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file: what its names end with, what its bytes begin with, how Pillow calls it."""

    content_type: str
    endings: tuple[str, ...]
    magic: re.Pattern[bytes]
    picture: str = ""


KINDS = (
    Kind("application/pdf", (".pdf",), re.compile(rb"%PDF-")),
    Kind("image/jpeg", (".jpg", ".jpeg"), re.compile(rb"\xff\xd8\xff"), "JPEG"),
    Kind("image/png", (".png",), re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    Kind("image/webp", (".webp",), re.compile(rb"RIFF....WEBP", re.DOTALL), "WEBP"),
)
ACCEPT = ",".join(ending for kind in KINDS for ending in kind.endings)
"""For the accept attribute of file inputs."""


class UploadRefused(DomainError):
    """The file cannot be taken; the message names it and says what to do instead."""


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """A file that may be stored. `sha256` is of the bytes that arrived; `content` is what is kept (pictures re-encoded)."""

    content_type: str
    size: int
    sha256: str
    name: str
    content: bytes = field(repr=False)


def check_upload(file: "UploadedFile[bytes]") -> CheckedUpload:
    """The file is a plain PDF or picture within the limits. Raises UploadRefused."""
    name = display_name(file.name or "")
    if not file.size:
        raise UploadRefused(_("The file “%(name)s” is empty. Choose it again or take the photo again.") % {"name": name})
    if file.size > settings.UPLOAD_MAX_BYTES:
        raise UploadRefused(_("The file “%(name)s” is larger than 10 MB. Scan it with a lower resolution or split it.") % {"name": name})
    file.seek(0)
    content = file.read()
    kind = _kind_of(name, content)
    kept = _redrawn(content, kind, name) if kind.picture else _plain_pdf(content, name)
    return CheckedUpload(kind.content_type, len(kept), hashlib.sha256(content).hexdigest(), name, kept)


def check_signed_document(file: "UploadedFile[bytes]", *, at: datetime) -> CheckedUpload:
    """A result that was signed elsewhere: a PDF whose signatures hold, kept byte for byte. Raises UploadRefused."""
    checked = check_upload(file)
    if checked.content_type != "application/pdf":
        raise UploadRefused(_("A signed document must be a PDF file; “%(name)s” is a picture.") % {"name": checked.name})
    try:
        verified(checked.content, at=at)
    except SignatureRefused as refused:
        raise UploadRefused(f"“{checked.name}”: {refused}") from refused
    return checked


def display_name(name: str) -> str:
    """The name without folders, control and direction characters, short enough to show; only ever shown, never a path."""
    bare = PurePath(name.replace("\\", "/")).name
    plain = _CONTROL.sub("", unicodedata.normalize("NFC", bare)).strip(" .") or "tep"
    stem, dot, ending = plain.rpartition(".")
    return plain if len(plain) <= NAME_LENGTH else f"{stem[: NAME_LENGTH - 6]}…{dot}{ending[:4]}"


def _kind_of(name: str, content: bytes) -> Kind:
    """Ending and first bytes agree on one of our types."""
    for kind in KINDS:
        if name.lower().endswith(kind.endings) and kind.magic.match(content):
            return kind
    raise UploadRefused(
        _("“%(name)s” is not a PDF, JPEG, PNG or WebP file. Save it as PDF, or take a photo of the paper.") % {"name": name}
    )


def _plain_pdf(content: bytes, name: str) -> bytes:
    shown = {"name": name}
    try:
        pdfcheck.check_pdf(content)
    except pdfcheck.Locked as error:
        raise UploadRefused(
            _("The PDF “%(name)s” is protected by a password. Save it without protection and choose it again.") % shown
        ) from error
    except pdfcheck.Active as error:
        raise UploadRefused(
            _("The PDF “%(name)s” contains scripts, actions or other files. Print it to PDF and choose the new file.") % shown
        ) from error
    except pdfcheck.TooLong as error:
        raise UploadRefused(_("The PDF “%(name)s” has more than 200 pages. Split it into parts.") % shown) from error
    except pdfcheck.Unreadable as error:
        raise UploadRefused(_("The PDF “%(name)s” cannot be opened. Save or scan it again.") % shown) from error
    return content


def _redrawn(content: bytes, kind: Kind, name: str) -> bytes:
    """The picture drawn anew: upright, without place, time and camera, and without anything hidden behind it."""
    try:
        drawn = _upright(content, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        message = _("The picture “%(name)s” has more than 40 million pixels. Take it with a lower resolution.")
        raise UploadRefused(message % {"name": name}) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise UploadRefused(_("The picture “%(name)s” cannot be opened. Take the photo again.") % {"name": name}) from error
    clean = Image.new(drawn.mode, drawn.size)
    clean.paste(drawn)
    written = io.BytesIO()
    options = {} if kind.picture == "PNG" else {"quality": 88}
    clean.save(written, kind.picture, **options)
    return written.getvalue()


def _upright(content: bytes, kind: Kind) -> Image.Image:
    """The decoded picture, turned as its camera held it. Raises DecompressionBombError before decoding a huge one."""
    with Image.open(io.BytesIO(content), formats=[kind.picture]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise Image.DecompressionBombError
        upright = ImageOps.exif_transpose(picture)
        mode = "RGB" if kind.picture == "JPEG" or upright.mode not in {"L", "RGB", "RGBA"} else upright.mode
        return upright.convert(mode)


def store_upload(checked: CheckedUpload) -> str:
    """The file is in the store; returns its random key, which tells nothing."""
    return default_storage.save(f"uploads/{secrets.token_hex(2)}/{secrets.token_hex(20)}", ContentFile(checked.content))


@transaction.atomic
def attach_to_draft(draft: Draft, *, requirement_key: str, file: "UploadedFile[bytes]", at: datetime) -> DraftFile:
    """The file is kept with the draft, once however often it is sent. Raises UploadRefused."""
    checked = check_upload(file)
    Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    files = DraftFile.objects.filter(draft=draft)
    if found := files.filter(requirement_key=requirement_key, sha256=checked.sha256).first():
        return found
    if files.count() >= settings.UPLOAD_MAX_FILES:
        raise UploadRefused(
            _("A dossier can have at most %(count)s files. Put several pages into one PDF.") % {"count": settings.UPLOAD_MAX_FILES}
        )
    if (files.aggregate(total=Sum("size"))["total"] or 0) + checked.size > MAX_TOTAL_BYTES:
        raise UploadRefused(_("The files of a dossier can have at most 60 MB together. Scan them with a lower resolution."))
    return DraftFile.objects.create(
        draft=draft,
        requirement_key=requirement_key,
        name=checked.name,
        content_type=checked.content_type,
        size=checked.size,
        sha256=checked.sha256,
        storage_key=store_upload(checked),
        arrived_at=at,
    )


@transaction.atomic
def remove_from_draft(draft: Draft, *, file_id: int) -> bool:
    """The file is no longer part of the draft, and gone from the store after the commit. False if it was not there."""
    found = DraftFile.objects.select_for_update(of=("self",)).filter(draft=draft, pk=file_id).first()
    if found is None:
        return False
    key = found.storage_key
    found.delete()
    transaction.on_commit(lambda: default_storage.delete(key))
    return True
