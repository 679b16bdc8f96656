"""A walk-in without a mouse: the card's text and Enter, four letters of the procedure, a ward that was divided, the slip."""

import pytest
from playwright.sync_api import Page, expect

from tests.counters.test_keyboard import MOST_PRESSES, Keyboard
from tests.e2e.conftest import Site
from tests.support.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(1800)]
ANONYMOUS_CARD = "001090012345|012345678|Nguyễn Văn Ước|03041990|Nam||01012022"
OLD_PLACE = "Phường Kim Mã, Quận Ba Đình, Thành phố Hà Nội"
CARD = f"001090012345|012345678|Nguyễn Văn Ước|03041990|Nam|12 phố Kim Mã, {OLD_PLACE}|01012022"


def begin(keys: Keyboard, card: str) -> None:
    """The card is read, the procedure chosen by four letters, and its form open."""
    keys.page.goto("/quay/")
    keys.type(card)
    keys.press("Enter")
    expect(keys.page.locator("#id_owner_name")).to_have_value("Nguyễn Văn Ước")
    keys.type("ct b")
    keys.press("Enter")
    expect(keys.page.locator("button[name=code]").first).to_be_focused()
    keys.press("Enter")
    keys.page.locator("#intake").wait_for()


def describe_and_submit(keys: Keyboard) -> None:
    """The paper is described and ticked, and the dossier taken in."""
    keys.to("documents_0_name")
    for text in ("Bằng tốt nghiệp đại học", "Đại học Bách khoa Hà Nội", "2", "3"):
        keys.type(text)
        keys.press("Tab")
    keys.to("has-ban-chinh-giay-to-va-ban-sao-can-chung-thuc")
    keys.press("Space")
    keys.press("Control+Enter")


def printed_slip(keys: Keyboard) -> Page:
    """The slip, opened by the link that stands ready under Enter once the dossier is taken in."""
    keys.page.wait_for_url("**/da-nhan/")
    expect(keys.page.get_by_role("link", name="In giấy hẹn")).to_be_focused()
    with keys.page.context.expect_page() as opened:
        keys.press("Enter")
    return opened.value


def test_sixty_keys_with_an_address_from_before_the_merger(site: Site, open_page: OpenPage) -> None:
    page = open_page(base_url=site.live.url)
    site.sign_in(page.context, "clerk")
    keys = Keyboard(page)

    begin(keys, CARD)
    keys.press("Control+Enter")
    page.wait_for_selector("#error-summary")
    keys.press("Tab")
    keys.press("Enter")
    keys.to("requester_residence_successor")
    keys.press("Space")
    describe_and_submit(keys)
    slip = printed_slip(keys)

    assert page.url.split("/")[-3] in slip.content()
    assert keys.presses <= MOST_PRESSES
    assert [each for each in page.problems if "422" not in each] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("typed", "taken", "is_divided"),
    [
        ("ba dinh", "Phường Ba Đình, Thành phố Hà Nội", False),
        ("kim ma", "Phường Kim Mã, Quận Ba Đình, Thành phố Hà Nội (trước 01/07/2025)", True),
    ],
    ids=["new name", "old name"],
)
def test_sixty_keys_with_a_place_by_type_ahead(site: Site, open_page: OpenPage, typed: str, taken: str, is_divided: bool) -> None:
    page = open_page(base_url=site.live.url)
    site.sign_in(page.context, "clerk")
    keys = Keyboard(page)

    begin(keys, ANONYMOUS_CARD)
    keys.to("requester_residence_text")
    keys.type(typed)
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.locator("[name=requester_residence_text]")).to_have_value(taken)
    describe_and_submit(keys)
    if is_divided:
        page.wait_for_selector("#error-summary")
        keys.press("Tab")
        keys.press("Enter")
        keys.to("requester_residence_successor")
        keys.press("Space")
        keys.press("Control+Enter")
    slip = printed_slip(keys)

    assert page.url.split("/")[-3] in slip.content()
    assert keys.presses <= MOST_PRESSES
    assert [each for each in page.problems if "422" not in each] == []  # type: ignore[attr-defined]
