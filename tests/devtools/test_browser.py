"""The browser that the other tests drive."""

import pytest

pytestmark = pytest.mark.browser


def test_a_page_has_the_width_theme_and_script_that_were_asked_for(open_page):
    script = "document.querySelector('%23said').textContent=innerWidth+String(matchMedia('(prefers-color-scheme: dark)').matches)"
    source = f"data:text/html,<p id=said>without</p><script>{script}</script>"
    narrow, plain = open_page(width=360, theme="dark"), open_page(javascript=False)

    for page in (narrow, plain):
        page.goto(source)

    assert narrow.inner_text("#said") == "360true"
    assert plain.inner_text("#said") == "without"
    assert narrow.problems == []
