"""What anyone may learn about an issued document: that it is genuine, whose it is, and whether it still holds. No personal data."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.core.files.storage import default_storage

from dossiers.documents.numbering import cleaned_code, readable
from dossiers.models import IssuedDocument, Result
from portal.core.seals import Checked as Seal
from portal.core.seals import check


class Standing(StrEnum):
    """Whether the document holds."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Later:
    """A document that took the place of an earlier one."""

    code: str
    title: str
    number: str
    issued_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Checked:
    """An issued document as the public page shows it. `later`: what followed it, the one that holds now last."""

    code: str
    printed_code: str
    standing: Standing
    kind: str
    title: str
    number: str
    issuer: str
    issued_at: datetime
    signer: str
    sha256: str
    has_file: bool
    sealed_at: datetime | None = None
    later: tuple[Later, ...] = ()
    revoked_at: datetime | None = None

    @property
    def next(self) -> Later | None:
        """What took this document's place."""
        return self.later[0] if self.later else None

    @property
    def newest(self) -> Later | None:
        """What holds now, if that is another one."""
        return self.later[-1] if self.later else None

    @property
    def sha256_parts(self) -> list[str]:
        """The hash in pieces between which a narrow screen may break it."""
        return [self.sha256[start : start + 8] for start in range(0, len(self.sha256), 8)]


def check_code(typed: str) -> Checked | None:
    """The document with this code; None if there is none. Tolerant of case, blanks and hyphens."""
    document = IssuedDocument.objects.filter(verification_code=cleaned_code(typed)).first()
    return _checked(document) if document else None


def _checked(document: IssuedDocument) -> Checked:
    later = _later(document)
    return Checked(
        code=document.verification_code,
        printed_code=readable(document.verification_code),
        standing=_standing(document, later),
        kind=document.get_kind_display(),
        title=document.title_vi,
        number=document.number,
        issuer=document.issuer_name,
        issued_at=document.issued_at,
        signer=_signer(document),
        sha256="" if document.pdf_pending else document.sha256,
        has_file=not document.pdf_pending,
        sealed_at=document.sealed_at,
        later=later,
        revoked_at=document.revoked_at,
    )


def _later(document: IssuedDocument) -> tuple[Later, ...]:
    """The chain of documents that followed, in their order."""
    found: list[Later] = []
    after = IssuedDocument.objects.filter(supersedes=document).defer("html").first()
    while after is not None:
        found.append(Later(after.verification_code, after.title_vi, after.number, after.issued_at, after.revoked_at))
        after = IssuedDocument.objects.filter(supersedes=after).defer("html").first()
    return tuple(found)


def _standing(document: IssuedDocument, later: tuple[Later, ...]) -> Standing:
    if document.revoked_at:
        return Standing.REVOKED
    return Standing.SUPERSEDED if later else Standing.VALID


def _signer(document: IssuedDocument) -> str:
    """The official who signed a result; slips are the office's."""
    signed = Result.objects.filter(document=document).select_related("signed_by").first()
    return signed.signed_by.full_name if signed and signed.signed_by else ""


def code_of_file(chunks: Iterable[bytes]) -> str:
    """The verification code of the issued file with exactly these bytes; empty if none was issued."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    found = (
        IssuedDocument.objects.filter(sha256=digest.hexdigest(), pdf_pending=False)
        .order_by("-pk")
        .values_list("verification_code", flat=True)
    )
    return found.first() or ""


def seal_of(checked: Checked) -> Seal | None:
    """What the seal in the stored file says; None for a paper without one."""
    key = (
        IssuedDocument.objects.filter(verification_code=checked.code, sealed_at__isnull=False).values_list("storage_key", flat=True).first()
    )
    if not key or not default_storage.exists(key):
        return None
    with default_storage.open(key) as file:
        return check(file.read())


def is_same_file(checked: Checked, chunks: Iterable[bytes]) -> bool:
    """Whether the bytes are exactly those of the issued file."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return checked.has_file and digest.hexdigest() == checked.sha256
