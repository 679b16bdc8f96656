"""The public pages, the display choices, and the pages for what went wrong."""

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/", "Nộp hồ sơ ở bất cứ quầy nào. Nhận kết quả ở nơi bạn chọn."),
        ("/tro-giup/", "Cách nộp, theo dõi và nhận kết quả"),
        ("/phim-tat/", "Phím tắt"),
        ("/kha-nang-tiep-can/", "Tuyên bố về khả năng tiếp cận"),
        ("/quyen-rieng-tu/", "Quyền riêng tư"),
        ("/bo-giao-dien/", "Bộ giao diện"),
    ],
)
def test_each_page_has_one_heading_in_vietnamese(client: Client, path: str, heading: str) -> None:
    response = client.get(path)

    headings = re.findall(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), re.DOTALL)
    assert (response.status_code, headings) == (200, [heading])


def test_the_home_page_offers_every_province_and_a_search(client: Client) -> None:
    page = client.get("/").content.decode()

    assert len(re.findall(r'href="/quay-gan-ban/\?tinh=\d+"', page)) == 34
    assert '<form class="searchbox" action="/thu-tuc/" method="get" role="search">' in page
    assert "/thu-tuc/?q=khai+sinh" in page


def test_choices_are_kept_in_cookies_and_lead_back(client: Client) -> None:
    response = client.post("/tuy-chon/", {"language": "en", "theme": "dark", "text": "huge", "next": "/tro-giup/"})

    assert (response.status_code, response.headers["Location"]) == (302, "/tro-giup/")
    assert {name: morsel.value for name, morsel in response.cookies.items()} == {"motcua_language": "en", "motcua_theme": "dark"}
    page = client.get("/tro-giup/").content.decode()
    assert 'data-theme="dark"' in page
    assert '<html lang="en"' in page


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_choices_never_lead_to_another_site(client: Client, elsewhere: str) -> None:
    assert client.post("/tuy-chon/", {"theme": "dark", "next": elsewhere}).headers["Location"] == "/"


def test_an_unknown_page_says_what_to_do(client: Client) -> None:
    response = client.get("/khong-co/")

    assert response.status_code == 404
    assert "Không tìm thấy trang" in response.content.decode()


def test_a_form_without_its_token_comes_back_with_what_was_typed() -> None:
    response = Client(enforce_csrf_checks=True).post("/bo-giao-dien/", {"full_name": "Đặng Thị Ước"})

    assert response.status_code == 403
    assert "<li>Đặng Thị Ước</li>" in response.content.decode()


def test_errors_are_summed_up_first_and_in_the_title(client: Client) -> None:
    response = client.post("/bo-giao-dien/", {"full_name": ""})

    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Lỗi: Bộ giao diện · Một Cửa</title>" in page
    assert '<a href="#id_full_name">Họ và tên – Hãy điền mục này.</a>' in page
    assert '<a href="#id_married_0">' in page
