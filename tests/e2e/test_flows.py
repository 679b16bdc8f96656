"""The three ways through the portal by hand, each with JavaScript and again without: filing from home, at a counter, deciding."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from dossiers.models import Draft, Paper
from portal.accounts.models import User
from portal.core.db import acting_as
from tests.e2e.conftest import Site
from tests.e2e.hands import (
    add_files,
    answer_declaration,
    claim,
    expect_listed,
    fill,
    follow,
    parts_of,
    press,
    propose_and_sign,
    quiet,
    sign_in_with_vneid,
    start_walk_in,
    submit_draft,
    typed,
)
from tests.e2e.world import MARITAL_STATUS
from tests.factories import who
from tests.support.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(1800)]
both_ways = pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
PHOTOS = ("can-cuoc-mat-truoc.jpg", "can-cuoc-mat-sau.jpg")


@both_ways
def test_filing_from_home_keeps_two_photos_whatever_happens(site: Site, open_page: OpenPage, *, javascript: bool) -> None:
    page = open_page(width=360, javascript=javascript, base_url=site.live.url)
    page.goto(f"/nop-ho-so/{MARITAL_STATUS}/")
    page.get_by_role("link", name="Đăng nhập bằng VNeID").click()
    sign_in_with_vneid(page)
    page.get_by_role("button", name="Bắt đầu nộp hồ sơ").click()
    draft, first = page.url, parts_of(MARITAL_STATUS)[0]

    # Two photos and one bad field: the page complains, and both are there.
    page.goto(f"{draft}phan/{first}/")
    fill(page, typed(MARITAL_STATUS, prefix="d", section=first, requester_birth_date="31/02/1990"))
    add_files(page, "input[type=file]", *PHOTOS)
    press(page, "Lưu và tiếp tục")
    expect(page.locator("#error-summary")).to_be_visible()
    expect(page.locator("[name=d-requester_birth_date]")).to_have_value("31/02/1990")
    expect_listed(page, *PHOTOS)
    # The back button.
    page.goto(f"{draft}giay-to/")
    page.goto(draft)
    page.go_back()
    expect_listed(page, *PHOTOS)
    # A new start of the portal, and a new sign-in.
    site.live.restart("web")
    page.reload()
    expect_listed(page, *PHOTOS)
    page.context.clear_cookies()
    page.goto(f"{draft}giay-to/")
    sign_in_with_vneid(page)
    page.goto(f"{draft}giay-to/")
    expect_listed(page, *PHOTOS)

    answer_declaration(page, draft, MARITAL_STATUS)
    page.goto(f"{draft}kiem-tra/")
    expect_listed(page, *PHOTOS)
    code, secret = submit_draft(page)

    assert _scans(code, Draft.objects.get(dossier__code=code).owner) == len(PHOTOS)
    assert follow(open_page(javascript=javascript, base_url=site.live.url), code, secret) == code
    assert quiet(page) == []


def _scans(code: str, user: User) -> int:
    """How many files of the dossier this person sees."""
    with transaction.atomic(), acting_as(who(user).scope):
        return Paper.objects.filter(dossier__code=code).exclude(storage_key="").count()


@both_ways
def test_a_walk_in_keeps_two_scans_whatever_happens(site: Site, open_page: OpenPage, *, javascript: bool) -> None:
    page = open_page(javascript=javascript, base_url=site.live.url)
    site.sign_in(page.context, "clerk")
    start_walk_in(page, MARITAL_STATUS)

    answers = typed(MARITAL_STATUS)
    fill(page, answers | {"requester_birth_date": ["31/02/1990"]})
    page.locator("[name^=has-]:visible").first.check()
    add_files(page, "tr:not([hidden]) input[type=file]", *PHOTOS)
    page.get_by_role("button", name="Tiếp nhận").click()
    expect(page.locator("#error-summary")).to_be_visible()
    expect_listed(page, *PHOTOS)
    here = page.url
    page.goto("/quay/")
    site.live.restart("web")
    page.goto(here)
    expect_listed(page, *PHOTOS)
    expect(page.locator("[name=requester_birth_date]")).to_have_value("31/02/1990")

    for _attempt in range(2):
        if "/da-nhan/" not in page.url:
            fill(page, answers)
            press(page, "Tiếp nhận")
    page.wait_for_url("**/da-nhan/")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="In giấy hẹn").click()

    code = page.url.split("/")[-3]
    assert _scans(code, site.world.people["clerk"]) == len(PHOTOS)
    assert code in opened.value.content()
    assert quiet(page) == []


@both_ways
def test_deciding_from_the_queue_to_the_signature(site: Site, open_page: OpenPage, *, javascript: bool) -> None:
    dossier = site.world.dossier("queued" if javascript else "call")
    officer, leader = (open_page(javascript=javascript, base_url=site.live.url) for _ in range(2))
    site.sign_in(officer.context, "officer")
    site.sign_in(leader.context, "leader")

    claim(officer, dossier.code)
    propose_and_sign(officer, leader, dossier.code)

    dossier.refresh_from_db()
    assert dossier.state in {"issued", "in_transfer_to_counter", "ready_for_collection"}
    assert quiet(officer) + quiet(leader) == []
