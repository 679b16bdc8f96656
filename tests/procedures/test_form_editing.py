"""Questions and results of a draft, edited one by one: what fits is kept and said, what would break something is refused with a reason."""

from collections.abc import Callable

import pytest
from django.test import Client

from procedures.actions.form_editing import edit_form
from procedures.formschema.check import check_schema
from procedures.formschema.edit import (
    EditRefused,
    Option,
    Question,
    add_question,
    change_question,
    is_hand_made,
    locked_reason,
    move_question,
    options_of,
    remove_question,
)
from procedures.formschema.library import form_for, hand_made_codes
from procedures.formschema.schema import RawSchema, known_schema
from procedures.models import ProcedureVersion
from procedures.queries.drafts import changes_in
from tests.procedures.registry import person
from tests.procedures.test_publishing import approver, editor, rendered
from tests.procedures.test_registry_pages import text_of

__all__ = ["approver", "editor"]
COMMON, OWN = "1.012753", "1.004873"
ROOT = f"/quan-tri/thu-tuc/{COMMON}/"
FORM = f"{ROOT}ban-nhap/to-khai/"


def asked(raw: RawSchema, part: str) -> list[str]:
    return [item.key for section, item in known_schema(raw).fields() if section.key == part]


def test_a_question_is_added_reworded_and_moved_and_the_form_still_fits_together() -> None:
    form = form_for(COMMON)
    question = Question(
        label_vi="Loại đề nghị", label_en="Kind", type="choice", required=True, options=options_of("Lần đầu | First\n\nCấp lại | Again")
    )

    more = add_question(form, "request", question)
    key = asked(more, "request")[-1]
    moved = move_question(more, key, -1)
    reworded = change_question(
        moved, key, Question(label_vi="Loại yêu cầu", type="choice", options=(Option("Cấp mới"), Option("Cấp lại")), hint_vi="Chọn một")
    )

    spec = known_schema(reworded).field(key)
    assert check_schema(reworded) == []
    assert asked(moved, "request")[-2] == key == "loai_de_nghi"
    assert [(each.value, each.label.vi) for each in spec.choices] == [("lan_dau", "Cấp mới"), ("cap_lai", "Cấp lại")]
    assert (spec.label.vi, spec.hint.vi, spec.required, spec.paper) == ("Loại yêu cầu", "Chọn một", False, "Loại đề nghị")
    assert asked(remove_question(reworded, key), "request") == asked(form, "request")
    assert asked(form, "request") == asked(form_for(COMMON), "request")  # the form that was given is untouched


