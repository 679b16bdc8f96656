"""A browser without JavaScript: cookies, redirects, forms sent with everything that stands in them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit

import urllib3

from portal.devtools.journey import markup
from portal.devtools.journey.markup import Form, Markup

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 12
_http = urllib3.PoolManager(timeout=urllib3.Timeout(connect=10, read=60), retries=False, maxsize=16)


class Unexpected(AssertionError):
    """A page answered otherwise than a person needs."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send with a form."""

    name: str
    content: bytes
    content_type: str = "application/pdf"


@dataclass(slots=True)
class Page:
    """One answer."""

    url: str
    status: int
    content: bytes
    content_type: str
    _read: Markup | None = field(default=None, repr=False)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def html(self) -> str:
        return self.content.decode("utf-8", "replace")

    @property
    def shown(self) -> Markup:
        """The page as a person can use it."""
        if self._read is None:
            self._read = markup.read(self.html if "html" in self.content_type else "")
        return self._read

    def form(self, *names: str, action: str = "", press: tuple[str, str] | None = None) -> Form:
        """The first form with these fields, this address or this button. Raises Unexpected, which says what the page showed."""
        try:
            return self.shown.form(*names, action=action, press=press)
        except markup.NotOnPage as error:
            raise Unexpected(f"{self.url} ({self.status}): {error}; {self.complaint}") from error

    @property
    def complaint(self) -> str:
        """What the page says is wrong, or how it begins."""
        return self.shown.errors[:600] or self.shown.words[:300]


class Browser:
    """One person's browser. Cookies belong to the host, whatever the port, as in a real one."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.cookies: dict[str, str] = {}
        self.page = Page(base_url + "/", 0, b"", "")

    def get(self, url: str, *, expect: int = 200) -> Page:
        """Open the address and follow redirects. Raises Unexpected when the answer is another than `expect` (0: any)."""
        return self._arrived(self._follow("GET", url), expect)

    def send(
        self, form: Form, *, press: tuple[str, str] | None = None, files: Mapping[str, list[Upload]] | None = None, expect: int = 200
    ) -> Page:
        """Send the form of the present page by this button and follow redirects. Raises Unexpected."""
        try:
            pairs = form.pairs(press)
        except markup.NotOnPage as error:
            raise Unexpected(f"{self.page.url}: {error}") from error
        target = form.action or self.page.url
        if form.method == "get":
            return self.get(f"{target.split('?')[0]}?{urlencode(pairs)}", expect=expect)
        body, kind = _multipart(pairs, files) if files else (urlencode(pairs).encode(), "application/x-www-form-urlencoded")
        return self._arrived(self._follow("POST", target, body, kind), expect)

    def _arrived(self, page: Page, expect: int) -> Page:
        if expect and page.status != expect:
            raise Unexpected(f"{page.url} answered {page.status} instead of {expect}: {page.complaint}")
        return page

    def _follow(self, method: str, url: str, body: bytes = b"", content_type: str = "") -> Page:
        target = urljoin(self.page.url, url)
        for _turn in range(_MOST_REDIRECTS):
            answer = self._request(method, target, body, content_type)
            if answer.status not in _REDIRECTS:
                self.page = Page(target, answer.status, answer.data, answer.headers.get("Content-Type", ""))
                return self.page
            target = urljoin(target, answer.headers["Location"])
            if answer.status < 307:
                method, body, content_type = "GET", b"", ""
        raise Unexpected(f"{url} redirects without end")

    def _request(self, method: str, url: str, body: bytes, content_type: str) -> urllib3.BaseHTTPResponse:
        parts = urlsplit(url)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept": "text/html"}
        if method == "POST":
            headers |= {"Content-Type": content_type, "Origin": f"{parts.scheme}://{parts.netloc}", "Referer": self.page.url}
        answer = _http.request(method, url, body=body or None, headers=headers, redirect=False)
        for line in answer.headers.getlist("Set-Cookie"):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name.strip()] = value
        return answer


def _multipart(pairs: list[tuple[str, str]], files: Mapping[str, list[Upload]] | None) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in pairs]
    for name, uploads in (files or {}).items():
        for upload in uploads:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{upload.name}"\r\n'
            parts.append(f"{head}Content-Type: {upload.content_type}\r\n\r\n".encode() + upload.content + b"\r\n")
    return b"".join([*parts, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"
