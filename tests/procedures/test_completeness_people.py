"""Every competent agency to which routing would give no dossier is named: in the result, on the page, in its table, by the command."""

import csv
import json
from collections.abc import Collection
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from dossiers.models import Absence
from portal.accounts.models import Membership, Role, User
from portal.agencies.models import Agency, Office
from portal.core.clock import LOCAL
from procedures.actions.completeness import keep_report
from procedures.models import CompletenessReport
from procedures.queries.completeness import Completeness, Scope, check_completeness, unstaffed
from tests.factories import committee, staffed
from tests.procedures.test_registry_pages import HOME, MARITAL, keeper, text_of

ON = date(2026, 11, 2)
AT = datetime(2026, 11, 2, 9, 0, tzinfo=LOCAL)
BOTH = ("00004", "00008")
pytestmark = pytest.mark.django_db


def lacking(agencies: Collection[Agency], on: date = ON) -> dict[str, tuple[str, ...]]:
    """What each of the agencies lacks, by its code."""
    rows = unstaffed([each.pk for each in agencies], on)
    return {agency.code: row.missing for row in rows for agency in row.agencies}


def is_away(user: User, agency: Agency) -> None:
    Absence.objects.create(user=user, agency=agency, starts_on=ON, ends_on=ON, entered_by=user, entered_at=AT)


def kept(found: Completeness) -> CompletenessReport:
    return keep_report(found, scope=Scope(), took=timedelta(seconds=1), at=AT)


@pytest.fixture
def keeper_page() -> Client:
    return keeper("editor", Role.CATALOGUE_EDITOR)[0]


def test_an_agency_lacks_what_routing_misses_absences_and_clerks_counted() -> None:
    one, other = (committee(code) for code in BOTH)
    assert set(lacking([one, other]).values()) == {("officer", "leader", "clerk")}
    (officer, _leader), (_officer, leader) = staffed(one), staffed(other)
    assert lacking([one, other]) == {}

    is_away(officer, one)
    is_away(leader, other)
    assert lacking([one, other]) == {one.identifier: ("officer",), other.identifier: ("leader",)}
    assert lacking([one, other], ON + timedelta(days=1)) == {}

    Membership.objects.filter(office=one.reception_office, role=Role.CLERK).update(valid_to=ON)
    assert lacking([one, other], ON + timedelta(days=1)) == {one.identifier: ("clerk",)}


def test_a_counter_that_is_closed_or_missing_is_named() -> None:
    one, other = (committee(code) for code in BOTH)
    staffed(one), staffed(other)
    Office.objects.filter(pk__in=[one.reception_office_id]).update(valid_to=ON - timedelta(days=1))
    Agency.objects.filter(pk=other.pk).update(reception_office=None)

    assert lacking([one, other]) == {one.identifier: ("counter",), other.identifier: ("counter",)}


def test_all_agencies_are_named_not_only_the_first_dozen(keeper_page: Client, capsys: pytest.CaptureFixture[str]) -> None:
    names = dict(Agency.objects.on(ON).filter(kind="commune_committee").values_list("identifier", "name"))
    there = committee()
    staffed(there)

    call_command("competence_report", "--on", f"{ON}", "--procedure", MARITAL, "--names", "--no-store")
    printed = capsys.readouterr().out
    found = check_completeness(ON, Scope(MARITAL))

    wanted = {code: name for code, name in names.items() if code != there.identifier}
    assert len(wanted) == found.unstaffed_agencies == 3320
    assert {agency.code: agency.name for row in found.unstaffed for agency in row.agencies} == wanted
    assert all(f" {code}  {name}\n" in printed for code, name in wanted.items())
    assert there.identifier not in printed

    report = kept(found)
    table = list(
        csv.reader(keeper_page.get(f"{HOME}kiem-tra/{report.pk}/noi-thieu.csv?xem=nobody").content.decode("utf-8-sig").splitlines())
    )
    assert {row[3]: row[4] for row in table[1:]} == wanted
    assert {tuple(row[:3] + row[5:]) for row in table if row[1] == "Tỉnh Cao Bằng"} == {
        ("2026-11-02", "Tỉnh Cao Bằng", "Ủy ban nhân dân cấp xã", "cán bộ đang làm việc, lãnh đạo đang làm việc, cán bộ tại quầy tiếp nhận")
    }

    page = keeper_page.get(f"{HOME}kiem-tra/", {"xem": "nobody", "tinh": "04"})
    (row,) = [each for each in found.unstaffed if each.province == "Tỉnh Cao Bằng"]
    shown = text_of(page)
    assert f"{row.count}: {'; '.join(each.name for each in row.agencies[:12])} …" in shown
    assert row.agencies[12].name not in shown
    assert f'href="{HOME}kiem-tra/{report.pk}/noi-thieu.csv?xem=nobody"' in page.content.decode()


def test_one_json_document_names_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("competence_report", "--on", f"{ON}", "--procedure", MARITAL, "--sample", "200", "--json", "--no-store")
    (report,) = json.loads(capsys.readouterr().out)

    named = [agency["code"] for row in report["unstaffed"] for agency in row["agencies"]]
    assert len(named) == len(set(named)) == report["unstaffed_agencies"] == report["communes"] >= 200


def test_a_report_of_an_earlier_release_is_still_shown(keeper_page: Client) -> None:
    found = Completeness(ON, 86, 3321)
    report = kept(found)
    old = {
        "kind": "commune_committee",
        "province": "Tỉnh Cao Bằng",
        "missing": ["officer", "reception"],
        "count": 30,
        "agencies": ["UBND xã A"],
    }
    CompletenessReport.objects.filter(pk=report.pk).update(unstaffed=[old], unstaffed_agencies=30)

    page = text_of(keeper_page.get(f"{HOME}kiem-tra/", {"xem": "nobody"}))
    table = keeper_page.get(f"{HOME}kiem-tra/{report.pk}/noi-thieu.csv?xem=nobody").content.decode()

    assert "cán bộ đang làm việc, quầy tiếp nhận" in page
    assert "30: UBND xã A …" in page
    assert "UBND xã A" in table


def test_the_page_says_which_procedures_have_ended_and_are_not_checked(keeper_page: Client) -> None:
    kept(Completeness(ON, 86, 3321))

    page = text_of(keeper_page.get(f"{HOME}kiem-tra/"))

    assert "Không kiểm tra 3 thủ tục đã hết hiệu lực, không nộp được nữa: 1.014061, 1.014063, 1.014064." in page


def test_nobody_missing_is_said_so(keeper_page: Client) -> None:
    kept(Completeness(ON, 86, 3321))

    page = text_of(keeper_page.get(f"{HOME}kiem-tra/", {"xem": "nobody"}))

    assert "Mọi cơ quan có thẩm quyền đều có cán bộ, lãnh đạo, quầy tiếp nhận và cán bộ tại quầy." in page
