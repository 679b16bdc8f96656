"""The public page of the share, and the list of differences: what they show, what a person can do there, and what they cost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from dossiers.models import ReconciliationRun, SyncDifference
from portal.accounts.models import Role, User
from portal.core.clock import technical_now
from portal.outbox.models import OutboxMessage, OutboxReplay
from portal.site.completeness.certify import certify
from tests.factories import MONDAY, TODAY, centre, filed, staff
from tests.outbox.test_actions import put

pytestmark = pytest.mark.django_db
PUBLIC, LIST, DRAWS = "/muc-do-day-du/", "/van-hanh/doi-soat/", "/van-hanh/kiem-tra/"
NOW = MONDAY + timedelta(hours=20)
PUBLIC_QUERIES, LIST_QUERIES = 10, 15


@pytest.fixture(autouse=True)
def keys(tmp_path: Path) -> Iterator[None]:
    with override_settings(SEALS_DIR=str(tmp_path / "seals"), SEALS_ARE_DEMO=True, SEAL_PASSWORD=""):
        yield


@pytest.fixture
def watcher(client: Client) -> User:
    user = staff(Role.SUPERVISOR)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def acknowledged() -> None:
    OutboxMessage.objects.filter(stream="national", done_at__isnull=True).update(done_at=F("created_at") + timedelta(seconds=5))


def certified(days: int) -> None:
    for number in range(days):
        day = TODAY + timedelta(days=number)
        certify(day, today=day + timedelta(days=1), at=NOW)


def strangers(count: int, *, first: int = 1) -> list[SyncDifference]:
    run = ReconciliationRun.objects.create(scope="all", started_at=NOW, finished_at=NOW)
    codes = [f"H29.9-261102-{number:04}" for number in range(first, first + count)]
    return [SyncDifference.objects.create(code=code, kind="extra", theirs_seq=1, run=run, found_at=NOW, seen_at=NOW) for code in codes]


def missing(**more: object) -> SyncDifference:
    """A dossier of ours whose acknowledged step the portal has lost."""
    dossier = filed().dossier
    acknowledged()
    run = ReconciliationRun.objects.create(scope="all", started_at=NOW, finished_at=NOW)
    values = {"kind": "missing", "ours_seq": 1, "ours_status": 2, "found_at": NOW, "seen_at": NOW} | more
    return SyncDifference.objects.create(code=dossier.code, dossier=dossier, run=run, **values)


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_before_the_first_certificate_the_page_says_so(client: Client) -> None:
    shown = text(client, PUBLIC)

    assert "Chưa có ngày nào được xác nhận" in shown
    assert "<polyline" not in shown


def test_everybody_reads_share_numbers_and_seal(client: Client) -> None:
    for _each in range(3):
        filed()
    acknowledged()
    filed()
    certified(2)

    shown = text(client, PUBLIC)

    for words in ("75,00 %", "<dd>3</dd>", "<dd>4</dd>", "Bản xác nhận số 2", "03/11/2026", "<polyline", "vạch dưới là 75 %"):
        assert words in shown
    assert "Lần đối soát gần nhất với Cổng quốc gia không hoàn tất được" in shown, "no comparison was made"


def test_it_tells_how_long_the_oldest_open_one_is_open(client: Client) -> None:
    filed()
    acknowledged()
    certified(1)
    assert "Không còn hồ sơ nào" in text(client, PUBLIC)

    [stranger] = strangers(1)
    SyncDifference.objects.filter(pk=stranger.pk).update(found_at=technical_now() - timedelta(minutes=20))
    assert "20 phút" in text(client, PUBLIC)
    step = put("national", subject=9, at=technical_now() - timedelta(days=3))
    assert "3 ngày" in text(client, PUBLIC)
    OutboxMessage.objects.filter(pk=step.pk).update(parked_at=technical_now(), parked_reason="invalid")

    shown = text(client, PUBLIC)

    assert "3 ngày" in shown
    assert "stat-warn" in shown
    assert stranger.code not in shown, "no code of a dossier is public"


def test_the_public_page_costs_the_same_on_each_day(client: Client) -> None:
    filed()
    certified(1)
    text(client, PUBLIC)
    with CaptureQueriesContext(connection) as one:
        text(client, PUBLIC)
    strangers(49)
    for _each in range(20):
        filed()
    for number in range(1, 35):
        day = TODAY + timedelta(days=number)
        certify(day, today=day + timedelta(days=1), at=NOW)
    with CaptureQueriesContext(connection) as many:
        shown = text(client, PUBLIC)

    assert len(one) == len(many) <= PUBLIC_QUERIES
    assert shown.count('data-th="Tỷ lệ"') == 30


def test_differences_are_chosen_by_state_and_kind(client: Client, watcher: User) -> None:
    waiting, closed = missing(needs_person=True), missing(kind="altered", closed_at=NOW, ending="equal")
    [stranger] = strangers(1)

    def codes(query: str) -> set[str]:
        shown = text(client, LIST + query)
        return {each.code for each in (waiting, closed, stranger) if each.code in shown}

    assert codes("") == {waiting.code, stranger.code}
    assert codes("?loc=cho-nguoi") == {waiting.code}
    assert codes("?loc=da-dong") == {closed.code}
    assert codes("?loai=extra") == {stranger.code}
    assert codes("?loai=altered") == set()
    assert codes("?loc=\0&loai=\0&sau=x~y") == {waiting.code, stranger.code}
    shown = text(client, LIST)
    for words in ("Cổng quốc gia thiếu", "bước 1, Được tiếp nhận (2)", "không có", "Chờ người xử lý", "Lần đối soát gần nhất lúc"):
        assert words in shown


def test_our_steps_go_again_with_name_and_reason(client: Client, watcher: User) -> None:
    row = missing(needs_person=True)

    answer = client.post(f"{LIST}{row.pk}/gui-lai/?loc=cho-nguoi", {"reason": "Cổng đã khôi phục"})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{LIST}?loc=cho-nguoi")
    act = OutboxReplay.objects.get()
    assert (act.by, act.reason, act.act, act.count) == (watcher, "Cổng đã khôi phục", "resend", 1)
    row.refresh_from_db()
    assert (row.repairs, row.needs_person, row.closed_at) == (1, False, None)
    assert row.dossier is not None
    assert OutboxMessage.objects.get(stream="national", subject_id=row.dossier.pk).done_at is None
    assert "Đã gửi lại lúc" in text(client, LIST)


def test_without_a_reason_nothing_is_sent(client: Client, watcher: User) -> None:
    row = missing()

    answer = client.post(f"{LIST}{row.pk}/gui-lai/", {"reason": " \0"})

    assert answer.status_code == 422
    assert "Hãy nêu lý do" in answer.content.decode()
    assert not OutboxReplay.objects.exists()


def test_a_refused_form_keeps_the_reason_and_every_link_works(client: Client, watcher: User) -> None:
    row = missing()
    path = f"{LIST}{row.pk}/gui-lai/?loai=missing"
    assert client.post(path, {"reason": "Lần đầu"}).status_code == 302

    answer = client.post(path, {"reason": "Gửi thêm lần nữa"})

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "<details open>" in shown
    assert 'value="Gửi thêm lần nữa"' in shown
    assert f'action="{LIST}{row.pk}/gui-lai/?loai=missing"' in shown
    assert f'<form class="field-row" method="get" action="{LIST}">' in shown


def test_neighbouring_pages_are_reached_from_a_refused_form(client: Client, watcher: User) -> None:
    row = missing(found_at=NOW - timedelta(hours=1))
    strangers(60)

    shown = client.post(f"{LIST}{row.pk}/gui-lai/", {"reason": ""}).content.decode()

    [following] = {part.partition('"')[0] for part in shown.split('href="')[1:] if part.startswith(f"{LIST}?sau=")}
    assert "H29.9-261102-0060" in text(client, following)


def test_what_only_the_portal_has_cannot_be_sent_by_us(client: Client, watcher: User) -> None:
    [stranger] = strangers(1)

    answer = client.post(f"{LIST}{stranger.pk}/gui-lai/", {"reason": "thử"})

    assert answer.status_code == 422
    assert "không có bước nào để gửi lại" in answer.content.decode()
    assert not OutboxReplay.objects.exists()
    assert client.post(f"{LIST}{10**30}/gui-lai/", {"reason": "thử"}).status_code == 404


def test_the_number_of_queries_does_not_grow(client: Client, watcher: User) -> None:
    missing()
    text(client, LIST)
    with CaptureQueriesContext(connection) as one:
        text(client, LIST)
    strangers(60)
    with CaptureQueriesContext(connection) as many:
        shown = text(client, LIST)

    assert len(one) == len(many) <= LIST_QUERIES
    assert shown.count('data-th="Mã hồ sơ"') == 50


@pytest.mark.parametrize("path", [LIST, DRAWS, f"{DRAWS}1/"])
def test_who_watches_one_place_only_is_refused(client: Client, path: str) -> None:
    [stranger] = strangers(1)
    client.force_login(staff(Role.SUPERVISOR, centre()), backend="django.contrib.auth.backends.ModelBackend")

    answer = client.get(path)

    assert answer.status_code == 403
    assert stranger.code not in answer.content.decode()
    assert client.post(f"{LIST}{stranger.pk}/gui-lai/", {"reason": "thử"}).status_code == 403
    assert client.post(f"{DRAWS}boc-mau/", {"since": "02/11/2026", "until": "02/11/2026"}).status_code == 403