YES = Question(label_vi="Có ủy quyền không", type="yesno")
REFUSED: dict[str, tuple[Callable[[RawSchema], object], str]] = {
    "the answer on which another question depends": (lambda form: remove_question(form, "applicant_kind"), "phụ thuộc câu trả lời này"),
    "the name under the signature": (lambda form: remove_question(form, "full_name"), "dưới chữ ký"),
    "an answer that a fee reads": (lambda form: remove_question(form, "copies", {"copies"}), "phụ thuộc câu trả lời này; chỉ sửa"),
    "a question before what it depends on": (lambda form: move_question(form, "organisation", -1), "đứng trước câu trả lời"),
    "a question beyond its part": (lambda form: move_question(form, "applicant_kind", -1), "đầu hoặc cuối"),
    "another type": (lambda form: change_question(form, "request_text", YES), "Không đổi được kiểu"),
    "an option that a condition waits for": (
        lambda form: change_question(
            form, "applicant_kind", Question(label_vi="Tư cách", type="choice", options=options_of("Cá nhân\nHộ gia đình\nCộng đồng"))
        ),
        "sẽ bị bỏ",
    ),
    "a choice of one": (
        lambda form: add_question(form, "request", Question(label_vi="Chọn", type="choice", options=(Option("Một"),))),
        "ít nhất hai",
    ),
    "the same answer twice": (
        lambda form: add_question(form, "request", Question(label_vi="Chọn", type="choice", options=options_of("A\nA"))),
        "ghi giống nhau",
    ),
    "a place that is asked already": (
        lambda form: add_question(form, "place", Question(label_vi="Nơi ở khác", type="address", fact="residence")),
        "ý nghĩa này",
    ),
    "the number of copies twice": (
        lambda form: add_question(form, "request", Question(label_vi="Số bản", type="int", counts="copies")),
        "con số này",
    ),
    "a part that is not there": (lambda form: add_question(form, "nowhere", YES), "không có phần này"),
    "a question that is not there": (lambda form: remove_question(form, "nothing"), "không có câu hỏi này"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_would_break_the_form_is_refused_with_a_reason(what: str) -> None:
    attempt, reason = REFUSED[what]

    with pytest.raises(EditRefused, match=reason):
        attempt(form_for(COMMON))


@pytest.mark.parametrize("code", [code for code in hand_made_codes() if is_hand_made(form_for(code))])
def test_what_a_hand_made_declaration_prints_keeps_its_place_and_kind(code: str) -> None:
    form = form_for(code)
    printed = [item for _part, item in known_schema(form).fields() if item.paper]

    for item in printed:
        assert locked_reason(form, item)
        with pytest.raises(EditRefused, match="Tờ khai in câu trả lời này"):
            remove_question(form, item.key)
    first = known_schema(form).sections[0].key
    more = add_question(form, first, Question(label_vi="Câu hỏi thêm", type="text"))
    added = known_schema(more).field("cau_hoi_them")
    assert (added.paper, bool(added.not_printed), locked_reason(more, added)) == ("", True, "")


@pytest.mark.django_db
def test_questions_are_edited_in_pages_and_every_change_is_a_sentence(editor: Client, approver: Client) -> None:
    editor.post(f"{ROOT}soan/")
    typed = {"label_vi": "Thửa đất có tranh chấp không", "type": "yesno", "required": "on", "hint_vi": "Theo hiểu biết của quý vị"}

    wrong = editor.post(f"{FORM}them/?phan=request", typed | {"type": "choice", "options": "Chỉ một"})
    assert wrong.status_code == 422
    assert "Theo hiểu biết của quý vị" in wrong.content.decode()
    assert editor.post(f"{FORM}them/?phan=request", typed).status_code == 302
    key = "thua_dat_co_tranh_chap_khong"
    later = {"label_vi": "Nội dung tranh chấp", "type": "long", "when": f"{key}:True"}
    assert editor.post(f"{FORM}them/?phan=request", later).status_code == 302
    assert editor.post(f"{FORM}cau/{key}/", typed | {"label_vi": "Thửa đất đang có tranh chấp không"}).status_code == 302
    assert editor.post(f"{FORM}cau/{key}/chuyen/", {"buoc": "-1"}).status_code == 302
    refused = editor.post(f"{FORM}cau/{key}/bo/")
    assert refused.status_code == 422
    assert "“Nội dung tranh chấp” phụ thuộc câu trả lời này" in text_of(refused)
    assert editor.post(f"{FORM}cau/previous_paper/bo/").status_code == 302

    said = text_of(approver.get(ROOT))
    assert "Câu hỏi mới ở phần “Nội dung đề nghị”: “Thửa đất đang có tranh chấp không” (có hoặc không, bắt buộc)." in said
    assert "Không còn hỏi “Số, ngày giấy tờ đã được cấp (nếu có)”." in said
    seen = text_of(approver.get(f"{FORM}xem/"))
    assert "Chỉ hỏi khi: Thửa đất đang có tranh chấp không: có" in seen
    assert "Theo hiểu biết của quý vị" in seen
    draft = ProcedureVersion.objects.get(procedure__code=COMMON, state="draft")
    assert all(check_schema(case.form) == [] for case in draft.cases.all())

    # The answer decides a paper: the paper is asked for only then, and the question is locked.
    edit = f"{ROOT}ban-nhap/"
    assert editor.post(edit, rendered(editor, edit) | {"papers-0-needed_when": f"{key}:True"}).status_code == 302
    first = draft.cases.get(is_default=True).requirements.order_by("seq")[0]
    assert (first.show, first.kind) == ({"field": key, "eq": True}, "conditional")
    assert "nay phải nộp theo câu trả lời: Thửa đất đang có tranh chấp không: có." in text_of(approver.get(ROOT))
    assert editor.post(f"{FORM}cau/{key}/bo/").status_code == 422
    assert editor.post(f"{ROOT}trinh-duyet/").status_code == 302
    assert editor.get(FORM).status_code == 404


@pytest.mark.django_db
def test_a_hand_made_form_takes_a_wording_and_refuses_what_the_paper_would_notice(editor: Client) -> None:
    root = f"/quan-tri/thu-tuc/{OWN}/"
    editor.post(f"{root}soan/")
    page = text_of(editor.get(f"{root}ban-nhap/to-khai/"))
    assert "Thủ tục này có mẫu tờ khai riêng" in page
    assert "Tờ khai in câu trả lời này ở mục" in page
    key = "requester_name"
    form = editor.get(f"{root}ban-nhap/to-khai/cau/{key}/").context["form"]
    kept = {name: form[name].value() or "" for name in form.fields if form[name].value() is not False}

    assert editor.post(f"{root}ban-nhap/to-khai/cau/{key}/bo/").status_code == 422
    assert editor.post(f"{root}ban-nhap/to-khai/cau/{key}/", kept | {"hint_vi": "Viết như trên căn cước"}).status_code == 302

    draft = ProcedureVersion.objects.get(procedure__code=OWN, state="draft")
    assert any("nay là: “Viết như trên căn cước”" in each for each in changes_in(draft))


@pytest.mark.django_db
def test_results_are_edited_with_kind_template_and_validity(editor: Client, approver: Client) -> None:
    editor.post(f"{ROOT}soan/")
    url = f"{ROOT}ban-nhap/ket-qua/"
    rows = editor.get(url).context["rows"]
    data = {field.html_name: "" if field.value() is None else field.value() for form in [rows.management_form, *rows] for field in form}
    blank = f"results-{rows.initial_form_count()}"
    new = {f"{blank}-name_vi": "Thông báo đủ điều kiện", f"{blank}-outcome": "notice", f"{blank}-medium": "rendered"}

    bad = editor.post(url, data | new | {f"{blank}-outcome": "refusal", f"{blank}-template": "marital_status"})
    assert bad.status_code == 422
    assert "Từ chối đã có văn bản riêng." in text_of(bad)
    assert 'value="Thông báo đủ điều kiện"' in bad.content.decode()
    assert editor.post(url, data | new | {f"{blank}-validity_months": "6"}).status_code == 302

    said = "Kết quả mới: “Thông báo đủ điều kiện”"
    assert said in text_of(approver.get(ROOT))
    assert "có giá trị 6 tháng" in text_of(approver.get(ROOT))


@pytest.mark.django_db
def test_a_case_is_added_and_may_then_ask_for_papers_of_its_own(editor: Client) -> None:
    editor.post(f"{ROOT}soan/")
    edit = f"{ROOT}ban-nhap/"
    draft = ProcedureVersion.objects.get(procedure__code=COMMON, state="draft")
    number = draft.cases.count()

    assert editor.post(edit, rendered(editor, edit) | {f"cases-{number}-name_vi": "Đất của tổ chức"}).status_code == 302
    new = draft.cases.get(name_vi="Đất của tổ chức")
    default = draft.cases.get(is_default=True)
    assert new.form == default.form
    assert new.requirements.count() == default.requirements.count() > 0

    apart = f"{edit}?rieng=1"
    assert editor.post(apart, rendered(editor, apart) | {f"case-{new.pk}-0-name_vi": "Giấy phép hoạt động của tổ chức"}).status_code == 302
    assert not default.requirements.filter(name_vi="Giấy phép hoạt động của tổ chức").exists()
    assert any(each.startswith("Trong trường hợp “Đất của tổ chức”: ") for each in changes_in(draft))
    gone = next(name for name in rendered(editor, edit) if name.endswith("-id") and str(rendered(editor, edit)[name]) == str(new.pk))
    assert editor.post(edit, rendered(editor, edit) | {gone.replace("-id", "-DELETE"): "on"}).status_code == 302
    assert not draft.cases.filter(pk=new.pk).exists()


@pytest.mark.django_db
def test_cases_with_another_form_keep_it(editor: Client) -> None:
    editor.post(f"{ROOT}soan/")
    draft = ProcedureVersion.objects.get(procedure__code=COMMON, state="draft")
    default = draft.cases.get(is_default=True)
    other = draft.cases.create(key="khac", name_vi="Trường hợp khác", is_default=False, form=form_for(COMMON, ""))
    same = draft.cases.create(key="nhu-vay", name_vi="Như vậy", is_default=False, form=default.form)

    edit_form(draft, lambda raw: add_question(raw, "request", YES), actor=person("drafter"))

    for case, has in ((default, True), (same, True), (other, False)):
        case.refresh_from_db()
        assert ("co_uy_quyen_khong" in asked(case.form, "request")) is has
