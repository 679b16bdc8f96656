"""Every page in a real browser: clean to axe in both themes, no wider than the screen, and silent on the console."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from tests.e2e.conftest import Site
from tests.e2e.hands import CITIZEN
from tests.e2e.pages import SANDBOX, VISITS, Visit
from tests.support.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(1800)]
NARROW, WIDE, MOST_ROWS = 360, 1280, 200
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ROLES = sorted({visit.role for visit in VISITS})


def violations(page: Page, **only: Any) -> list[str]:
    """What axe finds, a line each."""
    found = Axe().run(page, options={"resultTypes": ["violations"], **(only or {"runOnly": RULES})})
    return [f"{each['id']}: {node['html'][:160]}" for each in found.response["violations"] for node in each["nodes"]]


def too_wide(page: Page) -> str:
    """The elements that stick out of the screen; empty if the page cannot be scrolled sideways."""
    return str(
        page.evaluate("""() => {
          const width = document.documentElement.clientWidth
          if (document.documentElement.scrollWidth <= width) return ''
          return [...document.querySelectorAll('body *')].filter(each => each.getBoundingClientRect().right > width + 1)
            .slice(0, 4).map(each => each.outerHTML.slice(0, 120)).join(' | ') || 'the page itself'
        }""")
    )


def longest(page: Page) -> int:
    """The rows of the longest list, table or choice on the page."""
    return int(
        page.evaluate("""() => Math.max(0, ...[...document.querySelectorAll('main ul, main ol, tbody, select, datalist')]
          .map(each => each.tagName === 'SELECT' ? each.options.length : each.children.length))""")
    )


def complaints(page: Page, url: str, visit: Visit) -> list[str]:
    """All that is wrong with one page. Light and dark differ in colours only, so the second theme is asked about them alone."""
    problems: list[str] = page.problems  # type: ignore[attr-defined]
    problems.clear()
    page.set_viewport_size({"width": NARROW, "height": 800})
    page.emulate_media(color_scheme="light")
    answer = page.goto(url)
    assert answer is not None
    if answer.status != visit.status:
        return [f"{answer.status} {page.url}"]
    said = looked_at(page)
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.reload()  # its scripts start on the wide page too
    said += [f"{WIDE} px, loaded: {wide}" for wide in [too_wide(page)] if wide]
    return said + [each for each in problems if visit.status == 200 or str(visit.status) not in each]


def looked_at(page: Page) -> list[str]:
    """What is wrong with the page that is open, narrow and light: both themes, both widths, the longest list."""
    said = violations(page)
    page.emulate_media(color_scheme="dark")
    said += [f"dark {each}" for each in violations(page, runOnly={"type": "rule", "values": ["color-contrast"]})]
    said += [f"{NARROW} px: {wide}" for wide in [too_wide(page)] if wide]
    said += [f"a list of {rows} rows" for rows in [longest(page)] if rows > MOST_ROWS]
    page.set_viewport_size({"width": WIDE, "height": 900})
    said += [f"{WIDE} px: {wide}" for wide in [too_wide(page)] if wide]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": NARROW, "height": 800})
    return said


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_a_role(site: Site, open_page: OpenPage, role: str) -> None:
    page = open_page(width=NARROW, base_url=site.live.url)
    site.sign_in(page.context, role)

    visits = [visit for visit in VISITS if visit.role == role and visit.is_html]
    found = {str(visit): complaints(page, visit.url(site.world), visit) for visit in visits}

    assert {visit: said for visit, said in found.items() if said} == {}


def test_pages_of_the_simulated_services(site: Site, open_page: OpenPage) -> None:
    """The national portal, the register, the inbox, the gateway and the identity provider are looked at like our own pages."""
    page = open_page(width=NARROW, base_url=site.live.sandbox_url)
    found: dict[str, list[str]] = {}
    code = site.world.dossier("signed").code
    for path in SANDBOX:
        answer = page.goto(path.format(code=code))
        for _wait in range(20):
            if answer is not None and answer.ok:
                break
            page.wait_for_timeout(500)  # the status reaches the national portal a moment later
            answer = page.goto(path.format(code=code))
        found[path] = looked_at(page) if answer is not None and answer.ok else [f"{answer.status if answer else 'nothing'}"]
    found["pay"] = _gateway(site, open_page)
    found["sign in"], found["consent"] = _identity_provider(site, open_page)
    problems: list[str] = page.problems  # type: ignore[attr-defined]
    found["console"] = [each for each in problems if "404" not in each]

    assert {path: said for path, said in found.items() if said} == {}


def _gateway(site: Site, open_page: OpenPage) -> list[str]:
    page = open_page(width=NARROW, base_url=site.live.url)
    site.sign_in(page.context, "citizen")
    page.goto(reverse("payments:fees", args=[site.world.dossier("payment").code]))
    page.get_by_role("button", name="Thanh toán trực tuyến").click()
    page.wait_for_url(f"{site.live.sandbox_url}/**")
    return looked_at(page)


def _identity_provider(site: Site, open_page: OpenPage) -> tuple[list[str], list[str]]:
    page = open_page(width=NARROW, base_url=site.live.url)
    page.goto(reverse("accounts:sign_in"))
    page.get_by_role("button", name="Đăng nhập bằng VNeID").click()
    page.wait_for_url(f"{site.live.sandbox_url}/**")
    first = looked_at(page)
    page.locator(f"input[name=citizen_id][value='{CITIZEN}']").check()
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.get_by_role("button", name="Đồng ý").wait_for()
    return first, looked_at(page)
