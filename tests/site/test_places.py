"""The public pages about places and counters."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

pytestmark = pytest.mark.django_db


def test_suggestions_are_options(client: Client) -> None:
    page = client.get("/dia-ban/goi-y/", {"q": "ben nghe"}).content.decode()
    assert '<li role="option" data-value="Phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh (trước 01/07/2025)" data-unit="26740@' in page
    assert "Phường Sài Gòn" in page


def test_suggestions_are_json_for_those_who_ask(client: Client) -> None:
    response = client.get("/dia-ban/goi-y/", {"q": "ben nghe"}, headers={"accept": "application/json"})
    place = response.json()["places"][0]
    assert place["code"] == "26740"
    assert place["now"] == [{"code": "26740", "label": "Phường Sài Gòn, Thành phố Hồ Chí Minh"}]
    assert "Accept" in response.headers["Vary"]


def test_suggestions_only_read(client: Client) -> None:
    assert client.post("/dia-ban/goi-y/", {"q": "ben nghe"}).status_code in {403, 405}


def test_counters_of_an_old_place(client: Client) -> None:
    page = client.get("/quay-gan-ban/", {"q": "Bến Nghé, HCM"}).content.decode()
    assert "Trung tâm Phục vụ hành chính công phường Sài Gòn, Thành phố Hồ Chí Minh" in page
    assert "UBND Phường Sài Gòn, Thành phố Hồ Chí Minh" in page
    assert "07:00–11:30, 13:30–17:00" in page
    assert "Phường Bến Nghé" in page


def test_counters_of_a_province_are_at_most_200(client: Client) -> None:
    page = client.get("/quay-gan-ban/", {"tinh": "79"}).content.decode()
    assert 100 < page.count("07:00–11:30") <= 200


@pytest.mark.parametrize("query", [{}, {"q": "zzz"}, {"q": "\x00' --"}, {"tinh": "99"}, {"tinh": "abc"}, {"q": "x" * 3000}, {"tinh": "²"}])
def test_odd_questions_get_a_page(client: Client, query: dict[str, str]) -> None:
    assert client.get("/quay-gan-ban/", query).status_code == 200


def test_fragment_for_htmx(client: Client) -> None:
    page = client.get("/quay-gan-ban/", {"q": "ba đình"}, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in page
    assert "phường Ba Đình, thành phố Hà Nội" in page


@pytest.mark.parametrize(
    ("code", "outcome", "units"),
    [
        ("26740", "one", [{"code": "26740", "name": "Phường Sài Gòn", "province": "Thành phố Hồ Chí Minh"}]),
        ("01651", "none", []),
        ("760", "none", []),
    ],
)
def test_resolve_unit_command(code: str, outcome: str, units: list[dict[str, str]]) -> None:
    out = StringIO()
    call_command("resolve_unit", code, "--from", "2025-06-30", "--to", "2026-01-01", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["outcome"], answer["units"]) == (outcome, units)


def test_resolve_unit_of_an_unknown_code_fails() -> None:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("resolve_unit", "99999", "--from", "2025-06-30", "--to", "2026-01-01", "--json", stdout=out)
    assert json.loads(out.getvalue())["outcome"] == "none"


def test_load_reports_as_json() -> None:
    out = StringIO()
    call_command("load_reference_data", "--only", "units", "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert report["units"]["units"] == {"created": 0, "updated": 0, "unchanged": 14_165}
    assert report["units"]["odd"]["untrusted_rows"] == ["province 82 → 80"]
