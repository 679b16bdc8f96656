"""The little of a browser that the sandbox's pages need: cookies, and forms posted with their hidden fields."""

import html
import re
from urllib.parse import urlencode, urljoin

from tests.sandbox.client import Answer, Services


class Browser:
    """Keeps cookies; never follows redirects by itself."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.cookies: dict[str, str] = {}
        self.at = services.url + "/"

    def get(self, url: str) -> Answer:
        return self._send("GET", url)

    def submit(self, page: Answer, *, url: str = "", **fields: str) -> Answer:
        """The first form of the page with its hidden fields and these, sent to its address (or to `url`)."""
        form = re.search(r"<form([^>]*)>(.*?)</form>", page.data.decode(), re.DOTALL)
        assert form, page.data.decode()
        hidden = [(tag("name", part), tag("value", part)) for part in re.findall(r'<input[^>]*type="hidden"[^>]*>', form[2])]
        body = urlencode([*hidden, *fields.items()])
        return self._send("POST", url or tag("action", form[1]) or self.at, body)

    def _send(self, method: str, url: str, body: str = "") -> Answer:
        self.at = urljoin(self.at, url)
        assert self.at.startswith(self.services.url), self.at
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method == "POST":
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.services.url}
        answer = self.services.call(method, self.at.removeprefix(self.services.url), body=body, headers=headers)
        for line in answer.headers.getlist("Set-Cookie"):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def tag(name: str, text: str) -> str:
    """The value of an attribute; empty if it is not there."""
    found = re.search(rf'\b{name}="([^"]*)"', text)
    return html.unescape(found[1]) if found else ""
