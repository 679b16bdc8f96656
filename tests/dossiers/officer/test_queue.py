"""The work list: tabs, pages, several at once; and that nobody else's dossier ever shows."""

import pytest
from django.urls import reverse

from dossiers.models import Dossier
from dossiers.paging import page_of
from dossiers.views.officer import queue
from dossiers.views.officer.sections import SECTIONS
from dossiers.views.officer.tabs import KEYS
from dossiers.views.officer.urls import urlpatterns
from tests.dossiers.officer.desk import ENUM_WORDS, Desk, agency_desks, queries_of, text_of, version_of, waiting_dossier
from tests.factories import MONDAY, committee, decided
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db
QUERY_CEILING = 30


@pytest.fixture(autouse=True)
def monday(set_legal_time: SetTime) -> None:
    set_legal_time(MONDAY)


def test_as_many_queries_for_fifty_rows_as_for_one(desks: tuple[Desk, Desk]) -> None:
    officer, _ = desks
    waiting_dossier()
    one = queries_of(officer, "/xu-ly/?muc=tat-ca")
    for _number in range(11):
        waiting_dossier()

    many = queries_of(officer, "/xu-ly/?muc=tat-ca")

    assert (many, many <= QUERY_CEILING) == (one, True)


def test_pages_hold_each_dossier_once_forwards_and_back(desks: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "page_of", lambda *args, **kwargs: page_of(*args, **kwargs, size=2))

    codes = [waiting_dossier().code for _ in range(5)]
    first = desks[0].get("/xu-ly/?muc=tat-ca")
    second = desks[0].get(first.context["next_url"])
    third = desks[0].get(second.context["next_url"])
    back = desks[0].get(third.context["previous_url"])

    pages = [[row.code for row in response.context["rows"]] for response in (first, second, third)]
    assert [code for codes_of_page in pages for code in codes_of_page] == codes
    assert [row.code for row in back.context["rows"]] == pages[1]
    assert (first.context["previous_url"], third.context["next_url"]) == ("", "")


def test_several_are_claimed_each_with_its_own_outcome(desks: tuple[Desk, Desk]) -> None:
    officer, _ = desks
    free, taken = waiting_dossier(), waiting_dossier()
    colleague, _other = agency_desks()
    colleague.post(f"/xu-ly/{taken.code}/nhan/", {"version": version_of(taken)})

    done = officer.post("/xu-ly/nhan-nhieu/", {"muc": "chua-nhan", "ma": [free.code, taken.code, "H99-000000-0001"]})

    outcomes = {one.code: one.is_done for one in done.context["outcomes"]}
    assert outcomes == {free.code: True, taken.code: False, "H99-000000-0001": False}
    assert colleague.user.full_name in text_of(done)
    free.refresh_from_db()
    taken.refresh_from_db()
    assert (free.assigned_to, taken.assigned_to) == (officer.user, colleague.user)
    assert officer.post("/xu-ly/nhan-nhieu/", {"muc": "chua-nhan"}).status_code == 422


def test_the_swap_is_what_the_reloaded_page_shows(desks: tuple[Desk, Desk]) -> None:
    waiting_dossier()
    whole = desks[0].get("/xu-ly/?muc=tat-ca&tim=nguyen").content.decode()
    part = desks[0].get("/xu-ly/?muc=tat-ca&tim=nguyen", headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in part
    without_token = [line.strip() for line in part.splitlines() if line.strip() and "csrfmiddlewaretoken" not in line]
    assert [line for line in without_token if line not in whole] == []


@pytest.mark.parametrize(("text", "found"), [("nguyen thi", 1), ("NGUYỄN", 1), ("0001", 1), ("tran", 0), ("'; --", 0), ("%", 0)])
def test_filters_know_names_without_diacritics_and_codes(desks: tuple[Desk, Desk], text: str, found: int) -> None:
    waiting_dossier()

    assert len(desks[0].get("/xu-ly/", {"muc": "tat-ca", "tim": text}).context["rows"]) == found


@pytest.mark.parametrize("mark", ["x", ">", ">|", ">2026-13-01|1", "<abc|9", ">2026-11-05T10:00:00+00:00|99999999999999999999"])
def test_a_damaged_page_mark_is_no_error(desks: tuple[Desk, Desk], mark: str) -> None:
    assert desks[0].get("/xu-ly/", {"muc": "tat-ca", "trang": mark}).status_code == 200


def test_take_the_next_opens_the_most_urgent(desks: tuple[Desk, Desk]) -> None:
    first, _second = waiting_dossier(), waiting_dossier()

    taken = desks[0].post("/xu-ly/nhan-tiep/")

    assert taken.headers["Location"] == f"/xu-ly/{first.code}/"
    assert "/xu-ly/nhan-tiep/" not in desks[1].get("/xu-ly/").content.decode()


POSTED = {"officer-editing", "officer-note", "officer-message"}
"""Addresses that only take what is sent to them."""


def _addresses(dossier: Dossier) -> list[str]:
    about = [pattern.name for pattern in urlpatterns if "<str:code>" in str(pattern.pattern) and pattern.name not in POSTED]
    return [reverse(f"dossiers:{name}", args=[dossier.code]) for name in about]


def test_a_foreign_dossier_is_nowhere(desks: tuple[Desk, Desk]) -> None:
    dossier = waiting_dossier()
    strangers = agency_desks(committee("00008"))

    for stranger in strangers:
        for address in _addresses(dossier):
            assert stranger.get(address).status_code == 404, address
            assert stranger.post(address, {"version": 2}).status_code in {404, 405}, address
        for name in POSTED:
            assert stranger.post(reverse(f"dossiers:{name}", args=[dossier.code]), {"text": "x"}).status_code == 404, name
        assert dossier.code not in stranger.get("/xu-ly/?muc=tat-ca").content.decode()
        outcome = stranger.post("/xu-ly/nhan-nhieu/", {"muc": "tat-ca", "ma": dossier.code})
        assert "Nguyễn Thị Ước" not in outcome.content.decode()
    dossier.refresh_from_db()
    assert dossier.state == "in_transfer_to_agency"


def test_no_page_shows_an_enum_or_a_key(desks: tuple[Desk, Desk]) -> None:
    officer, leader = desks
    dossier = waiting_dossier()
    decided(dossier, officer.user, leader.user)
    other = waiting_dossier()
    officer.post(f"/xu-ly/{other.code}/nhan/", {"version": version_of(other)})
    sections = [f"/xu-ly/{dossier.code}/?muc={key}" for key, _label in SECTIONS]
    steps = [address for address in _addresses(other) if "xem-truoc" not in address]
    tabs = [f"/xu-ly/?muc={key}" for key in KEYS]

    for desk in desks:
        for path in [*sections, *steps, *tabs, "/xu-ly/nhac-viec/"]:
            response = desk.get(path)
            assert response.status_code == 200, path
            shown = text_of(response)
            assert [word for word in (*ENUM_WORDS, "commune_committee", "None") if word in shown] == [], path
