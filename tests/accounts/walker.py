"""A person with a browser without JavaScript: cookies, redirects, forms with their hidden fields, files."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import urllib3

Upload = tuple[str, bytes, str]


@dataclass
class Form:
    """A form as it stands on the page: where it goes, and the values that its controls have."""

    action: str
    values: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.current: Form | None = None
        self.select = self.area = ""
        self.chosen: str | None = None
        self.first: str | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.current = Form(given.get("action", ""))
            self.forms.append(self.current)
        if self.current is None or "disabled" in given:
            return
        name = given.get("name", "")
        if name:
            self.current.names.add(name)
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "button" and name:
            self.current.buttons.append((name, given.get("value", "")))
        elif tag == "select":
            self.select, self.chosen, self.first = name, None, None
        elif tag == "option" and self.select:
            value = given.get("value", "")
            self.first = value if self.first is None else self.first
            self.chosen = value if "selected" in given else self.chosen
        elif tag == "textarea":
            self.area, self.text = name, ""

    def _input(self, name: str, given: dict[str, str]) -> None:
        assert self.current is not None
        kind = given.get("type", "text")
        if kind in {"checkbox", "radio"} and "checked" not in given:
            return
        if kind == "submit":
            self.current.buttons.append((name, given.get("value", "")))
        elif kind != "file":
            self.current.values.append((name, given.get("value", "on" if kind == "checkbox" else "")))

    def handle_data(self, data: str) -> None:
        if self.area:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.current = None
        if self.current is None:
            return
        if tag == "select" and self.select:
            value = self.chosen if self.chosen is not None else self.first
            if value is not None:
                self.current.values.append((self.select, value))
            self.select = ""
        if tag == "textarea" and self.area:
            self.current.values.append((self.area, self.text.lstrip("\n")))
            self.area = ""


class Page:
    """An answer, read as text and forms."""

    def __init__(self, url: str, answer: urllib3.BaseHTTPResponse) -> None:
        self.url, self.status, self.headers, self.data = url, answer.status, answer.headers, answer.data
        self.text = answer.data.decode("utf-8", "replace")

    @property
    def path(self) -> str:
        """Path and query of the page."""
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def forms(self) -> list[Form]:
        """The forms of the page in their order."""
        parser = _Forms()
        parser.feed(self.text)
        return parser.forms

    def form(self, action: str = "", having: str = "") -> Form:
        """The first form whose address ends with `action` and that has a control of that name."""
        for form in self.forms():
            address = urlsplit(urljoin(self.url, form.action)).path if form.action else urlsplit(self.url).path
            if (not action or address.endswith(action)) and (not having or having in form.names):
                return form
        raise AssertionError(f"no form {action} {having} on {self.url}: {[form.action for form in self.forms()]}")


class Walker:
    """Follows redirects; cookies ignore ports, as in a browser."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.http = urllib3.PoolManager(retries=False, timeout=180)
        self.cookies: dict[str, str] = {}
        self.seen: list[str] = []

    def get(self, path: str, *, follow: bool = True) -> Page:
        return self._go("GET", urljoin(self.base, path), None, {}, follow=follow)

    def submit(
        self, page: Page, fields: dict[str, Any] | None = None, *, action: str = "", having: str = "",
        files: list[tuple[str, Upload]] | None = None, follow: bool = True,
    ) -> Page:  # fmt: skip
        """The page's form with these values in place of its own; a value of None leaves the control out."""
        form = page.form(action, having)
        given = dict(fields or {})
        pairs = [(name, value) for name, value in form.values if name not in given]
        for name, value in given.items():
            pairs += [(name, str(one)) for one in (value if isinstance(value, list) else [value]) if one is not None]
        return self.post(urljoin(page.url, form.action) if form.action else page.url, pairs, files=files, came_from=page.url, follow=follow)

    def post(
        self, url: str, pairs: list[tuple[str, str]], *, files: list[tuple[str, Upload]] | None = None, came_from: str = "",
        follow: bool = True,
    ) -> Page:  # fmt: skip
        url = urljoin(self.base, url)
        if files:
            body, kind = urllib3.encode_multipart_formdata([*pairs, *files])
        else:
            body, kind = urlencode(pairs).encode(), "application/x-www-form-urlencoded"
        parts = urlsplit(url)
        headers = {"Content-Type": kind, "Origin": f"{parts.scheme}://{parts.netloc}", "Referer": came_from or url}
        return self._go("POST", url, body, headers, follow=follow)

    def _go(self, method: str, url: str, body: bytes | None, headers: dict[str, str], *, follow: bool) -> Page:
        for _ in range(12):
            self.seen.append(f"{method} {url}")
            sent = headers | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            answer = self.http.request(method, url, body=body, headers=sent, redirect=False)
            for line in answer.headers.getlist("Set-Cookie"):
                name, _, value = line.split(";")[0].partition("=")
                self.cookies[name] = value
                if "max-age=0" in line.lower():
                    del self.cookies[name]
            if not follow or answer.status not in {301, 302, 303}:
                return Page(url, answer)
            method, body, headers = "GET", None, {}
            url = urljoin(url, answer.headers["Location"])
        raise AssertionError(f"too many redirects: {self.seen[-12:]}")

    def sign_in(self, citizen_id: str, *, following: str = "/dang-nhap/") -> Page:
        """Through the identity provider's real pages, as this citizen; the page that the portal then shows."""
        page = self.submit(self.get(following), action="/accounts/oidc/vneid/login/")
        if "/vneid/dang-nhap/" in page.url:
            page = self.submit(page, {"citizen_id": citizen_id}, having="citizen_id")
        if not page.url.startswith(self.base):
            page = self.submit(page, {"action": "grant"}, having="action")
        return page
