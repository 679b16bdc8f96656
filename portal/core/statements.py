"""Statements that the installation signs with a key outside the database: Ed25519, SEALS_DIR/completeness.pem.

The public half lies beside it as `completeness-<key id>.pub.pem`, one file for each key that was ever used, so that old statements
can be checked after the key was changed. In the demo the key is made on first use; elsewhere a missing key is an error.
"""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

NAME = "completeness"


class KeyMissing(RuntimeError):
    """No usable key is on this machine."""


def sign(statement: bytes) -> tuple[str, str]:
    """Signature in hex, and the id of the key. Raises KeyMissing."""
    key = _key()
    public = key.public_key()
    key_id = _id(public)
    path = _folder() / f"{NAME}-{key_id}.pub.pem"
    _keep(path, public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    return key.sign(statement).hex(), key_id


def holds(statement: bytes, signature: str, key_id: str) -> bool:
    """Whether the key of that id signed exactly these bytes. Raises KeyMissing."""
    path = _folder() / f"{NAME}-{key_id}.pub.pem"
    if not key_id.isalnum() or not path.exists():
        raise KeyMissing(f"The public key {key_id[:16]} is not in SEALS_DIR.")
    public = serialization.load_pem_public_key(path.read_bytes())
    if not isinstance(public, Ed25519PublicKey) or _id(public) != key_id:
        raise KeyMissing(f"{path.name} is another key.")
    try:
        public.verify(bytes.fromhex(signature), statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key() -> Ed25519PrivateKey:
    path = _folder() / f"{NAME}.pem"
    if not path.exists():
        if not settings.SEALS_ARE_DEMO:
            raise KeyMissing(f"SEALS_DIR holds no {NAME}.pem, the key that certificates are signed with.")
        made = Ed25519PrivateKey.generate()
        form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        _keep(path, made.private_bytes(*form))
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), settings.SEAL_PASSWORD.encode() or None)
    except TypeError:
        key = serialization.load_pem_private_key(path.read_bytes(), None)  # a key without a password, though seals have one
    except ValueError as error:
        raise KeyMissing(f"{path.name} cannot be read.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyMissing(f"{path.name} is no Ed25519 key.")
    return key


def _id(public: Ed25519PublicKey) -> str:
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def _folder() -> Path:
    folder = Path(settings.SEALS_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _keep(path: Path, content: bytes) -> None:
    """The file exists, whole and readable by this account only; of two processes at once the first wins."""
    if path.exists():
        return
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        Path(temporary).unlink()
