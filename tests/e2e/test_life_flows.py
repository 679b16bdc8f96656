"""The life of a dossier by hand and without JavaScript: paid, accepted, supplemented, signed, collected; and urged and answered."""

import re

import pytest
from playwright.sync_api import Page, expect

from dossiers.models import Dossier, RefusedCollection, SupplementRequest
from tests.e2e.conftest import Site
from tests.e2e.hands import (
    CARD,
    CITIZEN,
    add_files,
    answer_declaration,
    claim,
    follow,
    main_button,
    press,
    propose_and_sign,
    quiet,
    sign_in_with_vneid,
    submit_draft,
    until,
)
from tests.e2e.test_pages import NARROW, WIDE, too_wide
from tests.e2e.world import MARITAL_STATUS
from tests.support.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(1800)]
HERE = "Phường Ba Đình, Thành phố Hà Nội"
OWN_CARD = f"{CITIZEN}||Nguyễn Thị Ước|12031990|Nữ|12 phố Hàng Bồ, Phường Hoàn Kiếm, Thành phố Hà Nội|01012022"
SCAN, CORRECTED = "giay-xac-nhan.jpg", "UBND phường Ngọc Hà, thành phố Hà Nội"


def test_from_home_over_the_gateway_and_a_supplement_to_the_collector_at_a_counter(site: Site, open_page: OpenPage) -> None:
    citizen = open_page(width=NARROW, javascript=False, base_url=site.live.url)
    desks = {
        role: open_page(width=WIDE, javascript=False, base_url=site.live.url) for role in ("agency_clerk", "officer", "leader", "clerk")
    }
    for role, page in desks.items():
        site.sign_in(page.context, role)

    code, secret = _filed(citizen)
    _paid(site, citizen, code)
    _accepted(desks["agency_clerk"], code)
    claim(desks["officer"], code)
    _asked(desks["officer"], code)
    _answered(citizen, code)
    propose_and_sign(desks["officer"], desks["leader"], code)
    _collected(desks["clerk"], code)
    citizen.goto(f"/ho-so-cua-toi/{code}/")
    expect(citizen.locator("main")).to_contain_text("Đã trả kết quả")
    anybody = open_page(width=NARROW, javascript=False, base_url=site.live.url)
    assert follow(anybody, code, secret) == code
    expect(anybody.locator("main")).to_contain_text("Đã trả kết quả")

    assert too_wide(citizen) + too_wide(anybody) == ""
    assert [said for page in (citizen, anybody, *desks.values()) for said in quiet(page)] == []


def _state(code: str) -> str:
    return str(Dossier.objects.values_list("state", flat=True).get(code=code))


def _filed(citizen: Page) -> tuple[str, str]:
    citizen.goto(f"/nop-ho-so/{MARITAL_STATUS}/")
    citizen.get_by_role("link", name="Đăng nhập bằng VNeID").click()
    sign_in_with_vneid(citizen)
    press(citizen, "Bắt đầu nộp hồ sơ")
    draft = citizen.url
    answer_declaration(citizen, draft, MARITAL_STATUS, subject_residence_text=HERE)
    citizen.goto(f"{draft}kiem-tra/")
    expect(citizen.locator("main")).to_contain_text("UBND phường Ba Đình")
    assert too_wide(citizen) == ""
    code, secret = submit_draft(citizen)
    expect(citizen.locator("main")).to_contain_text("Cần nộp")
    return code, secret


def _paid(site: Site, citizen: Page, code: str) -> None:
    """Over the gateway's own page and back; the receipt can be opened."""
    assert _state(code) == "payment_required"
    citizen.get_by_role("link", name="Nộp ngay").click()
    assert too_wide(citizen) == ""
    press(citizen, "Thanh toán trực tuyến")
    assert citizen.url.startswith(site.live.sandbox_url)
    citizen.locator('button[name="action"][value="pay"]').click()
    citizen.wait_for_url(f"{site.live.url}/**")
    expect(citizen.locator("main")).to_contain_text("Đã nộp")
    assert too_wide(citizen) == ""
    citizen.get_by_role("region", name="Biên lai").get_by_role("link").click()
    expect(citizen.locator("body")).to_contain_text(re.compile("biên lai", re.IGNORECASE))
    expect(citizen.locator("body")).to_contain_text(code)
    until(lambda: _state(code) == "awaiting_reception", "what was paid went nowhere")


def _accepted(clerk: Page, code: str) -> None:
    """By the counter of the competent agency, from its inbox."""
    clerk.goto("/quay/cho-tiep-nhan/")
    clerk.get_by_role("link", name=code).click()
    press(clerk, "Tiếp nhận hồ sơ")
    until(lambda: _state(code) == "in_transfer_to_agency", "what was accepted went nowhere")


