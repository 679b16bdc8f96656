"""An agency's seal on a PDF: signed with its own certificate (PAdES baseline B, ETSI EN 319 142-1), checked by anyone.

Keys are PKCS#12 files in SEALS_DIR, one for each agency or office, named by its code; they are never in the database. In the demo
an authority of this installation's own issues them on first use; elsewhere an agency without a key waits, and the reason says so.
"""

import contextlib
import io
import logging
import os
import re
import tempfile
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings

from portal.core.clock import technical_now

AUTHORITY = "authority"
SIGNERS = "signers"
FIELD = "Seal"
Made = TypeVar("Made")
_LIFE = timedelta(days=3650)
_SAFE = re.compile(r"^[A-Za-z0-9.\-]{1,64}$")


class SealMissing(RuntimeError):
    """No key of this agency is on this machine."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the signature in a file says. `is_whole`: not a byte was changed since; `is_trusted`: the authority is ours."""

    is_whole: bool
    is_trusted: bool
    signer: str
    signed_at: datetime | None

    @property
    def holds(self) -> bool:
        return self.is_whole and self.is_trusted


def seal(pdf: bytes, *, code: str, name: str, reason: str) -> bytes:
    """The PDF with the seal of the agency or office `code`. Raises SealMissing."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 -- half a second
    from pyhanko.sign import fields, signers  # noqa: PLC0415

    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", reason=reason, name=name, subfilter=fields.SigSeedSubFilter.PADES, location="Việt Nam"
    )
    signer = signers.PdfSigner(meta, signer=_signer(code, name))
    made = in_a_thread(lambda: signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf))))
    return bytes(made.getbuffer())


def check(pdf: bytes) -> Checked | None:
    """What the seal of the file says; None for a file without one, or one that is no PDF at all."""
    from pyhanko.pdf_utils.misc import PdfError  # noqa: PLC0415 -- half a second
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415
    from pyhanko.sign.general import CMSExtractionError, SigningError  # noqa: PLC0415
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415
    from pyhanko.sign.validation.errors import SignatureValidationError  # noqa: PLC0415

    for each in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(each).setLevel(logging.CRITICAL)
    broken = (PdfError, SignatureValidationError, CMSExtractionError, SigningError, ValueError, KeyError, TypeError)
    try:
        found = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
        if not found:
            return None
        status = in_a_thread(lambda: validate_pdf_signature(found[-1], trust(), skip_diff=True))
    except (*broken, zlib.error, AssertionError, AttributeError, IndexError, OverflowError, RecursionError, NotImplementedError):
        return None
    whole = bool(status.intact and status.valid and _covers_all(found[-1]))
    subject = status.signing_cert.subject.native
    name = str(subject.get("organization_name") or subject.get("common_name") or "")
    return Checked(whole, bool(status.trusted), name, status.signer_reported_dt)


def in_a_thread(work: Callable[[], Made]) -> Made:
    """What `work` returns or raises. pyHanko drives an event loop of its own, which a thread that already runs one refuses."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()


def _covers_all(signature: Any) -> bool:
    """Whether nothing was appended after the signature."""
    from pyhanko.sign.validation.status import SignatureCoverageLevel  # noqa: PLC0415

    signature.compute_integrity_info(skip_diff=True)
    return bool(signature.evaluate_signature_coverage() is SignatureCoverageLevel.ENTIRE_FILE)


def trust() -> Any:
    """What a signature's certificate must lead to: our authority, or one of those that sign results elsewhere."""
    from asn1crypto.pem import unarmor  # noqa: PLC0415
    from asn1crypto.x509 import Certificate  # noqa: PLC0415
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    trusted = authority_pem() + b"\n" + signers_pem()
    roots = [Certificate.load(der) for _type, _headers, der in unarmor(trusted, multiple=True)]
    return ValidationContext(trust_roots=roots, allow_fetching=False)


def signers_pem() -> bytes:
    """The certificates of authorities whose signers may sign a result elsewhere: SIGNERS_PEM, else SEALS_DIR/signers.pem, else none."""
    path = Path(settings.SIGNERS_PEM) if settings.SIGNERS_PEM else _folder() / f"{SIGNERS}.pem"
    return path.read_bytes() if path.exists() else b""


def authority_pem() -> bytes:
    """The certificates that this installation trusts: SEALS_DIR/authority.pem, made in the demo. Raises SealMissing."""
    path = _folder() / f"{AUTHORITY}.pem"
    if not path.exists():
        _authority()
    return path.read_bytes()


@lru_cache(maxsize=512)
def _loaded(path: str, _changed: int) -> Any:
    from pyhanko.sign import signers  # noqa: PLC0415

    password = settings.SEAL_PASSWORD.encode() or None
    signer = signers.SimpleSigner.load_pkcs12(path, passphrase=password)  # type: ignore[no-untyped-call]
    if signer is None:
        raise SealMissing(f"The key {Path(path).name} cannot be read: check SEAL_PASSWORD.")
    return signer


def _signer(code: str, name: str) -> Any:
    if not _SAFE.match(code):
        raise SealMissing("The body that issued this has no code to find its key by.")
    path = _folder() / f"{code}.p12"
    if not path.exists():
        if not settings.SEALS_ARE_DEMO:
            raise SealMissing(f"No key of {code} is in SEALS_DIR.")
        key, certificate = _authority()
        _keep(path, lambda: _issued(code, name, key, certificate))
    return _loaded(str(path), path.stat().st_mtime_ns)


def _authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """The key and certificate of the demo's own authority, made once."""
    path = _folder() / f"{AUTHORITY}.p12"
    if not path.exists():
        if not settings.SEALS_ARE_DEMO:
            raise SealMissing("SEALS_DIR holds no authority.pem with the certificates to trust.")
        _keep(path, _new_authority)
    key, certificate, _others = pkcs12.load_key_and_certificates(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey) and certificate is not None  # noqa: S101, PT018 -- written by us
    public = certificate.public_bytes(serialization.Encoding.PEM)
    _keep(_folder() / f"{AUTHORITY}.pem", lambda: public)
    return key, certificate


def _new_authority() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.COMMON_NAME, "Một Cửa – chứng thực thử")])
    built = _certificate(name, name, key.public_key()).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return pkcs12.serialize_key_and_certificates(
        AUTHORITY.encode(), key, built.sign(key, hashes.SHA256()), None, serialization.NoEncryption()
    )


def _issued(code: str, name: str, key: ec.EllipticCurvePrivateKey, authority: x509.Certificate) -> bytes:
    own = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
            # At most 64 bytes of a common name are allowed, and Vietnamese letters take up to three.
            x509.NameAttribute(NameOID.COMMON_NAME, name.encode()[:64].decode(errors="ignore")),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, code),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    built = _certificate(subject, authority.subject, own.public_key())
    built = built.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True).add_extension(usage, critical=True)
    return pkcs12.serialize_key_and_certificates(code.encode(), own, built.sign(key, hashes.SHA256()), [authority], _encryption())


def _encryption() -> serialization.KeySerializationEncryption:
    password = settings.SEAL_PASSWORD.encode()
    return serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()


def _certificate(subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = technical_now()
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    return builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1)).not_valid_after(now + _LIFE)


def _folder() -> Path:
    folder = Path(settings.SEALS_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _keep(path: Path, make: Callable[[], bytes]) -> None:
    """The file exists, readable by this account only; of two processes that make it at once the first wins."""
    if path.exists():
        return
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(make())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        Path(temporary).unlink()
