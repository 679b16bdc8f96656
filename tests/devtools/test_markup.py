"""Pages as the journey's people read and fill them in."""

import pytest

from portal.devtools.journey.markup import NotOnPage, read

PAGE = """
<html><head><title>x</title></head><body>
<div class="error-summary"><h2>Có lỗi</h2><ul><li>Nhập họ tên</li></ul></div>
<form id="search" action="/tim/"><input name="q" value="a"></form>
<form method="post" action="/nop/">
  <input type="hidden" name="csrfmiddlewaretoken" value="t0k">
  <input name="full_name" value="Ước">
  <input type="radio" name="sex" value="male"><input type="radio" name="sex" value="female" checked>
  <input type="checkbox" name="paper" value="a"><input type="checkbox" name="paper" value="b">
  <select name="case"><option value="1">Một</option><option value="2" selected>Hai</option></select>
  <textarea name="note">
dòng đầu</textarea>
  <input type="file" name="scan"><input name="off" disabled>
  <button name="action" value="save">Lưu</button><button name="action" value="submit">Nộp</button>
</form>
<a href="/tai-lieu/ABC/">In</a><script>var hidden = "không hiện";</script>
</body></html>
"""


def test_a_form_is_sent_as_a_browser_would():
    form = read(PAGE).form("full_name").fill({"full_name": "Ẩn", "sex": "male", "paper": ["b"], "case": "1"})

    assert form.pairs(("action", "submit")) == [
        ("csrfmiddlewaretoken", "t0k"),
        ("full_name", "Ẩn"),
        ("sex", "male"),
        ("paper", "b"),
        ("case", "1"),
        ("note", "dòng đầu"),
        ("action", "submit"),
    ]


@pytest.mark.parametrize(
    "values",
    [{"nickname": "x"}, {"sex": "other"}, {"case": "3"}, {"off": "1"}],
    ids=["no such field", "no such choice", "no such option", "a disabled field"],
)
def test_nobody_fills_in_what_the_page_does_not_offer(values):
    with pytest.raises(NotOnPage):
        read(PAGE).form("full_name").fill(values)


def test_nobody_presses_a_button_that_is_not_there():
    with pytest.raises(NotOnPage, match="delete"):
        read(PAGE).form("full_name").pairs(("action", "delete"))


def test_words_complaints_links_and_choices_are_read():
    page = read(PAGE)

    assert page.errors == "Có lỗi Nhập họ tên"
    assert "không hiện" not in page.words
    assert page.link("/tai-lieu/") == "/tai-lieu/ABC/"
    assert page.choices == [("1", "Một"), ("2", "Hai")]
    assert page.form(press=("action", "save")).action == "/nop/"
