"""A client that keeps its connection, as a browser does."""

import http.client
import socket
import time
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import quote, urlencode, urlsplit

FEWEST = 5
HEADERS = {"Accept": "text/html", "Accept-Language": "vi", "User-Agent": "bench"}


class WrongAnswer(Exception):
    """The portal answered something else than the benchmark measures."""


@dataclass(slots=True)
class Client:
    """One kept connection with the cookies of one session."""

    base_url: str
    cookies: str
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        address = urlsplit(self.base_url)
        self.connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str) -> bytes:
        """The page. Cookies that it sets are kept. Raises WrongAnswer."""
        self.connection.request("GET", quote(path, safe="/?&=%+:"), headers=HEADERS | {"Cookie": self.cookies})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise WrongAnswer(f"GET {path} answered {answer.status}, expected 200")
        for header in answer.headers.get_all("Set-Cookie") or []:
            self.cookies += f"; {header.split(';', 1)[0]}"
        return body

    def post(self, path: str, body: bytes) -> str:
        """The address to which a successful form leads. Raises WrongAnswer with the errors that the page shows."""
        sent = HEADERS | {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded", "Origin": self.base_url}
        self.connection.request("POST", path, body, sent)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 302:
            raise WrongAnswer(f"POST {path} answered {answer.status}, expected 302: {_errors(content)}")
        return answer.headers["Location"] or ""

    def close(self) -> None:
        """The connection is closed."""
        self.connection.close()


def encoded(form: dict[str, object]) -> bytes:
    """The form as a browser sends it."""
    return urlencode(form, doseq=True).encode()


Side = tuple[Client, str]
"""A warm client and the address that it asks for."""


def typical_ms(first: Side, second: Side, seconds: float) -> tuple[float, float]:
    """Half of the requests to each side took less, in milliseconds. Asked in turn, one after the other."""
    took: tuple[list[float], list[float]] = ([], [])
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(took[0]) < FEWEST:
        for kept, (client, path) in zip(took, (first, second), strict=True):
            begun = time.perf_counter()
            client.get(path)
            kept.append(time.perf_counter() - begun)
    return median(took[0]) * 1000, median(took[1]) * 1000


def _errors(content: bytes) -> str:
    page = content.decode(errors="replace")
    found = page.find("error-summary")
    return " ".join(page[found : found + 600].split()) if found >= 0 else page[:200]
