"""Whatever an editor can change is said to the second person; cases that ask for different papers keep them."""

import pytest
from django.test import Client

from procedures.models import ProcedureCase, ProcedureVersion, Requirement
from procedures.queries.drafts import changes_in
from tests.procedures.test_publishing import CODE, HOME, approver, drafted, editor, rendered

__all__ = ["approver", "editor"]
pytestmark = pytest.mark.django_db
EDIT = f"{HOME}ban-nhap/"


def draft() -> ProcedureVersion:
    return ProcedureVersion.objects.get(procedure__code=CODE, number=2)


CHANGED = {
    "short_name_vi": ("Tên khác", "Tên ngắn"),
    "short_name_en": ("Another short name", "Tên ngắn bằng tiếng Anh"),
    "name_vi": ("Tên đầy đủ khác", "Tên đầy đủ"),
    "name_en": ("Another name", "Tên tiếng Anh"),
    "levels": ("ministry", "Cấp bộ"),
    "competent_text_vi": ("Cơ quan khác", "Cơ quan khác"),
    "subjects_vi": ("Mọi người", "Mọi người"),
    "sets_count": ("3", "3"),
    "channels": ("direct", ""),
    "online_level": ("partial", ""),
    "visit_note_vi": ("Đến ký một lần", "Đến ký một lần"),
    "visit_note_en": ("Come once to sign", "Come once to sign"),
    "acceptance_scope": ("nationwide", ""),
    "exempt_from_pilot": ("on", ""),
    "transfer_excluded": ("on", "có"),
    "supplement_policy": ("restart", "Tính lại toàn bộ thời hạn"),
    "steps_vi": ("Một bước mới", "Một bước mới"),
    "steps_en": ("A new step", "A new step"),
    "preconditions_vi": ("Điều kiện mới", "Điều kiện mới"),
    "fee_note_vi": ("Ghi chú mới", "Ghi chú mới"),
    "step_hours": ("1 8 16 4 3", "1 8 16 4 3"),
    "legal_basis": ("Luật mới", "Luật mới"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_every_field_that_can_be_edited_is_a_sentence_of_the_difference(editor: Client, name: str) -> None:
    value, said = CHANGED[name]
    more = {"visit_note_vi": "Đến ký một lần"} if name == "online_level" else {}
    drafted(editor, **({name: value} | more))

    changes = changes_in(draft())

    assert changes
    assert any(said in each for each in changes), changes
    assert editor.post(f"{HOME}trinh-duyet/").status_code == 302


def test_the_table_above_has_every_field_of_the_form(editor: Client) -> None:
    editor.post(f"{HOME}soan/")

    assert set(editor.get(EDIT).context["form"].fields) == set(CHANGED)


def test_the_policy_of_supplements_changes_in_words(editor: Client, approver: Client) -> None:
    drafted(editor, supplement_policy="restart")
    editor.post(f"{HOME}trinh-duyet/")

    page = approver.get(f"{HOME}cong-bo/").content.decode()

    assert "Khi yêu cầu bổ sung đổi từ “Không tính thời gian chờ bổ sung” thành “Tính lại toàn bộ thời hạn”." in page
    assert "restart" not in page
    assert "pause_resume" not in page


@pytest.fixture
def by_case(editor: Client) -> ProcedureCase:
    """A second case in the open draft, which asks for one paper of its own and leaves out the first one of the other."""
    editor.post(f"{HOME}soan/")
    default = draft().cases.get()
    other = ProcedureCase.objects.create(version=draft(), key="abroad", name_vi="Để dùng ở nước ngoài", is_default=False, time_note_vi="")
    papers = list(default.requirements.order_by("seq", "pk"))[1:]
    for paper in papers:
        Requirement.objects.create(case=other, seq=paper.seq, key=paper.key, name_vi=paper.name_vi, kind=paper.kind, copies=paper.copies)
    Requirement.objects.create(case=other, seq=99, key="own", name_vi="Giấy tờ riêng của trường hợp này", kind="required", originals=1)
    return other


def asked(case: ProcedureCase) -> list[str]:
    return list(case.requirements.order_by("seq", "pk").values_list("key", flat=True))


def test_saving_keeps_the_papers_of_every_case(editor: Client, by_case: ProcedureCase) -> None:
    before = asked(by_case)

    answer = editor.post(EDIT, rendered(editor, EDIT) | {"papers-0-name_vi": "Chỉ trường hợp chung"})

    assert answer.status_code == 302
    assert asked(by_case) == before
    assert not by_case.requirements.filter(name_vi="Chỉ trường hợp chung").exists()
    page = editor.get(EDIT).content.decode()
    assert "giấy tờ của từng trường hợp được sửa riêng" in page
    assert f'name="case-{by_case.pk}-0-name_vi"' in page


def test_a_paper_of_one_case_changes_there_alone_and_the_sentence_names_the_case(editor: Client, by_case: ProcedureCase) -> None:
    mine = by_case.requirements.get(key="own")
    values = rendered(editor, EDIT)
    name = next(key for key, value in values.items() if value == mine.name_vi)

    editor.post(EDIT, values | {name: "Giấy tờ riêng, tên mới"})

    mine.refresh_from_db()
    assert mine.name_vi == "Giấy tờ riêng, tên mới"
    told = [each for each in changes_in(draft()) if "Giấy tờ riêng, tên mới" in each]
    assert [each.startswith("Trong trường hợp “Để dùng ở nước ngoài”: ") for each in told] == [True]


def test_cases_that_ask_alike_are_edited_once(editor: Client) -> None:
    editor.post(f"{HOME}soan/")
    default = draft().cases.get()
    other = ProcedureCase.objects.create(version=draft(), key="abroad", name_vi="Để dùng ở nước ngoài", is_default=False)
    for paper in default.requirements.order_by("seq", "pk"):
        paper.pk, paper.case = None, other
        paper._state.adding = True
        paper.save()

    editor.post(EDIT, rendered(editor, EDIT) | {"papers-0-name_vi": "Tên mới cho cả hai"})

    assert [case.requirements.order_by("seq", "pk")[0].name_vi for case in (default, other)] == ["Tên mới cho cả hai"] * 2
    changes = changes_in(draft())
    assert sum("Tên mới cho cả hai" in each for each in changes) <= 2
