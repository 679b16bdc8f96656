"""The pictures of the README: real pages of a dossier under way. Written only with `--screenshots`."""

import io
from collections.abc import Callable

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page

from portal.core import paths
from tests.e2e.conftest import Site
from tests.e2e.hands import fill, start_walk_in, typed
from tests.e2e.pages import PROCEDURE
from tests.e2e.world import MARITAL_STATUS
from tests.support.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(1800)]
FOLDER = paths.ROOT / "docs" / "screenshots"
MOST_BYTES = 150_000
WIDTHS = {360: 760, 1280: 860}


def _at(url: str) -> Callable[[Page, Site], object]:
    return lambda page, _site: page.goto(url)


def _procedure(page: Page, site: Site) -> None:
    page.goto(reverse("procedures:procedure", kwargs=dict(PROCEDURE(site.world))))


def _walk_in(page: Page, site: Site) -> None:
    start_walk_in(page, MARITAL_STATUS)
    fill(page, typed(MARITAL_STATUS, subject_residence_text="Phường Ba Đình, Thành phố Hà Nội"))
    page.get_by_role("button", name="Lưu bản nháp").click()
    page.wait_for_load_state()
    page.evaluate("scrollTo(0, 0)")


def _slip(page: Page, site: Site) -> None:
    page.goto(reverse("dossiers:document", kwargs={"code": site.world.objects["slip"].verification_code}))


def _workbench(page: Page, site: Site) -> None:
    page.goto(reverse("dossiers:officer-dossier", kwargs={"code": site.world.dossier("assigned").code}))


def _tracking(page: Page, site: Site) -> None:
    page.goto(reverse("dossiers:followed", kwargs={"code": site.world.dossier("supplement").code}))


def _national(page: Page, site: Site) -> None:
    code = site.world.dossier("signed").code
    for _attempt in range(20):
        answer = page.goto(f"{site.live.sandbox_url}/npsp/dossiers/{code}/")
        if answer is not None and answer.ok:
            return
        page.wait_for_timeout(500)
    pytest.fail(f"{code} never reached the national portal")


SCENES: dict[str, tuple[str, Callable[[Page, Site], object]]] = {
    "home": ("anonymous", _at("/")),
    "procedure": ("anonymous", _procedure),
    "walk-in": ("clerk", _walk_in),
    "slip": ("clerk", _slip),
    "workbench": ("officer", _workbench),
    "tracking": ("follower", _tracking),
    "supervision": ("supervisor", _at("/giam-sat/")),
    "national-portal": ("anonymous", _national),
}


def small(picture: bytes) -> bytes:
    """The picture with as many colours as fit into the bytes that a README may load."""
    image, written = Image.open(io.BytesIO(picture)).convert("RGB"), io.BytesIO()
    for colours in (256, 128, 64, 32):
        written = io.BytesIO()
        image.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
        if len(written.getvalue()) <= MOST_BYTES:
            break
    return written.getvalue()


@pytest.mark.parametrize("name", SCENES)
def test_pictures_of_the_readme(site: Site, open_page: OpenPage, request: pytest.FixtureRequest, name: str) -> None:
    role, go = SCENES[name]
    for width, height in WIDTHS.items():
        page = open_page(width=width, height=height, base_url=site.live.url)
        site.sign_in(page.context, role)
        go(page, site)
        picture = small(page.screenshot(animations="disabled"))

        assert 5_000 < len(picture) <= MOST_BYTES
        if request.config.getoption("--screenshots"):
            FOLDER.mkdir(parents=True, exist_ok=True)
            (FOLDER / f"{name}-{width}.png").write_bytes(picture)
