"""What each tab holds, what narrows it, and the lists that people keep."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from dossiers.actions.alerts import raise_alerts
from dossiers.models import Alert, Dossier, Result, SavedView
from dossiers.paging import capped, page_of
from dossiers.views.officer import queue
from dossiers.views.officer.tabs import KEYS
from portal.accounts.models import Role
from tests.dossiers.officer.desk import Desk, desk_of, of_the_day, text_of, version_of, waiting_dossier
from tests.dossiers.officer.test_giving import held, proposed
from tests.factories import MONDAY, committee, decided, staff
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(set_legal_time: SetTime) -> None:
    set_legal_time(MONDAY)


def codes(desk: Desk, **asked: object) -> list[str]:
    return [row.code for row in desk.get("/xu-ly/", asked).context["rows"]]


def counts(desk: Desk) -> dict[str, str]:
    return {tab.key: tab.count for tab in desk.get("/xu-ly/?muc=tat-ca").context["tabs"]}


def test_each_tab_holds_its_dossiers_and_no_other(desks: tuple[Desk, Desk], set_legal_time: SetTime) -> None:
    officer, leader = desks
    late = held(officer)
    assert late.due_at is not None
    now = late.due_at + timedelta(hours=1)
    soon = waiting_dossier()
    waiting, to_sign, done = held(officer), proposed(held(officer), officer.user), waiting_dossier()
    officer.post(
        f"/xu-ly/{waiting.code}/yeu-cau-bo-sung/",
        {"version": version_of(waiting), "answer_by": "16/11/2026", "free-0-title": "Bản sao", "free-0-reason": "Bản chụp mờ."},
    )
    decided(done, officer.user, leader.user)

    before = {key: codes(leader, muc=key) for key in KEYS}
    set_legal_time(late.due_at - timedelta(hours=2))
    near = {key: codes(leader, muc=key) for key in ("sap-den-han", "qua-han")}
    set_legal_time(now)
    after = {key: codes(leader, muc=key) for key in ("sap-den-han", "qua-han")}

    running = [late.code, soon.code, to_sign.code]
    assert before == {
        "cua-toi": [],
        "chua-nhan": [soon.code],
        "tat-ca": running,
        "trong-ngay": [],
        "cho-bo-sung": [waiting.code],
        "tin-moi": [],
        "trinh-ky": [to_sign.code],
        "sap-den-han": [],
        "qua-han": [],
        "da-xong": [done.code],
    }
    assert near == {"sap-den-han": running, "qua-han": []}
    assert after == {"sap-den-han": [], "qua-han": running}
    assert codes(officer, muc="cua-toi") == [late.code, to_sign.code]
    assert codes(officer, muc="trinh-ky") == []


def test_an_earlier_proposal_of_ones_own_hides_nothing_that_a_colleague_proposed(desks: tuple[Desk, Desk]) -> None:
    officer, leader = desks
    dossier = held(officer)
    kind = dossier.version.results.filter(outcome="grant").order_by("pk")[:1].get()
    Result.objects.create(
        dossier=dossier, type=kind, agency=committee(), summary="Cấp.", proposed_by=leader.user, proposed_at=MONDAY, withdrawn_at=MONDAY
    )
    proposed(dossier, officer.user)

    assert codes(leader, muc="trinh-ky") == [dossier.code]


def test_a_result_within_the_day_is_for_today_only_on_its_due_day(desks: tuple[Desk, Desk], set_legal_time: SetTime) -> None:
    officer = desks[0]
    of_today, after_three = of_the_day(), of_the_day(MONDAY.replace(hour=15, minute=30))
    set_legal_time(MONDAY.replace(hour=16))

    assert codes(officer, muc="trong-ngay") == [of_today.code]
    raise_alerts(at=MONDAY.replace(hour=16))
    assert list(Alert.objects.filter(kind="arrived").values_list("dossier__code", flat=True)) == [of_today.code]

    set_legal_time(MONDAY + timedelta(days=1))
    assert codes(officer, muc="trong-ngay") == [of_today.code, after_three.code]
    raise_alerts(at=MONDAY + timedelta(days=1))
    assert Alert.objects.filter(kind="arrived", dossier=after_three).count() == 1


def test_the_count_beside_a_tab_is_that_of_its_list(desks: tuple[Desk, Desk]) -> None:
    held(desks[0])
    waiting_dossier()

    assert counts(desks[0]) == {
        "cua-toi": "1", "chua-nhan": "1", "tat-ca": "2", "trong-ngay": "0", "cho-bo-sung": "0", "tin-moi": "0",
        "sap-den-han": "0", "qua-han": "0", "da-xong": "",
    }  # fmt: skip


def test_counts_end_at_99(desks: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(3):
        waiting_dossier()

    assert (capped(Dossier.objects.all(), cap=2), capped(Dossier.objects.all(), cap=3)) == ("2+", "3")
    monkeypatch.setattr("dossiers.views.officer.tabs.capped", lambda rows: capped(rows, cap=2))
    assert counts(desks[0])["chua-nhan"] == "2+"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (lambda desk: {"nguoi": desk.user.pk}, ["mine", "signature"]),
        (lambda desk: {"tinh-trang": "awaiting_signature"}, ["signature"]),
        (lambda desk: {"tinh-trang": "supplement_requested"}, ["mine", "free", "signature"]),
        (lambda desk: {"nguoi": desk.user.pk, "tinh-trang": "assigned"}, ["mine"]),
        (lambda desk: {"tu": "01/11/2026", "den": "30/11/2026"}, ["mine", "free", "signature"]),
        (lambda desk: {"tu": "30/11/2026"}, []),
        (lambda desk: {"den": "02/11/2026"}, []),
        (lambda desk: {"tu": "31/02/2026"}, ["mine", "free", "signature"]),
        (lambda desk: {"nguoi": "1 OR 1=1"}, ["mine", "free", "signature"]),
        (lambda desk: {"nguoi": "999999"}, []),
    ],
    ids=["holder", "state", "not_here", "both", "span", "later", "earlier", "no_date", "no_number", "nobody"],
)
def test_filters_narrow_a_tab(desks: tuple[Desk, Desk], asked: Callable[[Desk], dict[str, object]], found: list[str]) -> None:
    dossiers = {"mine": held(desks[0]), "free": waiting_dossier(), "signature": proposed(held(desks[0]), desks[0].user)}

    page = desks[1].get("/xu-ly/", {"muc": "tat-ca", **asked(desks[0])})

    assert [row.code for row in page.context["rows"]] == [dossiers[name].code for name in found]
    assert ("không đọc được" in text_of(page)) is (asked(desks[0]).get("tu") == "31/02/2026")


def test_pages_and_tabs_keep_the_filters(desks: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "page_of", lambda *args, **kwargs: page_of(*args, **kwargs, size=2))
    mine = [held(desks[0]).code for _ in range(3)]
    waiting_dossier()
    asked = {"muc": "tat-ca", "nguoi": str(desks[0].user.pk), "tinh-trang": "assigned", "tu": "01/11/2026"}

    first = desks[0].get("/xu-ly/", asked)
    second = desks[0].get(first.context["next_url"])

    assert [row.code for page in (first, second) for row in page.context["rows"]] == mine
    assert second.context["next_url"] == ""
    tab = next(tab for tab in first.context["tabs"] if tab.key == "qua-han")
    assert tab.url == "?" + urlencode(asked | {"muc": "qua-han"})


# --- kept lists ---------------------------------------------------------------------------------------------------------


def test_a_list_is_kept_opened_renamed_and_deleted(desks: tuple[Desk, Desk]) -> None:
    officer = desks[0]
    dossier = held(officer)
    waiting_dossier()
    sent = {"name": "Của tôi, sắp ký", "muc": "tat-ca", "nguoi": officer.user.pk, "tim": "Nguyễn", "la": "x", "mac-dinh": "1"}

    kept = officer.post("/xu-ly/danh-sach/", sent)

    view = SavedView.objects.get()
    assert view.query == f"muc=tat-ca&nguoi={officer.user.pk}", "known filters only, and no text that could name a person"
    assert kept.headers["Location"] == f"/xu-ly/?{view.query}"
    opened = officer.get("/xu-ly/")
    assert opened.headers["Location"] == f"/xu-ly/?{view.query}", "the work list opens with it"
    assert [row.code for row in officer.get(opened.headers["Location"]).context["rows"]] == [dossier.code]
    assert [(one.name, one.current) for one in officer.get(opened.headers["Location"]).context["views"]] == [("Của tôi, sắp ký", True)]
    officer.post(f"/xu-ly/danh-sach/{view.pk}/", {"action": "rename", "name": "Của tôi"})
    officer.post(f"/xu-ly/danh-sach/{view.pk}/", {"action": "default"})
    view.refresh_from_db()
    assert (view.name, view.is_default, officer.get("/xu-ly/").status_code) == ("Của tôi", False, 200)
    officer.post(f"/xu-ly/danh-sach/{view.pk}/", {"action": "delete"})
    assert not SavedView.objects.exists()


def test_a_list_needs_a_name_and_a_name_is_used_once(desks: tuple[Desk, Desk]) -> None:
    officer = desks[0]
    nameless = officer.post("/xu-ly/danh-sach/", {"name": " ", "muc": "qua-han"})
    officer.post("/xu-ly/danh-sach/", {"name": "Một", "muc": "qua-han"})
    officer.post("/xu-ly/danh-sach/", {"name": "Hai", "muc": "tat-ca"})
    officer.post("/xu-ly/danh-sach/", {"name": "Một", "muc": "cua-toi"})

    second = SavedView.objects.get(name="Hai")
    taken = officer.post(f"/xu-ly/danh-sach/{second.pk}/", {"action": "rename", "name": "Một"})

    assert (nameless.status_code, 'value="qua-han"' in nameless.content.decode(), taken.status_code) == (422, True, 409)
    assert list(SavedView.objects.order_by("seq").values_list("name", "query")) == [("Một", "muc=cua-toi"), ("Hai", "muc=tat-ca")]


def test_a_leaders_list_is_shown_to_the_agency_and_nobody_changes_anothers(desks: tuple[Desk, Desk]) -> None:
    officer, leader = desks
    stranger = desk_of(staff(Role.OFFICER, committee("00008")))
    leader.post("/xu-ly/danh-sach/", {"name": "Cần gấp", "muc": "qua-han", "chung": "1"})
    officer.post("/xu-ly/danh-sach/", {"name": "Riêng tôi", "muc": "tat-ca", "chung": "1"})
    view = SavedView.objects.get(name="Cần gấp")

    for desk, expected in (
        (officer, [("Riêng tôi", ""), ("Cần gấp", leader.user.full_name)]),
        (leader, [("Cần gấp", "")]),
        (stranger, []),
    ):
        assert [(one.name, one.by) for one in desk.get("/xu-ly/?muc=tat-ca").context["views"]] == expected
    for desk in (officer, stranger):
        assert desk.post(f"/xu-ly/danh-sach/{view.pk}/", {"action": "delete"}).status_code == 404


def test_a_stored_query_is_read_as_carefully_as_an_address(desks: tuple[Desk, Desk]) -> None:
    user = desks[0].user
    SavedView.objects.create(user=user, name="Hỏng", query="muc=//evil.example&nguoi=x&tim=Nguy%E1%BB%85n&la=1", is_default=True)

    assert desks[0].get("/xu-ly/").headers["Location"] == "/xu-ly/?muc=cua-toi"


def test_a_person_keeps_twenty_lists_at_most(desks: tuple[Desk, Desk]) -> None:
    SavedView.objects.bulk_create(SavedView(user=desks[0].user, name=str(number), query="muc=tat-ca", seq=number) for number in range(20))

    assert desks[0].post("/xu-ly/danh-sach/", {"name": "Nữa", "muc": "tat-ca"}).status_code == 422
    assert desks[0].post("/xu-ly/danh-sach/", {"name": "3", "muc": "qua-han"}).status_code == 302
