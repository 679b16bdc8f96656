"""A person at a browser: signs in, types answers, adds photos."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import FilePayload, Page, expect

from procedures.formschema.answers import post_data
from procedures.formschema.library import form_for, sample_answers
from tests.e2e.world import picture

CITIZEN = "001190002345"
CARD = "001190004477|012345678|Phạm Thị Ẩn|03041990|Nữ|12 phố Đội Cấn, Phường Ba Đình, Thành phố Hà Nội|01012022"


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
