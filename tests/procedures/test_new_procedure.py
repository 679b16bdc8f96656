"""A procedure from nothing: labelled fields, not sent for approval before it is complete, published by a second person."""

from datetime import timedelta

import pytest
from django.test import Client

from portal.core.clock import business_today
from procedures.models import NationalRecord, Procedure, ProcedureVersion
from procedures.queries import current_version
from tests.factories import MONDAY
from tests.procedures.registry import procedure, published, rule_input
from tests.procedures.test_publishing import approver, editor, rendered
from tests.procedures.test_registry_pages import text_of

__all__ = ["approver", "editor"]
pytestmark = pytest.mark.django_db
HOME, CODE = "/quan-tri/thu-tuc/", "9.000123"
TYPED = {
    "code": CODE,
    "is_announced": "on",
    "short_name_vi": "Xác nhận nơi cư trú cũ",
    "name_vi": "Xác nhận thông tin về nơi cư trú trước khi sắp xếp",
    "field": "Hộ tịch",
    "levels": "commune",
    "competent_text_vi": "Ủy ban nhân dân cấp xã",
    "place_fact": "residence",
}
PAPER = {
    "papers-0-name_vi": "Giấy tờ chứng minh nơi cư trú cũ",
    "papers-0-kind": "required",
    "papers-0-originals": "1",
    "papers-0-copies": "0",
}
CONTENT = {
    "channels": "direct",
    "visit_note_vi": "Nộp hồ sơ và nhận kết quả tại quầy",
    "steps_vi": "Nộp hồ sơ\nNhận kết quả",
    "subjects_vi": "Cá nhân",
    "legal_basis": "Luật Cư trú 68/2020/QH14",
    "cases-0-time_value": "3",
    "cases-0-time_unit": "working_day",
}


def result(editor: Client) -> None:
    url = f"{HOME}{CODE}/ban-nhap/ket-qua/"
    data = {field.html_name: field.value() for field in editor.get(url).context["rows"].management_form}
    row = {
        "results-0-name_vi": "Giấy xác nhận",
        "results-0-outcome": "grant",
        "results-0-medium": "rendered",
        "results-0-validity_months": "6",
        "results-1-medium": "rendered",  # what the empty second row sends
    }
    assert editor.post(url, data | row).status_code == 302


def test_a_new_procedure_is_named_complete_published_and_found(editor: Client, approver: Client) -> None:
    answer = editor.post(f"{HOME}moi/", TYPED)
    assert answer.status_code == 302, answer.context["form"].errors
    edit = f"{HOME}{CODE}/ban-nhap/"
    assert answer.headers["Location"] == edit

    early = editor.post(f"{HOME}{CODE}/trinh-duyet/")
    told = text_of(early)
    assert early.status_code == 422
    for missing in (
        "Thành phần hồ sơ: chưa có",
        "Cách nộp: chưa chọn",
        "Kết quả: chưa có",
        "Căn cứ pháp lý: chưa có",
        "Trình tự thực hiện",
    ):
        assert missing in told
    assert "chưa có quy tắc thẩm quyền nào bao quát" in told
    assert "Còn thiếu trước khi trình duyệt" in text_of(editor.get(f"{HOME}{CODE}/"))

    assert editor.post(edit, rendered(editor, edit) | PAPER | CONTENT).status_code == 302
    result(editor)
    listed = text_of(editor.get(f"{HOME}{CODE}/"))
    assert "Cơ quan giải quyết: chưa có quy tắc" in listed
    assert "Thành phần hồ sơ: chưa có" not in listed
    assert editor.post(f"{HOME}{CODE}/trinh-duyet/").status_code == 422

    day = business_today() + timedelta(days=30)
    published({"action": "add", "rule": rule_input(procedure=procedure(CODE))}, effective_from=day)
    assert "Còn thiếu" not in text_of(editor.get(f"{HOME}{CODE}/"))
    assert editor.post(f"{HOME}{CODE}/trinh-duyet/").status_code == 302
    decision = {"decision_number": "77/QĐ-BTP", "decision_on": business_today().isoformat()}
    soon = approver.post(f"{HOME}{CODE}/cong-bo/", decision | {"effective_from": business_today().isoformat()})
    assert soon.status_code == 422
    assert approver.post(f"{HOME}{CODE}/cong-bo/", decision | {"effective_from": day.isoformat()}).status_code == 302

    version = current_version(CODE, day)
    assert version is not None
    assert (version.number, version.short_name_vi, version.levels) == (1, "Xác nhận nơi cư trú cũ", ["commune"])
    assert version.cases.get().declaration == "common"


def test_a_rule_that_reads_a_place_nobody_asks_for_is_named(editor: Client) -> None:
    editor.post(f"{HOME}moi/", TYPED | {"place_fact": "seat"})
    published({"action": "add", "rule": rule_input(procedure=procedure(CODE))})

    page = text_of(editor.get(f"{HOME}{CODE}/"))

    assert "biểu mẫu không hỏi nơi mà quy tắc thẩm quyền căn cứ vào" in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"code": "1.4873"}, "Mã quốc gia gồm một chữ số, dấu chấm và sáu chữ số."),
        ({"code": "1.004873"}, "Danh mục đã có thủ tục mang mã này."),
        ({"is_announced": ""}, "Mã này không có trong cơ sở dữ liệu quốc gia."),
        ({"field": "-", "new_field": ""}, "Nhập tên lĩnh vực mới."),
    ],
)
def test_a_code_that_cannot_be_is_refused_and_nothing_typed_is_lost(editor: Client, changed: dict[str, str], said: str) -> None:
    typed = {name: value for name, value in (TYPED | changed).items() if value}

    answer = editor.post(f"{HOME}moi/", typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Xác nhận thông tin về nơi cư trú trước khi sắp xếp" in page
    assert not Procedure.objects.filter(code=CODE).exists()


def test_a_code_that_the_national_database_knows_needs_no_word_of_honour(editor: Client) -> None:
    NationalRecord.objects.create(
        reference=CODE, outcome="refused", standing="refused", reason="Không đọc được", source="tệp", read_at=MONDAY
    )

    assert editor.post(f"{HOME}moi/", {name: value for name, value in TYPED.items() if name != "is_announced"}).status_code == 302


def test_a_draft_that_was_given_up_can_be_started_again(editor: Client) -> None:
    editor.post(f"{HOME}moi/", TYPED)
    editor.post(f"{HOME}{CODE}/huy/")
    assert "Làm lại" in text_of(editor.get(f"{HOME}{CODE}/"))

    assert editor.post(f"{HOME}moi/", TYPED | {"field": "-", "new_field": "Cư trú mới"}).status_code == 302

    assert Procedure.objects.get(code=CODE).field_vi == "Cư trú mới"
    assert list(ProcedureVersion.objects.filter(procedure__code=CODE).order_by("number").values_list("number", "state")) == [
        (1, "discarded"),
        (2, "draft"),
    ]
