"""A TLS listener that nobody should trust: its certificate is self-signed, for another name, and long expired.

It counts who tried, and who went on to send a request in spite of it; a careful client never does.
"""

import socket
import ssl
import tempfile
import threading
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{"items":[]}'
SECONDS = 5.0


class WrongListener:
    """Listens on a port of the loopback interface that the kernel chose; one for each process."""

    def __init__(self) -> None:
        self.tried = self.accepted = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            pem = Path(folder) / "wrong.pem"
            pem.write_bytes(_wrong_certificate())
            self._context.load_cert_chain(pem)
        self._socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, name="sandbox-wrong-tls", daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://127.0.0.1:{self._socket.getsockname()[1]}"

    def as_json(self) -> dict[str, Any]:
        """Its address, who tried, and who sent a request although the certificate is wrong."""
        return {"url": self.url, "tried": self.tried, "accepted": self.accepted}

    def _serve(self) -> None:
        while True:
            connection, _peer = self._socket.accept()
            self.tried += 1
            threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, plain: socket.socket) -> None:
        plain.settimeout(SECONDS)
        with suppress(OSError), plain, self._context.wrap_socket(plain, server_side=True) as connection:
            if connection.recv(4096):
                self.accepted += 1
                connection.sendall(ANSWER)


@cache
def wrong_listener() -> WrongListener:
    """This process's listener, which starts when it is first asked for."""
    return WrongListener()


def _wrong_certificate() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ten-mien-khac.invalid")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2021, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + certificate.public_bytes(serialization.Encoding.PEM)
