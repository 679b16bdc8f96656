"""The three ways through the portal by hand, each with JavaScript and again without: filing from home, at a counter, deciding."""

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from dossiers.models import Draft, Paper
from portal.accounts.models import User
from portal.core.db import acting_as
from procedures.formschema.library import form_for
from procedures.formschema.schema import parse_schema
from tests.e2e.conftest import Site
from tests.e2e.hands import add_files, expect_listed, fill, quiet, sign_in_with_vneid, start_walk_in, typed
from tests.e2e.world import MARITAL_STATUS
from tests.factories import who
from tests.support.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(1800)]
both_ways = pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
PHOTOS = ("can-cuoc-mat-truoc.jpg", "can-cuoc-mat-sau.jpg")
SECTIONS = [section.key for section in parse_schema(form_for(MARITAL_STATUS)).sections]
RESULT = {
    "d-subject_name": "Ngô Thị Ước",
    "d-subject_birth_date": "01/02/1990",
    "d-subject_sex": "Nữ",
    "d-subject_ethnic_group": "Kinh",
    "d-subject_nationality": "Việt Nam",
    "d-subject_identity": "Căn cước 001190000007",
    "d-subject_residence": "Phường Ba Đình, Thành phố Hà Nội",
    "d-status": "Chưa đăng ký kết hôn với ai",
    "d-purpose": "Đăng ký kết hôn",
    "summary": "Xác nhận bà Ngô Thị Ước hiện chưa đăng ký kết hôn với ai.",
}


def _go_on(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Lưu và tiếp tục").click()


def _answer_section(page: Page, key: str) -> None:
    """Until the page leads on: without JavaScript a dependent question is asked by the next page."""
    for _attempt in range(3):
        at = page.url
        fill(page, typed(MARITAL_STATUS, prefix="d", section=key))
        _go_on(page)
        if page.url != at:
            return
    pytest.fail(f"{key}: {page.locator('#error-summary').inner_text()}")


@both_ways
def test_filing_from_home_keeps_two_photos_whatever_happens(site: Site, open_page: OpenPage, *, javascript: bool) -> None:
    page = open_page(width=360, javascript=javascript, base_url=site.live.url)
    page.goto(f"/nop-ho-so/{MARITAL_STATUS}/")
    page.get_by_role("link", name="Đăng nhập bằng VNeID").click()
    sign_in_with_vneid(page)
    page.get_by_role("button", name="Bắt đầu nộp hồ sơ").click()
    draft = page.url

    # Two photos and one bad field: the page complains, and both are there.
    page.goto(f"{draft}phan/{SECTIONS[0]}/")
    fill(page, typed(MARITAL_STATUS, prefix="d", section=SECTIONS[0], requester_birth_date="31/02/1990"))
    add_files(page, "input[type=file]", *PHOTOS)
    _go_on(page)
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

    page.goto(f"{draft}cac-ben/")
    _go_on(page)
    for key in SECTIONS:
        page.goto(f"{draft}phan/{key}/")
        _answer_section(page, key)
    page.goto(f"{draft}kiem-tra/")
    expect_listed(page, *PHOTOS)
    page.locator("[name=declared]").check()
    page.get_by_role("button", name="Nộp hồ sơ").click()
    page.wait_for_url("**/da-nop/**")
    code, secret = page.locator("dd.code").all_inner_texts()[:2]

    assert _scans(code, Draft.objects.get(dossier__code=code).owner) == len(PHOTOS)
    assert _follows(open_page(javascript=javascript, base_url=site.live.url), code, secret) == code
    assert quiet(page) == []


def _scans(code: str, user: User) -> int:
    """How many files of the dossier this person sees."""
    with transaction.atomic(), acting_as(who(user).scope):
        return Paper.objects.filter(dossier__code=code).exclude(storage_key="").count()


def _follows(page: Page, code: str, secret: str) -> str:
    """Anybody with both codes; returns the code that the page of the dossier shows."""
    page.goto("/tra-cuu/")
    page.fill("[name=ma]", code.lower())
    page.fill("[name=secret]", secret)
    page.get_by_role("button", name="Xem hồ sơ").click()
    page.wait_for_url(f"**/tra-cuu/{code}/")
    return page.locator("main .code").first.inner_text()


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
            with page.expect_navigation():  # the page that is there now is loaded already
                page.get_by_role("button", name="Tiếp nhận").click()
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

    officer.goto("/xu-ly/?muc=chua-nhan")
    officer.get_by_role("link", name=dossier.code).click()
    with officer.expect_navigation():
        officer.get_by_role("button", name="Nhận xử lý").click()
    officer.goto(f"/xu-ly/{dossier.code}/trinh-ky/")
    for name, value in RESULT.items():
        officer.fill(f"[name='{name}']", value)
    with officer.expect_navigation():
        officer.get_by_role("button", name="Trình ký").click()
    leader.goto(f"/xu-ly/{dossier.code}/ky/")
    expect(leader.locator(".sheet-view")).to_contain_text("Ngô Thị Ước")
    with leader.expect_navigation():
        leader.get_by_role("button", name="Ký và phát hành").click()

    dossier.refresh_from_db()
    assert dossier.state in {"issued", "in_transfer_to_counter", "ready_for_collection"}
    assert quiet(officer) + quiet(leader) == []
