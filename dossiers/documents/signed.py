"""A result that was signed elsewhere is taken only if its signatures hold; who signed stays on record with it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.errors import DomainError
from portal.core.signatures import Problem, Signature, signatures_of

WORDS: Mapping[Problem, str | Promise] = {
    Problem.BROKEN: gettext_lazy("its signature cannot be read"),
    Problem.NOT_PADES: gettext_lazy("its signature is not of the PAdES kind"),
    Problem.CHANGED: gettext_lazy("the document was changed after it was signed"),
    Problem.APPENDED: gettext_lazy("something was added after the signature"),
    Problem.UNTRUSTED: gettext_lazy("the certificate was not issued by an authority that is trusted here"),
    Problem.EXPIRED: gettext_lazy("the certificate has expired or is not valid yet"),
    Problem.REVOKED: gettext_lazy("the certificate was revoked"),
}


class SignatureRefused(DomainError):
    """The file is not a document whose signatures hold; the message says what is wrong."""


def verified(content: bytes, *, at: datetime) -> dict[str, Any]:
    """The proof that the signatures of the file hold, as it is kept. Raises SignatureRefused with the signer and what is wrong."""
    found = signatures_of(content)
    if not found:
        raise SignatureRefused(_("This PDF carries no digital signature. Sign it first, then attach it."))
    for each in found:
        if each.problem is not None:
            told = {"why": WORDS[each.problem], "signer": each.signer or _("unknown")}
            raise SignatureRefused(_("The signature does not hold: %(why)s (signer: %(signer)s).") % told)
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "checked_at": at.isoformat(timespec="seconds"),
        "signatures": [_kept(each) for each in found],
    }


def verified_file(key: str, sha256: str, *, at: datetime) -> dict[str, Any]:
    """The same for a file of the store, which must still be the one that arrived. Raises SignatureRefused."""
    if not default_storage.exists(key):
        raise SignatureRefused(_("The attached file is gone. Attach it again."))
    with default_storage.open(key) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SignatureRefused(_("The attached file is gone. Attach it again."))
    return verified(content, at=at)


def signed_at(proof: Mapping[str, Any]) -> datetime | None:
    """When the last signature says that it was made."""
    told = [each["signed_at"] for each in proof.get("signatures", []) if each.get("signed_at")]
    return datetime.fromisoformat(told[-1]) if told else None


def _kept(each: Signature) -> dict[str, str]:
    return {
        "signer": each.signer,
        "issuer": each.issuer,
        "serial": each.serial,
        "fingerprint": each.fingerprint,
        "signed_at": each.signed_at.isoformat(timespec="seconds") if each.signed_at else "",
    }
