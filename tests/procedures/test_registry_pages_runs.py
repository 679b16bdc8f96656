"""Dry runs and completeness checks as background work: asked for, claimed, shown, out of date."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Role
from portal.core.clock import LOCAL, business_now, business_today, technical_now
from procedures.actions import registry_work
from procedures.actions.registry_runs import LEASE, MOST_ATTEMPTS, MOST_DOSSIERS, ask_dry_run, claim, finish
from procedures.actions.rulesets import RuleInput, add_change, create_rule_set
from procedures.models import CompletenessReport, RegistryRun, RuleSet, RunPlace
from procedures.tasks import registry_runs
from tests.factories import address, committee, filed, marital_answers, routed, staffed
from tests.procedures.registry import person, procedure, rule_of
from tests.procedures.test_registry_pages import HOME, MARITAL, keeper, text_of

pytestmark = pytest.mark.django_db
FIRST_DAY = technical_now().astimezone(LOCAL).date() + timedelta(days=30)


@pytest.fixture
def editor() -> Client:
    return keeper("editor", Role.CATALOGUE_EDITOR)[0]


@pytest.fixture
def approver() -> Client:
    return keeper("approver", Role.CATALOGUE_APPROVER)[0]


def draft(**changed: Any) -> RuleSet:
    """A set that moves one procedure from the commune to a department of the province."""
    rule_set = create_rule_set(
        title="Thí điểm", legal_basis="1/2026/NĐ-CP", decision_number="1/QĐ", effective_from=FIRST_DAY,
        actor=person("Lê Thị Soạn"), at=business_now(),
    )  # fmt: skip
    rule = RuleInput(kind="department_of_province", procedure=procedure(MARITAL), place_fact="residence",
                     agency_kind="department_justice", legal_basis="1/2026/NĐ-CP", **changed)  # fmt: skip
    add_change(rule_set, action="replace", target=rule_of(MARITAL), rule=rule)
    return rule_set


def ran(client: Client, rule_set: RuleSet, count: str = "100") -> str:
    """The address of the dry run, after a worker has done it."""
    url = f"{HOME}ban-du-thao/{rule_set.pk}/chay-thu/"
    assert client.post(url, {"so_ho_so": count}).status_code == 302
    registry_runs()
    return url


def test_a_dry_run_counts_names_and_lists_what_would_go_elsewhere(editor: Client) -> None:
    staffed(committee("00004"))
    dossier = routed(filed(answers=marital_answers(address("00004"))).dossier)
    url = f"{HOME}ban-du-thao/{draft().pk}/chay-thu/"

    editor.post(url, {"so_ho_so": "100"})
    before = text_of(editor.get(url))
    registry_runs()
    shown = editor.get(url)
    page = text_of(shown)
    elsewhere = editor.get(url, {"tinh": "04"})

    assert "Đang chờ chạy." in before
    assert "1 thủ tục bị ảnh hưởng. Tại 3.321 xã, phường, đặc khu" in page
    assert "Mỗi xã vẫn có đúng một cơ quan có thẩm quyền" in page
    assert [each.code for each in shown.context["dossiers"]] == [dossier.code]
    assert f"{dossier.code}{MARITAL}UBND phường Ba Đình, thành phố Hà NộiSở Tư pháp thành phố Hà Nội" in page
    assert "Cà Mau" in page
    assert "Chỉ lưu và liệt kê" not in page
    assert {place.province_code for place in elsewhere.context["places"]} == {"04"}
    assert "Sở Tư pháp tỉnh Cao Bằng" in text_of(elsewhere)


def test_the_page_says_so_where_not_all_changed_places_are_kept(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_work, "MOST_STORED", 5)

    page = editor.get(ran(editor, draft()))

    assert "Chỉ lưu và liệt kê 5 trong 3.321 thay đổi" in text_of(page)
    assert len(page.context["places"]) == 5


def test_holes_are_counted_on_the_map_and_listed_by_place(editor: Client) -> None:
    capital = committee("00004").province
    url = ran(editor, draft(place=capital))

    page = editor.get(url, {"xem": "gaps"})

    text = text_of(page)
    tiles = dict(re.findall(r'class="province-(\d+)"><a class="shade-\d"[^>]*>[^<]+<b>([\d.]+)</b>', page.content.decode()))
    assert "Chưa thể công bố" in text
    assert len(tiles) == 34
    assert tiles["01"] == "0"
    assert sum(int(count.replace(".", "")) for count in tiles.values()) == RunPlace.objects.filter(new_outcome="hole").count() > 3000
    assert "Không có cơ quan" in text


def test_a_result_is_out_of_date_once_the_set_changes(editor: Client) -> None:
    rule_set = draft()
    url = ran(editor, rule_set)
    fresh = text_of(editor.get(url))

    add_change(rule_set, action="end", target=rule_of("1.000656"))

    assert "Kết quả đã cũ" not in fresh
    assert "Kết quả đã cũ" in text_of(editor.get(url))


def test_a_result_turns_its_pages_with_the_same_number_of_queries(editor: Client) -> None:
    url = ran(editor, draft())
    seen: list[int] = []
    with CaptureQueriesContext(connection) as first:
        page = editor.get(url)
    while page.context["places_url"] and len(seen) < 150:
        seen += [place.pk for place in page.context["places"]]
        with CaptureQueriesContext(connection) as next_one:
            page = editor.get(url + page.context["places_url"].partition("#")[0])
        assert len(next_one) == len(first)

    assert len(seen) == len(set(seen)) >= 150


def test_one_run_at_a_time_and_no_more_dossiers_than_the_cap(editor: Client) -> None:
    rule_set = draft()
    url = f"{HOME}ban-du-thao/{rule_set.pk}/chay-thu/"

    editor.post(url, {"so_ho_so": "10000"})
    again = editor.post(url, {"so_ho_so": "100"})
    other = editor.post(url, {"so_ho_so": "20000"})

    assert "Lần kiểm tra này đang chạy." in text_of(again)
    assert other.status_code == 422
    assert [run.dossiers for run in RegistryRun.objects.all()] == [MOST_DOSSIERS]


def test_a_published_set_is_not_tried_any_more(editor: Client) -> None:
    rule_set = draft()
    RuleSet.objects.filter(pk=rule_set.pk).update(state="discarded", discarded_at=business_now())

    answer = editor.post(f"{HOME}ban-du-thao/{rule_set.pk}/chay-thu/", {"so_ho_so": "100"})

    assert answer.status_code == 422
    assert not RegistryRun.objects.exists()


def test_a_run_whose_worker_was_lost_is_taken_over_and_the_first_worker_can_no_longer_finish_it() -> None:
    now = technical_now()
    ask_dry_run(draft(), dossiers=0, on=FIRST_DAY, actor=person("Trần Thị Hỏi"), at=now)

    lost = claim(now=now)
    assert lost is not None
    assert claim(now=now + LEASE - timedelta(seconds=1)) is None
    second = claim(now=now + LEASE + timedelta(seconds=1))

    assert second is not None
    assert second.pk == lost.pk
    assert not finish(lost, result={"wrong": True}, now=now)
    assert finish(second, result={}, now=now)


def test_a_run_that_is_lost_again_and_again_fails_with_a_sentence(editor: Client) -> None:
    now, rule_set = technical_now(), draft()
    ask_dry_run(rule_set, dossiers=0, on=FIRST_DAY, actor=person("Trần Thị Hỏi"), at=now)

    for attempt in range(MOST_ATTEMPTS + 1):
        claim(now=now + attempt * (LEASE + timedelta(seconds=1)))

    assert "Lần kiểm tra bị ngắt nhiều lần." in text_of(editor.get(f"{HOME}ban-du-thao/{rule_set.pk}/chay-thu/"))


def test_a_defect_ends_the_run_and_the_next_one_can_begin(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    rule_set = draft()
    with monkeypatch.context() as broken:
        broken.setattr(registry_work, "MOST_STORED", "many")
        url = ran(editor, rule_set)
    failed = text_of(editor.get(url))

    ran(editor, rule_set)

    assert "Kiểm tra không thành công." in failed
    assert [run.state for run in RegistryRun.objects.all()] == ["done"]


def test_the_completeness_page_shows_the_newest_check_of_today_and_the_next_day_of_change(editor: Client) -> None:
    empty = text_of(editor.get(f"{HOME}kiem-tra/"))

    editor.post(f"{HOME}kiem-tra/chay/")
    registry_runs()
    page = text_of(editor.get(f"{HOME}kiem-tra/"))
    nobody = text_of(editor.get(f"{HOME}kiem-tra/", {"xem": "nobody", "tinh": "01"}))

    run = RegistryRun.objects.get()
    report = CompletenessReport.objects.get(on=business_today())
    assert "Chưa kiểm tra" in empty
    assert (run.state, run.done_steps) == ("done", run.all_steps)
    assert "Sổ đăng ký đầy đủ" in page
    assert f"{report.procedures_count} × 3.321" in page
    assert report.one_agency + report.lawful_choice == report.procedures_count * report.communes_count
    assert report.unstaffed_agencies > 0
    assert "Cơ quan thiếu người: Thành phố Hà Nội" in nobody
    assert "cán bộ đang làm việc, lãnh đạo đang làm việc" in nobody
