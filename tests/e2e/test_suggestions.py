"""Suggestions under a text box in a real browser: without diacritics, old names, by keyboard and by pointer, said aloud."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.e2e.test_pages import NARROW, RULES, too_wide, violations
from tests.support.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(1800)]
URL = "/quay-gan-ban/"
NEW, OLD = "Phường Ba Đình, Thành phố Hà Nội", "Phường Kim Mã, Quận Ba Đình, Thành phố Hà Nội (trước 01/07/2025)"


@pytest.fixture
def page(site: Site, open_page: OpenPage) -> Page:
    page = open_page(base_url=site.live.url)
    page.goto(URL)
    return page


@pytest.mark.parametrize(("typed", "first"), [("ba dinh", NEW), ("kim ma", OLD)], ids=["new name", "old name"])
def test_what_is_typed_without_diacritics_is_offered(page: Page, typed: str, first: str) -> None:
    box = page.get_by_role("combobox")

    box.press_sequentially(typed)

    expect(page.get_by_role("option").first).to_contain_text(first)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".suggest [role=status]")).to_have_text(f"{page.get_by_role('option').count()} gợi ý; dùng phím mũi tên để chọn")
    assert violations(page, runOnly=RULES) == []
    page.set_viewport_size({"width": NARROW, "height": 800})
    assert too_wide(page) == ""


def test_arrows_choose_enter_takes_and_then_sends(page: Page) -> None:
    box = page.get_by_role("combobox")
    box.press_sequentially("ba dinh")
    second = page.get_by_role("option").nth(1)
    label = second.get_attribute("data-value")

    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown"):
        box.press(key)
    expect(second).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == second.get_attribute("id")
    box.press("Enter")

    expect(box).to_have_value(str(label))
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert page.url.endswith(URL)
    box.press("Enter")
    page.wait_for_url("**/?q=*")


def test_keys_that_are_faster_than_the_list_wait_for_it(page: Page) -> None:
    box = page.get_by_role("combobox")
    box.focus()

    page.keyboard.insert_text("kim ma")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(box).to_have_value(OLD)


def test_escape_closes_and_leaves_what_was_typed(page: Page) -> None:
    box = page.get_by_role("combobox")
    box.press_sequentially("ba dinh")
    expect(page.get_by_role("option").first).to_be_visible()

    box.press("ArrowDown")
    box.press("Escape")

    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("ba dinh")


def test_a_finger_takes_one_and_nothing_found_is_said(page: Page) -> None:
    box = page.get_by_role("combobox")
    box.press_sequentially("ba dinh")

    page.get_by_role("option").first.click()
    expect(box).to_have_value(NEW)
    box.fill("zzzz")

    expect(page.locator(".suggest [role=status]")).to_have_text("Không có gợi ý")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_without_javascript_the_text_is_enough(site: Site, open_page: OpenPage) -> None:
    page = open_page(base_url=site.live.url, javascript=False)
    page.goto(URL)

    page.get_by_role("searchbox").fill("kim ma")
    page.get_by_role("searchbox").press("Enter")

    expect(page.get_by_text("Phường Kim Mã là tên cũ.")).to_be_visible()
