"""A page can fetch nothing: no network, no files of the machine, whatever a person typed into it."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.core import pdf

pytestmark = pytest.mark.skipif(not pdf.is_available(), reason=f"PDFs need Pango: {pdf.APT_LINE}")


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A server on this machine that notes who connects."""
    seen: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    stopped = threading.Event()

    def listen() -> None:
        while not stopped.is_set():
            try:
                peer, _address = server.accept()
            except TimeoutError:
                continue
            seen.append(peer.recv(100))
            peer.close()

    thread = threading.Thread(target=listen)
    thread.start()
    yield server.getsockname()[1], seen
    stopped.set()
    thread.join()
    server.close()


def test_nothing_is_fetched(listener: tuple[int, list[bytes]], tmp_path: Path) -> None:
    port, seen = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP-SECRET-CANARY")
    style = tmp_path / "style.css"
    style.write_text("p { color: black; }")
    urls = [f"http://127.0.0.1:{port}/a", secret.as_uri(), "file:///etc/passwd", f"ftp://127.0.0.1:{port}/a", "//127.0.0.1/a"]
    page = "".join(
        f'<img src="{url}"><link rel="attachment" href="{url}"><link rel="stylesheet" href="{url}">'
        f'<p style="background:url({url})">x</p><style>@import url({url});</style><object data="{url}"></object>'
        for url in urls
    )
    made = pdf.to_pdf(f"<html lang='vi'><title>t</title><body>{page}</body></html>", stylesheets=(style,))

    assert made.startswith(b"%PDF-")
    assert seen == []
    assert b"EmbeddedFile" not in made
    assert len(made) < 30_000
