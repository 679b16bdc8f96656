"""A person at a browser: signs in, types answers, adds photos, files, proposes, signs, follows."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import FilePayload, Page, expect

from portal.accounts.models import User
from portal.devtools.processes import wait_until
from procedures.formschema.answers import post_data
from procedures.formschema.library import form_for, sample_answers
from procedures.formschema.schema import parse_schema
from tests.e2e.conftest import Site
from tests.e2e.world import picture

CITIZEN = "001190002345"
CARD = "001190004477|012345678|Phạm Thị Ẩn|03041990|Nữ|12 phố Đội Cấn, Phường Ba Đình, Thành phố Hà Nội|01012022"

MARITAL_RESULT = {
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


def of_user(site: Site, page: Page, user: User) -> Page:
    """The page belongs to this person."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page.context.add_cookies([{"name": each.key, "value": each.value, "url": site.live.url} for each in client.cookies.values()])
    return page


def until(holds: Callable[[], bool], what: str) -> None:
    """The processes behind the pages have done it."""
    assert wait_until(holds, seconds=20, interval=0.5), what


def photos(*names: str) -> list[FilePayload]:
    """Photographs of papers, all different."""
    return [{"name": name, "mimeType": "image/jpeg", "buffer": picture(name)} for name in names]


def sign_in_with_vneid(page: Page, citizen_id: str = CITIZEN) -> None:
    """From the sign-in page through the identity provider and back."""
    page.get_by_role("button", name="Đăng nhập bằng VNeID").click()
    page.locator(f"input[name=citizen_id][value='{citizen_id}']").check()
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.get_by_role("button", name="Đồng ý").click()


def start_walk_in(page: Page, procedure: str) -> None:
    """The card is scanned and the procedure chosen; the page of the new draft is open."""
    page.goto("/quay/tiep-nhan/")
    page.fill("[name=card]", CARD)
    page.keyboard.press("Enter")
    expect(page.locator("#id_owner_name")).to_have_value("Phạm Thị Ẩn")
    page.fill("#id_q", procedure)
    page.locator("button[name=go]").last.click()
    page.locator(f"button[name=code][value='{procedure}'], #intake").first.wait_for()
    if page.locator("#intake").count() == 0:
        page.locator(f"button[name=code][value='{procedure}']").click()
    page.locator("#intake").wait_for()


def typed(procedure: str, *, prefix: str = "", section: str | None = None, **changes: str) -> dict[str, list[str]]:
    """The sample declaration by the names of its inputs."""
    data = post_data(form_for(procedure), sample_answers(procedure), prefix=prefix, sections=[section] if section else None)
    lead = f"{prefix}-" if prefix else ""
    return {name: [str(value) for value in values] for name, values in data.lists()} | {lead + key: [text] for key, text in changes.items()}


def press(page: Page, name: str) -> None:
    """The button is pressed and the page that answers is there; waiting for "loaded" alone would be content with the old one."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def main_button(page: Page) -> None:
    """The page's main action, as somebody without a mouse and without scripts takes it."""
    with page.expect_navigation():
        page.locator("main button[data-main]").first.click()


def fill(page: Page, answers: Mapping[str, list[str]]) -> None:
    """Every answer whose question can be seen; a question that appears only later is asked again by the page."""
    for name, values in answers.items():
        for box in page.locator(f"main [name='{name}']").all():
            if box.is_visible() and values != [""]:
                _answer(box, values)


def _answer(box: Any, values: list[str]) -> None:
    kind = box.get_attribute("type")
    if kind in {"radio", "checkbox"}:
        wanted = box.get_attribute("value") in values or (kind == "checkbox" and values == ["on"])
        if wanted:
            box.check()
    elif box.locator("option").count():
        box.select_option(values)
    elif kind != "hidden" and kind != "file":
        box.fill(values[0])


def add_files(page: Page, selector: str, *names: str) -> None:
    page.locator(selector).first.set_input_files(photos(*names))


def expect_listed(page: Page, *names: str) -> None:
    """Each file is on the page by its name."""
    for name in names:
        expect(page.get_by_text(name).first).to_be_visible()


def quiet(page: Page) -> list[str]:
    """What the console said; a refused form (422) is no fault."""
    problems: list[str] = page.problems  # type: ignore[attr-defined]
    return [each for each in problems if "422" not in each]


def parts_of(procedure: str) -> list[str]:
    """The parts of its declaration, in their order."""
    return [section.key for section in parse_schema(form_for(procedure)).sections]


def answer_declaration(page: Page, draft: str, procedure: str, **changes: str) -> None:
    """The parties and every part of the sample declaration are kept in the citizen's draft at this address."""
    page.goto(f"{draft}cac-ben/")
    press(page, "Lưu và tiếp tục")
    for key in parts_of(procedure):
        page.goto(f"{draft}phan/{key}/")
        _answer_part(page, typed(procedure, prefix="d", section=key, **changes))


def _answer_part(page: Page, answers: Mapping[str, list[str]]) -> None:
    """Until the page leads on: without JavaScript a dependent question is asked by the next page."""
    for _attempt in range(3):
        at = page.url
        fill(page, answers)
        press(page, "Lưu và tiếp tục")
        if page.url != at:
            return
    pytest.fail(f"{page.url}: {page.locator('#error-summary').inner_text()}")


def submit_draft(page: Page) -> tuple[str, str]:
    """From the check page to the confirmation; returns the code of the dossier and the secret to follow it with."""
    page.locator("[name=declared]").check()
    press(page, "Nộp hồ sơ")
    page.wait_for_url("**/da-nop/**")
    code, secret = page.locator("dd.code").all_inner_texts()[:2]
    return code, secret


def claim(officer: Page, code: str) -> None:
    """From the queue of those that nobody has yet."""
    officer.goto("/xu-ly/?muc=chua-nhan")
    officer.get_by_role("link", name=code).click()
    press(officer, "Nhận xử lý")


def propose_and_sign(officer: Page, leader: Page, code: str) -> None:
    """The certificate of the marital status is proposed by one person, read as it will be issued and signed by another."""
    officer.goto(f"/xu-ly/{code}/trinh-ky/")
    for name, value in MARITAL_RESULT.items():
        officer.fill(f"[name='{name}']", value)
    press(officer, "Trình ký")
    leader.goto(f"/xu-ly/{code}/ky/")
    expect(leader.locator(".sheet-view")).to_contain_text(MARITAL_RESULT["d-subject_name"])
    press(leader, "Ký và phát hành")


def follow(page: Page, code: str, secret: str) -> str:
    """Anybody with both codes; returns the code that the page of the dossier shows."""
    page.goto("/tra-cuu/")
    page.fill("[name=ma]", code.lower())
    page.fill("[name=secret]", secret)
    page.get_by_role("button", name="Xem hồ sơ").click()
    page.wait_for_url(f"**/tra-cuu/{code}/")
    return page.locator("main .code").first.inner_text()
