"""The question that names each lawful agency, in a real browser: on the citizen's check page and beside the counter's form."""

import os
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from dossiers.actions.drafts import start_draft
from portal.agencies.queries import place_label
from portal.core.clock import business_now, business_today
from procedures.queries import current_version
from tests.dossiers.test_lawful_choice import BIRTH, CHOOSE, FATHER, MOTHER, birth, draft_of
from tests.e2e.conftest import Site
from tests.e2e.test_pages import NARROW, WIDE, too_wide, violations
from tests.factories import centre, committee, commune
from tests.support.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(1800)]
SHOTS = os.environ.get("CHOICE_SHOTS", "")


def looked_at(page: Page, name: str) -> list[str]:
    """What is wrong on a phone and on a desk, in both themes."""
    said: list[str] = []
    for width, scheme in ((NARROW, "light"), (NARROW, "dark"), (WIDE, "light"), (WIDE, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        said += [f"{width} {scheme}: {each}" for each in violations(page)] + [wide for wide in [too_wide(page)] if wide]
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
    return said


def test_the_citizen_chooses_on_the_check_page(site: Site, open_page: OpenPage) -> None:
    with transaction.atomic():
        _draft, url = draft_of(site.world.people["citizen"], BIRTH, birth())
    page = open_page(width=NARROW, base_url=site.live.url)
    site.sign_in(page.context, "citizen")

    page.goto(url)
    expect(page.get_by_role("group", name=CHOOSE)).to_be_visible()
    assert looked_at(page, "check") == []
    page.get_by_label("Tôi cam đoan").check()
    page.get_by_role("button", name="Nộp hồ sơ").click()
    expect(page.get_by_role("alert")).to_contain_text("Chọn cơ quan giải quyết.")
    assert looked_at(page, "check-refused") == []
    page.get_by_label(committee(MOTHER).name).check()
    page.get_by_role("button", name="Tính lại").click()
    expect(page.get_by_role("region", name="Cơ quan giải quyết")).to_contain_text(committee(MOTHER).name)


def test_the_preview_at_a_counter_asks_while_the_form_is_filled(site: Site, open_page: OpenPage) -> None:
    version = current_version(BIRTH, business_today())
    assert version is not None
    with transaction.atomic():
        draft = start_draft(
            version,
            version.cases.get(is_default=True),
            owner=site.world.people["clerk"],
            office=centre(),
            channel="direct",
            at=business_now(),
        )
    page = open_page(width=WIDE, base_url=site.live.url)
    site.sign_in(page.context, "clerk")
    page.goto(f"/quay/tiep-nhan/{draft.pk}/")

    page.locator('[name="father_residence_text"]').fill(place_label(commune(FATHER)))
    page.locator('[name="mother_residence_text"]').fill(place_label(commune(MOTHER)))
    page.locator('[name="mother_residence_text"]').blur()
    preview = page.locator("#preview")
    expect(preview.get_by_role("group", name=CHOOSE)).to_be_visible()
    assert looked_at(page, "preview") == []
    preview.get_by_label(committee(FATHER).name).check()
    expect(preview.locator("strong").first).to_have_text(committee(FATHER).name)
    expect(preview.get_by_label(committee(FATHER).name)).to_be_checked()
