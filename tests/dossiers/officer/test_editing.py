"""Who edits a dossier is seen by colleagues; what was typed waits for its officer; an old page cannot decide."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import close_old_connections, connection

from dossiers.actions.decide import claim
from dossiers.actions.editing import HELD_FOR, KEPT_FOR, MOST_TEXT, Desk, clear_desk_drafts, hold, keep_draft, lease_of, let_go
from dossiers.actions.transition import By
from dossiers.models import DeskDraft, Dossier, EditLease
from portal.accounts.models import Role, User
from portal.core.clock import technical_now
from portal.core.db import acting_as
from tests.dossiers.officer import desk
from tests.dossiers.officer.desk import desk_of, queries_of, text_of, version_of, waiting_dossier
from tests.dossiers.officer.test_bulk import chosen, done
from tests.dossiers.officer.test_giving import held
from tests.factories import MONDAY, committee, staff, staffed, who, working
from tests.support.legal_time import SetTime

HTMX = {"HTTP_HX_REQUEST": "true"}
REASON = "Chờ cơ quan ở Đắk Lắk xác minh <b>nơi ở</b>."
Connect = Callable[[str], AbstractContextManager["psycopg.Connection[tuple[object, ...]]"]]


@pytest.fixture
def monday(set_legal_time: SetTime) -> None:
    set_legal_time(MONDAY)


def opens(person: desk.Desk, dossier: Dossier, step: str = "gia-han") -> str:
    """When the page that the person opens was made; with htmx it reports that it is open."""
    made = person.get(f"/xu-ly/{dossier.code}/{step}/").context["editing"].page
    report(person, dossier, made)
    return str(made)


def report(person: desk.Desk, dossier: Dossier, page: str, **more: str) -> Any:
    return person.post(f"/xu-ly/{dossier.code}/dang-soan/", {"step": "extend", "page": page} | more, **HTMX)


def holder(dossier: Dossier) -> User | None:
    lease = lease_of(dossier, now=technical_now())
    return lease.holder if lease else None


def drafts(person: desk.Desk) -> list[DeskDraft]:
    with acting_as(who(person.user).scope):
        return list(DeskDraft.objects.order_by("form"))


@pytest.mark.django_db
def test_a_colleague_sees_who_edits_since_when_and_can_read(desks: tuple[desk.Desk, desk.Desk], monday: None) -> None:
    officer, leader = desks
    dossier = held(officer)
    page = opens(officer, dossier)
    words = officer.user.full_name

    beside = [leader.get(f"/xu-ly/{dossier.code}/{path}") for path in ("", "gia-han/")]
    tried = leader.post(f"/xu-ly/{dossier.code}/gia-han/", {"version": version_of(dossier), "new_date": "30/11/2026", "reason": REASON})

    assert [(each.status_code, words in text_of(each), "09:00 02/11" in text_of(each)) for each in beside] == [(200, True, True)] * 2
    assert (tried.status_code, REASON in tried.context["form"]["reason"].value(), "<b>nơi" in tried.content.decode()) == (409, True, False)
    assert (words in text_of(tried), version_of(dossier), holder(dossier)) == (True, dossier.state_version, officer.user)
    # Taken over with what was typed, the colleague decides; the first page is told at its next report.
    assert leader.post(f"/xu-ly/{dossier.code}/dang-soan/", {"step": "extend", "page": "1", "insist": "1"}).status_code == 302
    told = report(officer, dossier, page)
    assert (told.status_code, leader.user.full_name in text_of(told), holder(dossier)) == (200, True, leader.user)
    assert report(officer, dossier, page, told=told.context["words"]).status_code == 204, "told once"
    assert REASON in leader.get(f"/xu-ly/{dossier.code}/gia-han/").context["form"]["reason"].value()


@pytest.mark.django_db
def test_several_at_once_leave_out_what_a_colleague_edits(desks: tuple[desk.Desk, desk.Desk], monday: None) -> None:
    officer, leader = desks
    edited, free = held(officer), held(officer)
    opens(officer, edited)
    url = chosen(leader, "gia-han", [edited, free])

    outcomes = done(leader, url, days="3", reason="Chờ xác minh ở nơi khác.")

    assert {code: is_done for code, (is_done, _text) in outcomes.items()} == {edited.code: False, free.code: True}
    assert officer.user.full_name in outcomes[edited.code][1]


@pytest.mark.django_db
def test_a_lease_lasts_as_long_as_its_page_reports_and_ends_with_the_step(desks: tuple[desk.Desk, desk.Desk], monday: None) -> None:
    officer, leader = desks
    dossier = held(officer)
    page = opens(officer, dossier)
    first = EditLease.objects.get()
    EditLease.objects.update(until=technical_now() + timedelta(seconds=1))

    assert report(officer, dossier, page).status_code == 204, "there is nothing new to say"
    renewed = EditLease.objects.get()
    assert (renewed.since, renewed.until > technical_now() + HELD_FOR / 2) == (first.since, True)

    EditLease.objects.update(until=technical_now())
    assert leader.get(f"/xu-ly/{dossier.code}/").context["edited"] == "", "an expired lease holds up nobody"
    opens(leader, dossier)
    assert holder(dossier) == leader.user
    taken = {"version": version_of(dossier), "new_date": "30/11/2026", "reason": REASON}
    assert leader.post(f"/xu-ly/{dossier.code}/gia-han/", taken).status_code == 302
    assert (holder(dossier), drafts(leader)) == (None, [])


@pytest.mark.django_db
def test_the_later_window_of_a_person_counts_and_a_stranger_holds_nothing(desks: tuple[desk.Desk, desk.Desk], monday: None) -> None:
    officer, _leader = desks
    dossier = held(officer)
    first, second = opens(officer, dossier), opens(officer, dossier)
    stranger = desk_of(staff(Role.OFFICER, committee("00008")))

    assert (int(first) < int(second), report(officer, dossier, first).status_code, report(officer, dossier, second).status_code) == (
        True,
        200,
        204,
    )
    assert EditLease.objects.get().page == int(second)
    assert [report(stranger, dossier, second).status_code, report(officer, dossier, second, step="ký").status_code] == [404, 404]
    colleague = desk_of(staff(Role.OFFICER, committee()))
    let_go(dossier, officer.user)
    report(colleague, dossier, "1")
    assert holder(dossier) is None, "who cannot take the step does not hold the dossier"


@pytest.mark.django_db
def test_what_was_typed_waits_for_its_officer_and_for_nobody_else(desks: tuple[desk.Desk, desk.Desk], monday: None) -> None:
    officer, leader = desks
    dossier = held(officer)
    url = f"/xu-ly/{dossier.code}/"
    typed = {"step": "supplement", "free-0-title": "Bản sao sổ đỏ", "free-0-reason": REASON, "note": "Gửi sớm."}

    kept = officer.post(f"{url}dang-soan/", typed, **HTMX)
    plain = officer.post(f"{url}dang-soan/", {"step": "propose", "summary": "Cấp giấy xác nhận."}, follow=True)
    officer.post(f"{url}dung/", {"version": version_of(dossier), "ground": "other", "reason": "ngắn"})
    EditLease.objects.all().delete()

    assert (kept.status_code, 'hx-swap-oob="true"' in kept.content.decode(), plain.redirect_chain) == (
        200,
        True,
        [(f"{url}trinh-ky/", 302)],
    )
    asked = officer.get(f"{url}yeu-cau-bo-sung/")
    row = next(row for row in asked.context["rows"] if row.name == "free-0")
    assert (row.title, row.reason, row.is_ticked, asked.context["form"]["note"].value()) == ("Bản sao sổ đỏ", REASON, True, "Gửi sớm.")
    assert officer.get(f"{url}trinh-ky/").context["form"]["summary"].value() == "Cấp giấy xác nhận."
    assert officer.get(f"{url}dung/").context["form"]["reason"].value() == "ngắn", "a refused form is kept too"
    assert [each.form for each in drafts(officer)] == ["propose", "stop", "supplement"]
    assert drafts(leader) == [], "row-level security: the leader reads none of it"
    assert leader.get(f"{url}dung/").context["form"]["reason"].value() is None

    officer.post(f"{url}dang-soan/", {"step": "propose", "drop": "1"})
    officer.post(
        f"{url}yeu-cau-bo-sung/",
        {"version": version_of(dossier), "answer_by": "16/11/2026", "free-0-title": "Bản sao", "free-0-reason": "Bản chụp mờ."},
    )
    assert [each.form for each in drafts(officer)] == ["stop"], "used up or thrown away"


@pytest.mark.django_db
def test_a_draft_is_bounded_and_forgotten_after_90_days(desks: tuple[desk.Desk, desk.Desk]) -> None:
    officer = desks[0]
    dossier = held(officer)
    with acting_as(who(officer.user).scope):
        refused = [
            keep_draft(dossier, "stop", officer.user, typed, at=MONDAY)
            for typed in ({}, {"reason": [""]}, {"reason": ["x" * MOST_TEXT]}, {"n" * 99: ["x"]}, {f"r{n}": ["x"] for n in range(300)})
        ]
        assert (refused, DeskDraft.objects.count()) == ([False] * 5, 0)
        assert keep_draft(dossier, "stop", officer.user, {"reason": ["một\0hai"]}, at=MONDAY)
        assert keep_draft(dossier, "stop", officer.user, {"reason": ["ba"]}, at=MONDAY)
        assert DeskDraft.objects.get().content == {"reason": ["ba"]}
    with working():
        assert [clear_desk_drafts(at=MONDAY + KEPT_FOR + timedelta(hours=hours)) for hours in (-1, 1)] == [0, 1]


@pytest.mark.django_db
def test_an_old_page_says_what_changed_and_can_be_sent_again(desks: tuple[desk.Desk, desk.Desk], monday: None) -> None:
    """The page that refuses is made for the dossier as it is now: sent again it decides."""
    officer, leader = desks
    dossier = held(officer)
    old = version_of(dossier)
    leader.post(f"/xu-ly/{dossier.code}/gia-han/", {"version": old, "new_date": "30/11/2026", "reason": "Chờ xác minh ở nơi khác."})
    typed = {"version": old, "answer_by": "16/11/2026", "free-0-title": "Bản sao", "free-0-reason": REASON, "note": "Gửi sớm."}

    late = officer.post(f"/xu-ly/{dossier.code}/yeu-cau-bo-sung/", typed)

    assert (late.status_code, len(late.context["changes"]), leader.user.full_name in late.context["changes"][0]) == (409, 1, True)
    assert late.context["form"]["note"].value() == "Gửi sớm."
    assert REASON in [row.reason for row in late.context["rows"]]
    now = late.context["dossier"].state_version
    assert now == version_of(dossier)
    assert officer.post(f"/xu-ly/{dossier.code}/yeu-cau-bo-sung/", typed | {"version": now}).status_code == 302


@pytest.mark.django_db
def test_the_pages_of_steps_ask_three_times_more_than_before_whatever_is_kept(desks: tuple[desk.Desk, desk.Desk], monday: None) -> None:
    officer = desks[0]
    bare, full = held(officer), held(officer)
    for step in ("extend", "propose", "supplement", "stop"):
        officer.post(f"/xu-ly/{full.code}/dang-soan/", {"step": step, "reason": REASON, "summary": "Cấp."}, **HTMX)

    costs = [[queries_of(officer, f"/xu-ly/{each.code}/{path}/") for path in ("gia-han", "yeu-cau-bo-sung")] for each in (bare, full)]

    assert costs[0] == costs[1]


def test_of_two_who_open_at_once_one_holds(committed_db: None) -> None:
    first, second = staffed(committee())
    colleague = staff(Role.OFFICER, committee())
    dossier = waiting_dossier()
    claim(dossier, by=By(first, MONDAY, agency=committee()))
    people, seen = (first, second, colleague), []
    start = threading.Barrier(len(people))

    def open_page(person: User) -> None:
        try:
            start.wait(10)
            seen.append(hold(dossier, Desk(person, 1, MONDAY, technical_now())).holder_id)
        finally:
            connection.close()

    for _round in range(5):
        EditLease.objects.all().delete()
        seen.clear()
        threads = [threading.Thread(target=open_page, args=[person]) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert (len(seen), len(set(seen)), EditLease.objects.get().holder_id) == (3, 1, seen[0]), "all see the same holder"
    close_old_connections()
