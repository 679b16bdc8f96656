"""Signatures in a PDF that was signed elsewhere (PAdES): who signed, whether a byte was changed since, whether we trust the certificate."""

import io
import logging
import zlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from portal.core.seals import in_a_thread, trust

_PADES = frozenset({"/ETSI.CAdES.detached", "/adbe.pkcs7.detached"})
"""Baseline profile (EN 319 142-1) and basic profile (TS 102 778-2)."""


class Problem(StrEnum):
    """What is wrong with a signature."""

    BROKEN = "broken"
    NOT_PADES = "not_pades"
    CHANGED = "changed"
    APPENDED = "appended"
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature as it was found. `problem` is None for one that holds."""

    signer: str = ""
    issuer: str = ""
    serial: str = ""
    fingerprint: str = ""
    signed_at: datetime | None = None
    problem: Problem | None = None


def signatures_of(pdf: bytes) -> list[Signature]:
    """Every signature of the file in the order of signing; none for a file without one. A file that no reader opens has a broken one."""
    from pyhanko.pdf_utils.misc import PdfError  # noqa: PLC0415 -- half a second
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415
    from pyhanko.sign.general import CMSExtractionError, SigningError  # noqa: PLC0415
    from pyhanko.sign.validation.errors import SignatureValidationError  # noqa: PLC0415

    for each in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(each).setLevel(logging.CRITICAL)
    unreadable = (
        *(PdfError, SignatureValidationError, CMSExtractionError, SigningError, ValueError, KeyError, TypeError, zlib.error),
        *(AssertionError, AttributeError, IndexError, OverflowError, RecursionError, NotImplementedError),
    )
    try:
        found = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_regular_signatures
    except unreadable:
        return [Signature(problem=Problem.BROKEN)]
    told = []
    for place, each in enumerate(found, 1):
        try:
            told.append(_examined(each, is_last=place == len(found)))
        except unreadable:
            told.append(Signature(problem=Problem.BROKEN))
    return told


def _examined(signature: Any, *, is_last: bool) -> Signature:
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415
    from pyhanko.sign.validation.status import SignatureCoverageLevel  # noqa: PLC0415

    if str(signature.sig_object.get("/SubFilter", "")) not in _PADES:
        return Signature(problem=Problem.NOT_PADES)
    status = in_a_thread(lambda: validate_pdf_signature(signature, trust(), skip_diff=is_last))
    certificate = status.signing_cert
    is_whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE if is_last else status.docmdp_ok is not False
    problem = Problem.CHANGED if not (status.intact and status.valid) else None if is_whole else Problem.APPENDED
    return Signature(
        signer=_named(certificate.subject.native),
        issuer=_named(certificate.issuer.native),
        serial=f"{certificate.serial_number:X}",
        fingerprint=certificate.sha256.hex(),
        signed_at=status.signer_reported_dt,
        problem=problem or (None if status.trusted else _distrust(status)),
    )


def _distrust(status: Any) -> Problem:
    """Why the certificate is not trusted."""
    name = getattr(status.trust_problem_indic, "name", "")
    if "REVOKED" in name and "NOT_REVOKED" not in name:
        return Problem.REVOKED
    return Problem.EXPIRED if name in {"EXPIRED", "NOT_YET_VALID"} or name.startswith("OUT_OF_BOUNDS") else Problem.UNTRUSTED


def _named(subject: dict[str, Any]) -> str:
    return str(subject.get("common_name") or subject.get("organization_name") or "")