def _asked(officer: Page, code: str) -> None:
    """For a paper and for a correction, in one request."""
    officer.goto(f"/xu-ly/{code}/yeu-cau-bo-sung/")
    officer.fill("[name=free-0-title]", "Giấy xác nhận nơi cư trú")
    officer.fill("[name=free-0-reason]", "Bản chụp bị mờ, không đọc được.")
    field = officer.locator("[name=field-marriage_place]")
    officer.locator("details", has=field).locator("summary").click()
    field.check()
    officer.fill("[name=field-marriage_place-reason]", "Ghi nơi sẽ đăng ký kết hôn.")
    main_button(officer)
    assert _state(code) == "supplement_requested", officer.locator("main").inner_text()


def _answered(citizen: Page, code: str) -> None:
    """The scan is kept before the words are written; then everything is sent."""
    citizen.goto(f"/ho-so-cua-toi/{code}/")
    citizen.get_by_role("link", name="Bổ sung hồ sơ").click()
    items = {item.field_key: item.pk for item in SupplementRequest.objects.get(dossier__code=code).items.all()}
    add_files(citizen, f'[name="files-{items[""]}"]', SCAN)
    citizen.fill(f'[name="answer-{items[""]}"]', "Tôi gửi lại bản chụp rõ nét.")
    citizen.locator('button[name="keep"]').click()
    expect(citizen.locator("section.card").first).to_contain_text("Đã nhận Tệp 1")
    expect(citizen.locator(f'[name="answer-{items[""]}"]')).to_have_value("Tôi gửi lại bản chụp rõ nét.")
    citizen.fill("[name=d-marriage_place]", CORRECTED)
    assert too_wide(citizen) == ""
    main_button(citizen)
    expect(citizen.locator("main")).not_to_contain_text("Bổ sung hồ sơ")
    assert _state(code) == "assigned"


def _collected(clerk: Page, code: str) -> None:
    """At a counter of another province, which turns somebody else away first."""
    clerk.goto(f"/quay/tra-ket-qua/{code}/")
    press(clerk, "In tại quầy này")
    clerk.fill("[name=card]", CARD)
    clerk.check("[name=identity_checked]")
    press(clerk, "Giao kết quả")
    assert _state(code) == "ready_for_collection"
    expect(clerk.locator("[name=name]")).to_have_value("Phạm Thị Ẩn")
    clerk.locator("details", has=clerk.locator("#reason")).locator("summary").click()
    clerk.fill("#reason", "Không phải chủ hồ sơ, không có giấy ủy quyền.")
    press(clerk, "Ghi nhận, không trả")
    assert RefusedCollection.objects.filter(dossier__code=code).count() == 1

    clerk.goto(f"/quay/tra-ket-qua/{code}/")
    expect(clerk.locator("aside.panel")).to_contain_text("Phạm Thị Ẩn")
    clerk.fill("[name=card]", OWN_CARD)
    clerk.check("[name=identity_checked]")
    press(clerk, "Giao kết quả")
    assert _state(code) == "closed", clerk.locator("main").inner_text()


def test_the_receiving_counter_urges_and_reads_the_answer(site: Site, open_page: OpenPage) -> None:
    code = site.world.dossier("queued").code
    clerk, officer = (open_page(width=WIDE, javascript=False, base_url=site.live.url) for _each in range(2))
    site.sign_in(clerk.context, "clerk")
    site.sign_in(officer.context, "officer")

    clerk.goto("/quay/theo-doi/")
    clerk.get_by_role("link", name=code).first.click()
    clerk.fill("#remind-text", "Người dân hỏi khi nào có kết quả.")
    press(clerk, "Gửi nhắc việc")
    officer.goto("/xu-ly/nhac-viec/")
    asked = officer.locator("main section.panel", has_text=code)
    expect(asked).to_contain_text("Người dân hỏi khi nào có kết quả.")
    asked.locator("textarea").fill("Lãnh đạo ký trong sáng mai.")
    with officer.expect_navigation():
        asked.locator("button").click()
    expect(officer.locator("main section.panel", has_text=code)).to_have_count(0)
    clerk.goto("/quay/theo-doi/nhac-viec/")
    expect(clerk.locator("tr", has_text=code)).to_contain_text("Lãnh đạo ký trong sáng mai.")
    clerk.get_by_role("link", name=code).click()

    expect(clerk.locator("main")).to_contain_text("Lãnh đạo ký trong sáng mai.")
    assert quiet(clerk) + quiet(officer) == []
