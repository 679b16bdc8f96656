"""The people of the journey: each signs in as themselves, staff by password, citizens through the simulated VNeID."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from portal.devtools.journey.browser import Browser, Unexpected
from portal.devtools.world import PASSWORD


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody who wants something done. `address` is as the ID card states it."""

    personal_id: str
    name: str
    born: str
    sex: str
    address: str
    phone: str = ""

    @property
    def card(self) -> str:
        """The text of the card's QR code."""
        return "|".join([self.personal_id, "", self.name, self.born.replace("/", ""), self.sex, self.address, "01012022"])


class People:
    """Everybody's browser, signed in on first use and then kept; one person does one thing at a time."""

    def __init__(self, portal_url: str, sandbox_url: str) -> None:
        self.portal_url, self.sandbox_url = portal_url.rstrip("/"), sandbox_url.rstrip("/")
        self._lock = threading.Lock()
        self._known: dict[str, tuple[threading.RLock, Browser]] = {}
        self._signed_in: set[str] = set()

    @contextmanager
    def staff(self, username: str) -> Iterator[Browser]:
        """The browser of a member of staff."""
        with self._browser(username) as browser:
            if username not in self._signed_in:
                self._sign_in_staff(browser, username)
                self._signed_in.add(username)
            yield browser

    @contextmanager
    def citizen(self, personal_id: str) -> Iterator[Browser]:
        """The browser of a citizen."""
        with self._browser(personal_id) as browser:
            if personal_id not in self._signed_in:
                self._sign_in_citizen(browser, personal_id)
                self._signed_in.add(personal_id)
            yield browser

    def clerk(self, office: str) -> AbstractContextManager[Browser]:
        """A clerk of the office."""
        return self.staff(f"quay.{office.lower()}")

    def officer(self, agency: str) -> AbstractContextManager[Browser]:
        """A case officer of the agency."""
        return self.staff(f"canbo.{agency.lower()}")

    def leader(self, agency: str) -> AbstractContextManager[Browser]:
        """An approver of the agency."""
        return self.staff(f"lanhdao.{agency.lower()}")

    def anybody(self) -> Browser:
        """A browser in which nobody is signed in."""
        return Browser(self.portal_url)

    @property
    def accounts(self) -> int:
        """How many different people have acted."""
        return len(self._signed_in)

    @contextmanager
    def _browser(self, key: str) -> Iterator[Browser]:
        with self._lock:
            lock, browser = self._known.setdefault(key, (threading.RLock(), Browser(self.portal_url)))
        with lock:
            yield browser

    def _sign_in_staff(self, browser: Browser, username: str) -> None:
        form = browser.get("/dang-nhap/").form("login", "password").fill({"login": username, "password": PASSWORD})
        page = browser.send(form)
        if page.path.startswith("/dang-nhap/"):
            raise Unexpected(f"{username} could not sign in: {page.complaint}")

    def _sign_in_citizen(self, browser: Browser, personal_id: str) -> None:
        """Through the identity provider's own pages, with real redirects."""
        page = browser.send(browser.get("/dang-nhap/").form(action="/oidc/"))
        self._require_sandbox(page.url)
        page = browser.send(page.form("citizen_id").fill({"citizen_id": personal_id}))
        self._require_sandbox(page.url)
        page = browser.send(page.form(press=("action", "grant")), press=("action", "grant"))
        if not page.url.startswith(self.portal_url):
            raise Unexpected(f"the identity provider did not lead back: {page.url}: {page.complaint}")

    def _require_sandbox(self, url: str) -> None:
        if urlsplit(url).netloc != urlsplit(self.sandbox_url).netloc:
            raise Unexpected(f"expected a page of the identity provider, not {url}")
