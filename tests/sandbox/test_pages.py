import html
import re

import pytest

from tests.e2e.reading import faults, read
from tests.sandbox.browser import Browser
from tests.sandbox.client import Receiver, Services, create, status
from tests.sandbox.test_payment import order_of

RAW = re.compile(r"<(code|pre|textarea)\b.*?</\1>", re.DOTALL)
"""Interfaces word for word."""


@pytest.mark.parametrize("path", ["/", "/npsp/", "/npsp/file/", "/pay/", "/inbox/", "/faults/", "/vneid/dang-nhap/"])
def test_pages_are_vietnamese_and_bring_everything_themselves(services: Services, path: str) -> None:
    answer = services.call("GET", path)
    page = answer.data.decode()

    assert answer.status == 200
    assert '<html lang="vi">' in page
    assert "mô phỏng" in page
    assert "style=" not in page
    assert "<script" not in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


PAGES = ("/", "/npsp/", "/npsp/procedures/", "/population/", "/pay/", "/inbox/", "/faults/", "/calls/", "/vneid/dang-nhap/")


@pytest.fixture
def pages(services: Services) -> list[str]:
    """The addresses of all pages, each with something to show."""
    code, procedure = "H26.9-261122-9901", {"ma_thu_tuc": "9.900001", "ten_thu_tuc": "Đăng ký thử"}
    services.send(create(code), status(code, 2), status(code, 3, 99))
    order = services.post_json("/pay/orders", order_of()).json()
    services.post_json("/npsp/procedures", {"items": [procedure]}, "demo-sandbox-admin")
    services.post_json("/messages", {"key": "p-1", "channel": "sms", "to": "0912345699", "text": "Đã tiếp nhận."}, "demo-messages-token")
    for kind in ("error_503", "latency", "lost_callback"):
        services.fault(kind, service="payment" if kind == "lost_callback" else "national", count=1)
    acts = re.findall(r'href="(/npsp/file/\w+/)"', services.call("GET", "/npsp/file/").data.decode())
    assert len(acts) == 4
    return [*PAGES, *acts, f"/npsp/dossiers/{code}/", "/npsp/procedures/9.900001/", order["pay_url"].removeprefix(services.url)]


def test_every_word_for_people_is_vietnamese(services: Services, pages: list[str]) -> None:
    found = {}
    for path in pages:
        answer = services.call("GET", path)
        assert answer.status == 200, path
        _language, texts = read(RAW.sub("", answer.data.decode()))
        found[path] = list(faults(texts))

    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    "path", ["/npsp/?before=x&status=99&q=%00", "/pay/?before=99999999999999999999", "/inbox/?to=%00", "/vneid/dang-nhap/?next=//x"]
)
def test_strange_questions_get_a_page(services: Services, path: str) -> None:
    assert services.call("GET", path).status == 200


@pytest.mark.parametrize("path", ["/npsp/dossiers/H26-1/", "/pay/00000000-0000-0000-0000-000000000000/", "/elsewhere"])
def test_what_does_not_exist_is_not_found(services: Services, path: str) -> None:
    assert services.call("GET", path).status == 404


def test_a_person_switches_a_fault_on_and_off(services: Services) -> None:
    browser = Browser(services)
    fields = {"service": "national", "kind": "error_500", "rate": "1", "count": "3", "minutes": "", "seed": "7", "params": "{}"}

    wrong = browser.submit(browser.get("/faults/"), **(fields | {"rate": "2"}))
    switched = browser.submit(browser.get("/faults/"), **fields)
    page = html.unescape(browser.get("/faults/").data.decode())
    hit = services.call("POST", "/npsp/v2/token").status

    assert (wrong.status, switched.status, hit) == (422, 302, 500)
    assert "Lỗi 500</strong>, dịch vụ Cổng Dịch vụ công quốc gia" in page
    assert "còn 3 lần" in page


def test_a_person_files_on_the_national_portal(services: Services, receiver: Receiver) -> None:
    browser = Browser(services)
    fields = {
        "procedure_code": "1.001193",
        "owner_name": "Ước",
        "owner_citizen_id": "001190002345",
        "place_code": "00070",
        "answers": '{"a": 1}',
    }

    wrong = browser.submit(browser.get("/npsp/file/"), **(fields | {"owner_citizen_id": "12"}))
    filed = browser.submit(browser.get("/npsp/file/"), **fields)
    receiver.wait(1)

    assert "12 chữ số" in html.unescape(wrong.data.decode())
    assert (wrong.status, filed.status) == (422, 302)
    assert "Ước" in html.unescape(browser.get("/npsp/file/").data.decode())


def test_ready_once_everything_is_there(services: Services) -> None:
    assert services.call("GET", "/readyz").json() == {"ready": True}
