"""A form that is sent after its session ended: what was typed is shown, with the way to sign in and a button to send it again."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory

from portal.core.referrer import referring_page
from tests.counters.conftest import Seat, hanoi, seat_at  # noqa: F401 -- fixtures
from tests.counters.rendered import form_values
from tests.counters.test_walk_in import begun, draft_at, filled, photo

NAME = "Trần Thị Ước Gõ Dở"


@pytest.fixture
def address(hanoi: Seat) -> str:  # noqa: F811
    """Of a draft at the counter, whose clerk's session has ended."""
    url = begun(hanoi)
    Session.objects.all().delete()
    return url


@pytest.mark.django_db
def test_what_was_typed_is_shown_and_can_be_sent_again(hanoi: Seat) -> None:  # noqa: F811
    url = begun(hanoi)
    values = filled(hanoi, url) | {"subject_full_name": NAME, "action": "save", "new_password": "Mật khẩu dài"}
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(hanoi.user, backend="django.contrib.auth.backends.ModelBackend")
    token = form_values(strict.get(url), form_id="intake")["csrfmiddlewaretoken"]
    Session.objects.all().delete()
    before = draft_at(url)

    answer = strict.post(url, values | {"csrfmiddlewaretoken": token, "files-x": photo("giay-to-rieng.jpg", "red")})

    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (403, "no-store")
    assert f"<li>{NAME}</li>" in page
    assert f'href="/dang-nhap/?next={url}"' in page
    assert "Bạn đã hết phiên đăng nhập" in page
    assert "chọn lại các tệp" in page
    assert ("Mật khẩu dài" in page, "giay-to-rieng" in page) == (False, False)
    assert (draft_at(url).answers, draft_at(url).revision) == (before.answers, before.revision)
    again = form_values(answer, action=url)
    strict.force_login(hanoi.user, backend="django.contrib.auth.backends.ModelBackend")
    del strict.cookies[settings.CSRF_COOKIE_NAME]  # signing in changes the token
    strict.get(url)
    outdated = strict.post(url, again)
    assert (outdated.status_code, f"<li>{NAME}</li>" in outdated.content.decode()) == (403, True)
    assert strict.post(url, form_values(outdated, action=url)).status_code == 302
    assert draft_at(url).answers["subject_full_name"] == NAME


@pytest.mark.django_db
def test_files_alone_are_not_lost_without_a_word(hanoi: Seat, address: str) -> None:  # noqa: F811
    answer = hanoi.client.post(address, {"files-x": photo("a.jpg", "red")})

    assert (answer.status_code, "chọn lại các tệp" in answer.content.decode()) == (403, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("referer", "following"),
    [
        ("http://testserver/quay/ho-so/H26-1/?trang=2", "/quay/ho-so/H26-1/%3Ftrang%3D2"),
        ("https://example.com/quay/", "/quay/ho-so/H26-1/ma-moi/"),
        ("", "/quay/ho-so/H26-1/ma-moi/"),
    ],
    ids=["ours", "foreign", "none"],
)
@pytest.mark.parametrize("values", [{}, {"name": NAME}], ids=["nothing typed", "typed"])
def test_after_signing_in_the_page_with_the_form_follows(values: dict[str, str], referer: str, following: str) -> None:
    answer = Client().post("/quay/ho-so/H26-1/ma-moi/", values, headers={"referer": referer})

    door = f"/dang-nhap/?next={following}"
    if values:
        assert (answer.status_code, f'href="{door}"' in answer.content.decode()) == (403, True)
    else:
        assert (answer.status_code, answer.headers["Location"]) == (302, door)


@pytest.mark.django_db
def test_pages_and_parts_of_pages_go_to_the_sign_in_page(hanoi: Seat, address: str) -> None:  # noqa: F811
    door = f"/dang-nhap/?next={address}"
    elsewhere = {"referer": "http://testserver/quay/"}

    answers = [
        hanoi.client.get(address, headers=elsewhere),
        hanoi.client.post(address, {"subject_full_name": NAME}, headers=elsewhere | {"hx-request": "true"}),
        hanoi.client.post(address, {"subject_full_name": NAME}, content_type="application/json"),
    ]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(302, door)] * 3


@pytest.mark.parametrize(
    ("referer", "page"),
    [
        ("http://testserver/quay/", "/quay/"),
        ("http://testserver/quay/?ma=%C6%AF", "/quay/?ma=%C6%AF"),
        ("http://testserver//example.com/", ""),
        ("http://testserver", ""),
        ("//example.com/quay/", ""),
        ("javascript:alert(1)", ""),
        ("http://[", ""),
    ],
)
def test_only_a_page_of_this_site_is_a_way_back(referer: str, page: str) -> None:
    assert referring_page(RequestFactory().post("/quay/tiep-nhan/", headers={"referer": referer})) == page
