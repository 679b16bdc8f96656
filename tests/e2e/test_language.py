"""Every page and document, read as a person reads it: in Vietnamese with its marks, and in English without a break."""

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from portal.core import paths
from portal.core.outage import TypedField
from tests.e2e.pages import NO_PAGE, VISITS, Visit, names_of_urls
from tests.e2e.reading import faults, read
from tests.e2e.world import World

ERRORS = sorted(path.name for path in (paths.ROOT / "templates" / "errors").glob("[!_]*.html"))
TYPED = {"typed": [TypedField("note", "Đã gõ dở", is_text=True)], "has_files": True, "error": "Không thực hiện được."}


def test_every_url_is_visited_or_is_no_page():
    visited = {visit.name for visit in VISITS}

    assert set(names_of_urls()) == visited | set(NO_PAGE)
    assert not visited & set(NO_PAGE)


def _open(world: World, visit: Visit, language: str) -> str:
    client = world.client(visit.role)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get(visit.url(world))
    assert response.status_code == visit.status, f"{response.status_code} {response.headers.get('Location', '')}"
    return response.content.decode() if visit.is_html else ""


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_a_page_speaks_vietnamese(world, visit):
    page = _open(world, visit, "vi")
    if not visit.is_html:
        return

    language, texts = read(page)

    assert language == "vi"
    assert list(faults(texts)) == []


@pytest.mark.parametrize("visit", [visit for visit in VISITS if visit.is_html and not visit.is_paper], ids=str)
def test_a_page_opens_in_english(world, visit):
    language, texts = read(_open(world, visit, "en"))

    assert language == "en"
    assert texts


@pytest.mark.parametrize("context", [{}, TYPED], ids=["bare", "typed"])
@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_speaks_vietnamese(name, context):
    request = RequestFactory().post("/quay/tiep-nhan/", HTTP_REFERER="http://testserver/quay/")
    request.user = AnonymousUser()

    with translation.override("vi"):
        language, texts = read(render_to_string(f"errors/{name}", context, request=request))

    assert language == "vi"
    assert list(faults(texts)) == []
