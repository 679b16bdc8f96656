"""Records of the national catalogue become drafts that people see, compare, publish; nothing of it is public before."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Membership, Role, User
from portal.core.clock import business_today
from procedures.actions import import_national as importing
from procedures.actions.import_national import arrivals_of, import_national
from procedures.actions.national_repeal import Repeal, propose_repeals
from procedures.actions.national_report import NationalReport
from procedures.catalogue_load.national.reading import Arrival
from procedures.models import FeeRule, NationalRecord, Procedure, ProcedureVersion
from procedures.queries.drafts import changes_in
from procedures.queries.search import search_procedures
from tests.procedures.national_records import METHODS, PAPERS, record
from tests.procedures.registry import SOON, published, rule_input

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PUBLISHED = "1.004873"
LIST = "/quan-tri/thu-tuc/nhap-quoc-gia/"


def imported(*records: object) -> NationalReport:
    return import_national(arrivals_of(records, "test"), source="test", at=AT)


def draft_of(code: str) -> ProcedureVersion:
    return ProcedureVersion.objects.get(procedure__code=code, state="draft")


def keeper(name: str, *roles: str) -> tuple[Client, User]:
    user = User.objects.create_user(name, full_name=name, kind=User.Kind.STAFF)
    for role in roles:
        Membership.objects.create(user=user, role=role, valid_from=date(2020, 1, 1))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, user


@pytest.fixture
def editor() -> Client:
    return keeper("editor", Role.CATALOGUE_EDITOR)[0]


@pytest.fixture
def approver() -> Client:
    return keeper("approver", Role.CATALOGUE_APPROVER)[0]


def test_a_new_procedure_becomes_a_draft_that_nobody_else_sees(client: Client) -> None:
    report = imported(record(cach_thuc_thuc_hien=f"{METHODS}Trực tiếp3 Ngày làm việc700 VNĐ"))
    assert report.is_well
    assert (report.counts()["new"], report.counts()["repaired"]) == (1, 1)
    draft = draft_of("9.000001")
    case = draft.cases.get()
    assert (case.time_value, case.time_unit, case.is_default) == (3, "working_day", True)
    paper = case.requirements.get()
    assert (paper.key, paper.is_declaration, paper.originals, paper.form_files) == ("declaration", True, 1, ["mẫu 01.docx"])
    assert draft.legal_basis == ["46/2019/QH14"]
    assert draft.fee_note_vi == "700.000 đ"
    assert {result.outcome for result in draft.results.all()} == {"grant", "refusal"}
    assert not FeeRule.objects.filter(procedure=draft.procedure).exists()
    assert client.get("/thu-tuc/9.000001/").status_code == 404
    assert "9.000001" not in client.get("/thu-tuc/?q=the+ban+doc").content.decode()


@pytest.mark.parametrize("text", ["thẻ bạn đọc thư viện", "the ban doc thu vien", "9.000001"])
def test_drafts_are_found_with_and_without_diacritics_when_asked_for(text: str) -> None:
    imported(record())
    found = search_procedures(text, business_today(), drafts=True)
    assert found.hits[0].version.procedure.code == "9.000001"
    assert "9.000001" not in [hit.version.procedure.code for hit in search_procedures(text, business_today()).hits]


def test_importing_again_changes_nothing() -> None:
    imported(record())
    before = list(ProcedureVersion.objects.filter(procedure__code="9.000001").values_list("pk", "state"))
    report = imported(record())
    assert (report.counts()["unchanged"], report.counts()["new"]) == (1, 0)
    assert list(ProcedureVersion.objects.filter(procedure__code="9.000001").values_list("pk", "state")) == before


def test_only_a_changed_record_makes_a_new_draft_and_the_old_one_gives_way() -> None:
    imported(record(), record("9.000002"))
    report = imported(record(), record("9.000002", ten_thu_tuc="Cấp lại thẻ bạn đọc"))
    assert (report.counts()["unchanged"], report.counts()["new"]) == (1, 1)
    assert list(ProcedureVersion.objects.filter(procedure__code="9.000002").order_by("number").values_list("number", "state")) == [
        (1, "discarded"),
        (2, "draft"),
    ]


def test_a_draft_that_a_person_works_on_is_left_alone() -> None:
    imported(record())
    person = keeper("writer", Role.CATALOGUE_EDITOR)[1]
    ProcedureVersion.objects.filter(procedure__code="9.000001").update(drafted_by=person)
    report = imported(record(ten_thu_tuc="Cấp thẻ khác"))
    assert (report.is_well, report.counts()["waiting"]) == (False, 1)
    assert draft_of("9.000001").drafted_by == person
    ProcedureVersion.objects.filter(procedure__code="9.000001").update(state="discarded")
    again = imported(record(ten_thu_tuc="Cấp thẻ khác"))
    assert again.counts()["new"] == 1
    assert draft_of("9.000001").name_vi == "Cấp thẻ khác"


def test_a_published_procedure_gets_its_differences_and_keeps_what_is_ours() -> None:
    before = ProcedureVersion.objects.published().get(procedure__code=PUBLISHED)
    report = imported(record(PUBLISHED, ten_thu_tuc=before.name_vi, thanh_phan_ho_so=f"--{PAPERS}Sổ theo dõi hoàn toàn mới1 bản chính"))
    assert report.counts()["changed"] == 1
    draft = draft_of(PUBLISHED)
    assert (draft.short_name_vi, draft.acceptance_scope, draft.online_level) == (
        before.short_name_vi, before.acceptance_scope, before.online_level,
    )  # fmt: skip
    assert draft.cases.get(is_default=True).form == before.cases.get(is_default=True).form
    sentences = " ".join(changes_in(draft))
    assert "Sổ theo dõi hoàn toàn mới" in sentences
    assert "46/2019/QH14" in sentences


def test_cases_come_from_the_tables() -> None:
    tables = f"a) Trường hợp cấp mới:{PAPERS}Đơn cấp mới1 bản chínhb) Trường hợp cấp lại:{PAPERS}Đơn cấp lại1 bản chính,1 bản sao"
    imported(record(thanh_phan_ho_so=tables))
    cases = draft_of("9.000001").cases.order_by("pk")
    assert [(case.name_vi, case.requirements.get().name_vi) for case in cases] == [
        ("a) Trường hợp cấp mới", "Đơn cấp mới"),
        ("b) Trường hợp cấp lại", "Đơn cấp lại"),
    ]


def test_a_case_beside_common_papers_is_a_condition() -> None:
    imported(record(thanh_phan_ho_so=f"--{PAPERS}Đơn1 bản chínhTrường hợp cấp lại:{PAPERS}Thẻ cũ1 bản chính"))
    papers = draft_of("9.000001").cases.get().requirements.order_by("seq")
    assert [(paper.name_vi, paper.kind, paper.condition_vi) for paper in papers] == [
        ("Đơn", "required", ""),
        ("Thẻ cũ", "conditional", "Trường hợp cấp lại"),
    ]


def test_bad_records_are_refused_one_by_one_and_lose_nothing_else() -> None:
    values: list[object] = [
        record(),
        [],
        record("9.000002", ten_thu_tuc=""),
        record(),
        record(linh_vuc="Khác"),
        record("9.000003") | {"linh_vuc": 1},
    ]
    report = imported(*values)
    counts = report.counts()
    assert (counts["read"], counts["new"], counts["refused"], counts["repeated"]) == (6, 1, 4, 1)
    assert not report.is_well
    assert all(row.reason for row in report.rows if row.outcome == "refused")
    assert NationalRecord.objects.filter(outcome="refused").count() == 4


def test_a_null_byte_is_removed_and_nothing_breaks() -> None:
    assert imported(record(trinh_tu_thuc_hien="Bước 1: N\x00ộp.")).counts()["refused"] == 0
    assert "\x00" not in draft_of("9.000001").steps_vi


def test_an_interruption_keeps_finished_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)

    def stopped() -> Iterator[Arrival]:
        yield from arrivals_of([record(f"9.00000{number}") for number in range(1, 4)], "test")
        raise KeyboardInterrupt

    report = import_national(stopped(), source="test", at=AT)
    assert report.interrupted
    assert not report.is_well
    assert Procedure.objects.filter(code__startswith="9.0000").count() == 2
    assert imported(*[record(f"9.00000{number}") for number in range(1, 4)]).counts()["unchanged"] == 2


def test_the_command_reports_and_its_status_tells_whether_all_is_well(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(json.dumps(record()) + "\n", encoding="utf-8")
    out = StringIO()
    call_command("import_procedures", str(path), "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["ok"], answer["read"], answer["new"]) == (True, 1, 1)
    path.write_text(json.dumps(record()) + "\nnot json\n", encoding="utf-8")
    out = StringIO()
    with pytest.raises(CommandError, match="1 refused"):
        call_command("import_procedures", str(path), stdout=out)
    assert "không phải JSON" in out.getvalue()


def test_two_people_publish_an_imported_draft_and_its_fees_are_rules(editor: Client, approver: Client) -> None:
    imported(record(cach_thuc_thuc_hien=f"{METHODS}Trực tiếp3 Ngày làm việc70,000 VNĐ(Lệ phí)"))
    published({"action": "add", "rule": rule_input(procedure=Procedure.objects.get(code="9.000001"))})
    home = "/quan-tri/thu-tuc/9.000001/"
    assert editor.post(f"{home}trinh-duyet/").status_code == 302
    assert ProcedureVersion.objects.get(procedure__code="9.000001").drafted_by is not None
    posted = approver.post(
        f"{home}cong-bo/", {"decision_number": "1/QĐ", "decision_on": "01/11/2026", "effective_from": f"{SOON:%d/%m/%Y}"}
    )
    assert posted.status_code == 302, posted.context["form"].errors
    rule = FeeRule.objects.get(procedure__code="9.000001")
    assert (rule.kind, rule.amount_vnd, rule.channel) == ("levy", 70000, "")
    assert imported(record(cach_thuc_thuc_hien=f"{METHODS}Trực tiếp3 Ngày làm việc70,000 VNĐ(Lệ phí)")).counts()["unchanged"] == 1


def test_the_page_of_imports_filters_searches_and_turns(editor: Client) -> None:
    imported(
        *[record(f"9.000{number:03}") for number in range(1, 56)],
        record("9.000900", cach_thuc_thuc_hien=f"{METHODS}Trực tiếp3 Ngày700 VNĐ"),
        [],
    )
    first = editor.get(LIST)
    assert len(first.context["rows"]) == 50
    second = editor.get(first.context["next_url"])
    codes = [row[0].reference for page in (first, second) for row in page.context["rows"]]
    assert codes == sorted(set(codes))
    assert len(codes) == 57
    for chosen, number in (("new", 50), ("repaired", 1), ("refused", 1), ("changed", 0)):
        page = editor.get(LIST, {"loc": chosen})
        assert len(page.context["rows"]) == number, chosen
    assert [row[0].reference for row in editor.get(LIST, {"q": "9.000900"}).context["rows"]] == ["9.000900"]
    assert "đã khôi phục hàng nghìn" in editor.get(LIST, {"q": "9.000900"}).content.decode()
    assert editor.get(LIST, {"loc": "x'\0", "q": "\0" * 9 + "a" * 500, "sau": "\0"}).status_code == 200


def test_the_page_of_imports_asks_the_same_number_of_questions_for_one_and_for_fifty(editor: Client) -> None:
    imported(record())
    editor.get(LIST)
    with CaptureQueriesContext(connection) as one:
        editor.get(LIST)
    imported(*[record(f"9.000{number:03}") for number in range(2, 51)])
    with CaptureQueriesContext(connection) as fifty:
        editor.get(LIST)
    assert len(one) == len(fifty)


def test_the_keepers_list_is_not_flooded_and_search_still_finds_imports(editor: Client) -> None:
    imported(*[record(f"9.000{number:03}") for number in range(1, 20)])
    listed = editor.get("/quan-tri/thu-tuc/")
    assert not [procedure.code for procedure in listed.context["procedures"] if procedure.code.startswith("9.")]
    seen, url = set(), "/quan-tri/thu-tuc/"
    while url:
        page = editor.get(url)
        seen |= {procedure.code for procedure in page.context["procedures"]}
        url = page.context["next_url"]
    assert len(seen) == ProcedureVersion.objects.published().values("procedure").distinct().count()
    found = editor.get("/quan-tri/thu-tuc/", {"q": "the ban doc"})
    assert any(procedure.code.startswith("9.") for procedure in found.context["procedures"])


def test_the_page_of_a_draft_shows_what_the_record_says(editor: Client) -> None:
    imported(record(cach_thuc_thuc_hien=f"{METHODS}Trực tuyến1Miễn phí(HĐND cấp tỉnh quyết định)", can_cu_phap_ly="Không có thông tin"))
    page = editor.get("/quan-tri/thu-tuc/9.000001/").content.decode()
    assert "thời hạn không có đơn vị" in page
    assert "HĐND cấp tỉnh quyết định" in page
    assert "Thủ tục này chưa có trong danh mục" in page


def test_a_repeal_is_proposed_and_a_person_ends_the_procedure(approver: Client, editor: Client) -> None:
    repeal = Repeal(PUBLISHED, "Tên", date(2026, 11, 1), "1.001193")
    assert propose_repeals([repeal, Repeal("9.999999", "Lạ", date(2026, 11, 1))], source="test", at=AT) == [PUBLISHED]
    assert propose_repeals([repeal], source="test", at=AT) == []
    assert Procedure.objects.get(code=PUBLISHED).ended_on is None
    assert "đã bãi bỏ thủ tục này từ ngày 01/11/2026" in approver.get(f"/quan-tri/thu-tuc/{PUBLISHED}/").content.decode()
    assert editor.post(f"/quan-tri/thu-tuc/{PUBLISHED}/ket-thuc/").status_code == 403
    assert approver.post(f"/quan-tri/thu-tuc/{PUBLISHED}/ket-thuc/").status_code == 302
    ended = Procedure.objects.get(code=PUBLISHED)
    assert ended.ended_on
    assert ended.ended_on > business_today()
    assert ended.replaced_by_code == "1.001193"
    assert approver.post(f"/quan-tri/thu-tuc/{PUBLISHED}/ket-thuc/").status_code == 409


def test_what_only_drafts_know_never_corrects_a_public_search() -> None:
    imported(record(ten_thu_tuc="Cấp giấy xylophone"))
    assert search_procedures("xylophome", business_today()).corrected == ""
    assert search_procedures("xylophome", business_today(), drafts=True).corrected


def test_the_database_insists_on_reasons_and_days() -> None:
    from django.db import IntegrityError, transaction

    wrong: list[dict[str, Any]] = [{"outcome": "refused", "standing": "refused"}, {"outcome": "imported", "standing": "repealed"}]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            NationalRecord.objects.create(reference="x", source="test", read_at=AT, **values)
