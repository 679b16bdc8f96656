"""One view answers with the page or with its part."""

import pytest
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxMiddleware
from pytest_django import Settings

from portal.core.htmx import render_page

PAGE = "tests/list.html"
TEMPLATE = "<h1>Whole</h1>{% load partials %}{% partialdef results inline %}<p>{{ n }}</p>{% endpartialdef %}"


@pytest.fixture(autouse=True)
def one_page(settings: Settings) -> None:
    """A template that exists for this module only."""
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [("template_partials.loader.Loader", [("django.template.loaders.locmem.Loader", {PAGE: TEMPLATE})])],
                "builtins": ["template_partials.templatetags.partials"],
            },
        }
    ]


def answer(part: str | None = "results", text: str = "", **headers: str) -> HttpResponse:
    request = RequestFactory().get("/", headers=headers)
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    if text:
        messages.success(request, text)

    def view(request: HttpRequest) -> HttpResponse:
        return render_page(request, PAGE, {"n": 7}, part=part, status=422)

    return HtmxMiddleware(view)(request)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param({}, "<h1>Whole</h1><p>7</p>", id="plain request"),
        pytest.param({"HX-Request": "true"}, "<p>7</p>", id="htmx"),
        pytest.param({"HX-Request": "true", "HX-Boosted": "true"}, "<h1>Whole</h1><p>7</p>", id="boosted"),
        pytest.param({"HX-Request": "true", "HX-History-Restore-Request": "true"}, "<h1>Whole</h1><p>7</p>", id="history"),
    ],
)
def test_only_a_swap_gets_the_part(headers: dict[str, str], body: str) -> None:
    response = answer(**headers)

    assert (response.content.decode(), response.status_code, response.headers["Vary"]) == (body, 422, "HX-Request")


def test_without_a_part_htmx_gets_the_page() -> None:
    assert answer(part=None, **{"HX-Request": "true"}).content.decode() == "<h1>Whole</h1><p>7</p>"


def test_messages_travel_with_a_fragment_as_a_toast() -> None:
    response = answer(text="Saved", **{"HX-Request": "true"})

    assert response.headers["HX-Trigger"] == '{"toast": {"text": "Saved", "kind": "ok"}}'


def test_messages_stay_for_the_page_on_a_plain_request() -> None:
    assert "HX-Trigger" not in answer(text="Saved").headers
