"""The citizen's pages in a real browser: both themes and widths, axe, no overflow; and filing by clicks with JavaScript."""

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from dossiers.models import DraftFile
from tests.accounts.walker import Walker
from tests.dossiers.applicant.flow import COPY, MARITAL_STATUS, begun, filled, photo, section_keys, signed_in, submitted
from tests.dossiers.applicant.test_following import asked_of, filed_online
from tests.support.browser import OpenPage
from tests.support.live import Live

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(1800)]
SHOTS = os.environ.get("APPLICANT_SHOTS", "")
SETTINGS = [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]


class World:
    """One citizen with a draft, a dossier to supplement and one to pay."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.person, supplemented = filed_online(live)
        self.supplemented = asked_of(supplemented).code
        draft = begun(self.person, COPY).path
        filled(self.person, draft, COPY)
        self.unpaid = submitted(self.person, draft).path.rstrip("/").rsplit("/", 1)[1]
        self.draft = begun(self.person).path
        filled(self.person, self.draft)
        self.empty = begun(self.person).path

    def paths(self) -> dict[str, str]:
        key = section_keys(MARITAL_STATUS)[0]
        return {
            "sign-in": "/dang-nhap/",
            "follow": "/tra-cuu/",
            "start": f"/nop-ho-so/{COPY}/",
            "tasks": self.empty,
            "parties": f"{self.draft}cac-ben/",
            "section": f"{self.draft}phan/{key}/",
            "papers": f"{self.draft}giay-to/",
            "check": f"{self.draft}kiem-tra/",
            "filed": f"/nop-ho-so/da-nop/{self.unpaid}/",
            "mine": "/ho-so-cua-toi/",
            "dossier": f"/ho-so-cua-toi/{self.supplemented}/",
            "supplement": f"/ho-so-cua-toi/{self.supplemented}/bo-sung/",
            "withdraw": f"/ho-so-cua-toi/{self.supplemented}/rut/",
            "fees": f"/ho-so/{self.unpaid}/nop-phi/",
        }


@pytest.fixture(scope="module")
def world(module_live: Live) -> World:
    return World(module_live)


def lend_cookies(page: Any, person: Walker, live: Live) -> None:
    """The browser belongs to this person."""
    page.context.add_cookies([{"name": name, "value": value, "url": live.url} for name, value in person.cookies.items()])


@pytest.mark.parametrize(("width", "theme"), SETTINGS, ids=str)
def test_pages_are_clean_at_every_width_and_theme(world: World, open_page: OpenPage, width: int, theme: str) -> None:
    faults: list[str] = []
    stranger = open_page(width=width, theme=theme, base_url=world.live.url)
    page = open_page(width=width, theme=theme, base_url=world.live.url)
    lend_cookies(page, world.person, world.live)
    for name, path in world.paths().items():
        one = stranger if name in {"sign-in", "follow"} else page
        one.goto(path)
        found = Axe().run(one).response["violations"]
        faults += [f"{name}: {each['id']} {each['nodes'][0]['html'][:160]}" for each in found]
        wide = one.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults += [f"{name}: {wide}px too wide"] if wide > 0 else []
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            one.screenshot(path=f"{SHOTS}/{name}-{width}-{theme}.png", full_page=True)
    assert faults + page.problems + stranger.problems == []  # type: ignore[attr-defined]


def test_a_citizen_signs_in_and_files_by_clicks(module_live: Live, open_page: OpenPage) -> None:
    page = open_page(width=360, base_url=module_live.url)
    page.goto(f"/nop-ho-so/{MARITAL_STATUS}/")
    page.get_by_role("link", name="Đăng nhập bằng VNeID").click()
    page.get_by_role("button", name="Đăng nhập bằng VNeID").click()
    page.locator("input[name=citizen_id], input[name=typed]").first.wait_for()
    choice = page.locator("input[name=citizen_id][value='001190002345'], button[name=citizen_id][value='001190002345']")
    choice.first.click()
    if page.locator("button[name=action][value=grant], input[name=action]").count() == 0:
        page.locator("form button[type=submit], form button:not([type])").first.click()
    page.locator("button[name=action][value=grant]").click()
    page.wait_for_url(f"**/nop-ho-so/{MARITAL_STATUS}/")
    page.get_by_role("button", name="Bắt đầu nộp hồ sơ").click()

    page.get_by_role("link", name="Giấy tờ", exact=True).click()
    name, content, kind = photo("can-cuoc.jpg")
    page.locator("input[type=file]").first.set_input_files({"name": name, "mimeType": kind, "buffer": content})
    page.get_by_role("link", name="can-cuoc.jpg").wait_for()

    assert DraftFile.objects.filter(name="can-cuoc.jpg").exists()
    assert page.problems == []  # type: ignore[attr-defined]


def test_typing_is_saved_by_itself_and_a_second_window_is_warned(world: World, open_page: OpenPage) -> None:
    draft = begun(world.person).path
    key = section_keys(MARITAL_STATUS)[0]
    first, second = (open_page(width=1280, base_url=world.live.url) for _ in range(2))
    for page in (first, second):
        lend_cookies(page, world.person, world.live)
        page.goto(f"{draft}phan/{key}/")

    box = first.locator("form input[type=text]").first
    box.fill("Nguyễn Thị Ước Mơ")
    box.blur()
    first.get_by_text("Đã lưu lúc").wait_for()
    other = second.locator("form input[type=text]").first
    other.fill("Tên khác")
    other.blur()
    second.get_by_text("đang mở ở cửa sổ khác").wait_for()

    first.get_by_role("button", name="Lưu", exact=True).click()
    first.wait_for_url(f"**{draft}")
    assert "Đã lưu" in first.content()


def test_nothing_needs_a_person_who_may_not_see_it(world: World) -> None:
    stranger = signed_in(world.live, "001203010888")

    assert [stranger.get(path).status for name, path in world.paths().items() if name in {"tasks", "dossier", "fees", "filed"}] == [404] * 4
