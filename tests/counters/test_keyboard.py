"""A walk-in with nothing but a scanner and a keyboard, in a real browser, from the desk to the printed slip."""

import os
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from playwright.sync_api import Page, expect

from dossiers.models import Dossier
from portal.accounts.models import Role, User
from tests.factories import centre, staff
from tests.support.browser import OpenPage
from tests.support.live import Live

pytestmark = pytest.mark.browser
CARD = "001090012345|012345678|Nguyễn Văn Ước|03041990|Nam|12 phố Đội Cấn, Phường Ba Đình, Thành phố Hà Nội|01012022"
MOST_PRESSES = 60


class Keyboard:
    """Types text for nothing and counts every other key."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses = page, 0

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def press(self, key: str, times: int = 1) -> None:
        for _time in range(times):
            self.page.keyboard.press(key)
        self.presses += times

    def at(self) -> str:
        """The name of the control that has the focus."""
        return str(self.page.evaluate("document.activeElement.name || document.activeElement.id || document.activeElement.tagName"))

    def to(self, name: str) -> None:
        """Tab until the control has the focus."""
        for _time in range(MOST_PRESSES):
            if self.at() == name:
                return
            self.press("Tab")
        pytest.fail(f"{name} cannot be reached by Tab")


def sign_in(page: Page, user: User, live: Live) -> None:
    """The browser holds a session of the user."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": live.url}])


def keep(page: Page, name: str) -> None:
    """A picture for the eye, where one is wanted."""
    if folder := os.environ.get("COUNTER_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_sixty_keys_from_the_card_to_the_slip(live: Live, open_page: OpenPage) -> None:
    page = open_page(base_url=live.url)
    sign_in(page, staff(Role.CLERK, centre()), live)
    page.goto("/quay/")
    keep(page, "desk")
    keys = Keyboard(page)

    keys.type(CARD)
    keys.press("Enter")
    expect(page.locator("#id_owner_name")).to_have_value("Nguyễn Văn Ước")
    keep(page, "start")
    expect(page.locator("#id_q")).to_be_focused()
    keys.type("ct b")
    keys.press("Enter")
    page.wait_for_selector('button[name="code"]:focus')
    keep(page, "choices")
    keys.press("Enter")
    page.wait_for_url("**/tiep-nhan/*-*/")
    expect(page.locator("#id_p-phone")).to_be_focused()
    keep(page, "intake")
    keys.press("Control+Enter")
    page.wait_for_selector("#error-summary")
    keep(page, "errors")

    keys.press("Tab")
    keys.press("Enter")
    keys.to("documents_0_name")
    for text in ("Bằng tốt nghiệp đại học", "Đại học Bách khoa Hà Nội", "2", "3"):
        keys.type(text)
        keys.press("Tab")
    keys.to("has-ban-chinh-giay-to-va-ban-sao-can-chung-thuc")
    keys.press("Space")
    keys.press("Control+Enter")
    page.wait_for_url("**/da-nhan/")

    dossier = Dossier.objects.select_related("agency").get()
    assert dossier.agency is not None
    assert dossier.agency.name == "UBND phường Ba Đình, thành phố Hà Nội"
    expect(page.get_by_text(dossier.code).first).to_be_visible()
    expect(page.locator("a[data-hotkey=i]")).to_be_focused()
    keep(page, "filed")
    with page.context.expect_page() as opened:
        keys.press("Enter")
    assert dossier.code in opened.value.content()
    assert keys.presses <= MOST_PRESSES
    assert [text for text in page.problems if "422" not in text] == []  # type: ignore[attr-defined]
