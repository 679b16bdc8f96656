"""A procedure from nothing, by hand: drafted without JavaScript on a phone, published by a second person, found and filed by a citizen."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import expect

from portal.core.clock import business_now, business_today
from procedures.actions.rulesets import RuleInput, add_change, create_rule_set, submit
from procedures.actions.rulesets_publish import publish
from procedures.models import Procedure
from tests.e2e.conftest import Site
from tests.e2e.hands import fill, press, sign_in_with_vneid
from tests.e2e.test_pages import NARROW, looked_at
from tests.support.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(300)]
CODE, NAME = "9.000777", "Xác nhận nơi cư trú trước sắp xếp"
HOME = f"/quan-tri/thu-tuc/{CODE}/"
ANSWERS = {
    "d-applicant_kind": ["person"],
    "d-full_name": ["Nguyễn Văn Thử"],
    "d-request_text": ["Xác nhận nơi cư trú trước ngày 01/7/2025"],
    "d-copies": ["1"],
    "d-muc_dich_xac_nhan": ["vay_von"],
    "d-place_text": ["Phường Ba Đình, Thành phố Hà Nội"],
}


def _rule(site: Site) -> None:
    """Who decides, published by two people the day before yesterday."""
    at, people = business_now() - timedelta(days=3), site.world.people
    with transaction.atomic():
        rules = create_rule_set(
            title="Thủ tục mới", legal_basis="Luật Cư trú", decision_number="1/QĐ", effective_from=at.date() + timedelta(days=1),
            actor=people["editor"], at=at,
        )  # fmt: skip
        rule = RuleInput(
            kind="commune_authority", procedure=Procedure.objects.get(code=CODE), agency_kind="commune_committee", place_fact="residence",
            legal_basis="Luật Cư trú, Điều 17",
        )  # fmt: skip
        add_change(rules, action="add", rule=rule)
        publish(submit(rules, at=at), actor=people["approver"], at=at)


def test_a_new_procedure_is_drafted_published_found_and_filed(site: Site, open_page: OpenPage) -> None:
    _drafted(site, open_page)
    _published(site, open_page)
    _found_and_filed(site, open_page)


def _drafted(site: Site, open_page: OpenPage) -> None:
    page = open_page(width=NARROW, height=800, javascript=False, base_url=site.live.url)
    site.sign_in(page.context, "editor")
    page.goto("/quan-tri/thu-tuc/moi/")
    fill(page, {"code": [CODE], "is_announced": ["on"], "short_name_vi": [NAME], "name_vi": [f"{NAME} đơn vị hành chính"]})
    fill(page, {"field": ["Hộ tịch"], "levels": ["commune"], "place_fact": ["residence"]})
    press(page, "Tạo bản nháp thủ tục")
    fill(
        page,
        {
            "channels": ["online", "direct"], "online_level": ["full"], "steps_vi": ["Nộp hồ sơ\nNhận kết quả"], "subjects_vi": ["Cá nhân"],
            "legal_basis": ["Luật Cư trú 68/2020/QH14"], "cases-0-time_value": ["3"], "cases-0-time_unit": ["working_day"],
            "papers-0-name_vi": ["Giấy tờ về nơi cư trú cũ"], "papers-0-kind": ["present_only"],
        },
    )  # fmt: skip
    press(page, "Lưu bản nháp")
    page.get_by_role("link", name="Biểu mẫu", exact=True).click()
    page.get_by_role("link", name="Thêm câu hỏi: Nội dung đề nghị").click()
    fill(page, {"label_vi": ["Mục đích xác nhận"], "type": ["choice"], "required": ["on"], "options": ["Vay vốn\nViệc khác"]})
    press(page, "Lưu bản nháp")
    page.goto(HOME)
    expect(page.locator("main")).to_contain_text("Còn thiếu trước khi trình duyệt")
    expect(page.locator("main")).to_contain_text("Kết quả: chưa có")
    page.goto(f"{HOME}ban-nhap/ket-qua/")
    fill(page, {"results-0-name_vi": ["Giấy xác nhận"], "results-0-outcome": ["grant"], "results-0-validity_months": ["6"]})
    press(page, "Lưu bản nháp")
    _rule(site)
    page.goto(HOME)
    expect(page.locator("main")).not_to_contain_text("Còn thiếu")
    press(page, "Trình duyệt")


def _published(site: Site, open_page: OpenPage) -> None:
    second = open_page(width=NARROW, height=800, base_url=site.live.url)
    site.sign_in(second.context, "approver")
    second.goto(f"{HOME}cong-bo/")
    expect(second.locator("main")).to_contain_text("“Mục đích xác nhận” (chọn một, bắt buộc)")
    assert looked_at(second) == []
    today = business_today().isoformat()
    for name, value in {"decision_number": "77/QĐ-BTP", "decision_on": today, "effective_from": today}.items():
        second.fill(f"[name={name}]", value)
    press(second, "Công bố")


def _found_and_filed(site: Site, open_page: OpenPage) -> None:
    citizen = open_page(width=NARROW, height=800, base_url=site.live.url)
    citizen.goto(f"{reverse('procedures:catalogue')}?q=xac nhan noi cu tru truoc sap xep")
    citizen.get_by_role("link", name=NAME).first.click()
    expect(citizen.locator("main")).to_contain_text("có giá trị 6 tháng")
    assert looked_at(citizen) == []
    citizen.goto(f"/nop-ho-so/{CODE}/")
    citizen.get_by_role("link", name="Đăng nhập bằng VNeID").click()
    sign_in_with_vneid(citizen)
    press(citizen, "Bắt đầu nộp hồ sơ")
    draft = citizen.url
    citizen.goto(f"{draft}cac-ben/")
    press(citizen, "Lưu và tiếp tục")
    for part in ("applicant", "request", "place", "attachments"):
        citizen.goto(f"{draft}phan/{part}/")
        fill(citizen, ANSWERS)
        press(citizen, "Lưu và tiếp tục")
    citizen.goto(f"{draft}kiem-tra/")
    expect(citizen.locator("main")).to_contain_text("Vay vốn")
    expect(citizen.locator("main")).to_contain_text("UBND phường Ba Đình")
    citizen.locator("[name=declared]").check()
    press(citizen, "Nộp hồ sơ")
    citizen.wait_for_url("**/da-nop/**")
