"""Too much at once, in a real browser and through a real server: an answer that can be read, and a draft that is still there."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.dossiers.applicant.flow import BIRTH, begun, photo, signed_in
from tests.support.browser import OpenPage
from tests.support.live import Live

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(1800)]
TOO_MUCH, TOO_LARGE = 75 * 1024 * 1024, 11 * 1024 * 1024


def sparse(folder: Path, name: str, size: int) -> str:
    path = folder / name
    with path.open("wb") as file:
        file.write(b"\xff\xd8\xff")
        file.truncate(size)
    return str(path)


def papers(live: Live, open_page: OpenPage, *, javascript: bool) -> Page:
    person = signed_in(live)
    draft = begun(person, BIRTH).path
    page = open_page(base_url=live.url, javascript=javascript)
    page.context.add_cookies([{"name": name, "value": value, "url": live.url} for name, value in person.cookies.items()])
    page.goto(f"{draft}giay-to/")
    return page


def choose(page: Page, *files: str) -> None:
    """The files go to the first paper."""
    page.locator("input[type=file]").first.set_input_files(list(files))


def test_more_than_we_take_without_javascript(live: Live, open_page: OpenPage, tmp_path: Path) -> None:
    page = papers(live, open_page, javascript=False)

    choose(page, sparse(tmp_path, "lon.jpg", TOO_MUCH))
    page.locator("form:has(input[type=file]) button").first.click()

    expect(page.get_by_role("heading", name="Dữ liệu gửi lên quá lớn")).to_be_visible()
    page.go_back()
    expect(page.locator("input[type=file]").first).to_be_visible()


def test_more_than_we_take_with_javascript(live: Live, open_page: OpenPage, tmp_path: Path) -> None:
    page = papers(live, open_page, javascript=True)

    choose(page, sparse(tmp_path, "lon.jpg", TOO_MUCH))

    expect(page.get_by_role("alert").filter(has_text="Mỗi lần gửi không quá 60 MB")).to_be_visible()
    expect(page.locator("input[type=file]").first).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_one_file_too_large_is_named_and_the_other_is_kept(live: Live, open_page: OpenPage, tmp_path: Path, *, javascript: bool) -> None:
    page = papers(live, open_page, javascript=javascript)
    good = tmp_path / "tot.jpg"
    good.write_bytes(photo("tot.jpg")[1])

    choose(page, str(good), sparse(tmp_path, "qua-lon.jpg", TOO_LARGE))
    if not javascript:
        page.locator("form:has(input[type=file]) button").first.click()

    expect(page.get_by_text("Tệp “qua-lon.jpg” lớn hơn 10 MB").first).to_be_visible()
    expect(page.get_by_role("link", name="tot.jpg").first).to_be_visible()
    expect(page.get_by_role("link", name="qua-lon.jpg")).to_have_count(0)
