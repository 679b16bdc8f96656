"""Fees set by a council: drafted by one person, published by another, in force from a day on, and never changed afterwards."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dossiers.models import FeeLine
from portal.accounts.models import Role
from portal.core.clock import LOCAL, business_today
from procedures.actions.feesets import FeeInput, put_fee, start_fee_set
from procedures.actions.load_catalogue import left_to_the_catalogue
from procedures.models import FeeRule, FeeSet, Procedure
from procedures.queries.fee_sets import fee_rows
from procedures.queries.prices import FeeQuestion, fee_lines
from tests.factories import fee, filed
from tests.procedures.registry import person
from tests.procedures.test_registry_pages import keeper, text_of

pytestmark = pytest.mark.django_db
HOME = "/quan-tri/le-phi/"
MARITAL, COPIES = "1.004873", "2.000815"
AT = datetime(2026, 11, 2, 9, 0, tzinfo=LOCAL)
QUERIES = (10, 12)
LEVY = {"which": "le-phi-ho-tich", "action": "set", "channel": "", "amount": "5.000", "basis": "per_dossier"}


@pytest.fixture
def editor() -> Client:
    return keeper("editor", Role.CATALOGUE_EDITOR)[0]


@pytest.fixture
def approver() -> Client:
    return keeper("approver", Role.CATALOGUE_APPROVER)[0]


def first_day() -> date:
    return business_today() + timedelta(days=10)


def started(editor: Client, province: str = "01") -> FeeSet:
    typed = {"title": "Lệ phí hộ tịch 2027", "province": province, "legal_basis": "Nghị quyết 12/2026/NQ-HĐND"}
    answer = editor.post(f"{HOME}moi/", typed)
    assert answer.status_code == 302, answer.context["form"].errors
    return FeeSet.objects.order_by("-pk")[0]


def decision(day: date) -> dict[str, str]:
    return {"decision_number": "345/QĐ-UBND", "decision_on": business_today().isoformat(), "effective_from": day.isoformat()}


def price(code: str, day: date, province: str = "01", channel: str = "direct") -> list[int | None]:
    return [line.amount_vnd for line in fee_lines(Procedure.objects.get(code=code), FeeQuestion(day, channel, province))]


def published(editor: Client, approver: Client, day: date, line: dict[str, str], code: str = MARITAL, province: str = "01") -> FeeSet:
    fee_set = started(editor, province)
    answer = editor.post(f"{HOME}{fee_set.pk}/them/?thu_tuc={code}", line)
    assert answer.status_code == 302, answer.context["form"].errors
    editor.post(f"{HOME}{fee_set.pk}/trinh-duyet/")
    answer = approver.post(f"{HOME}{fee_set.pk}/cong-bo/", decision(day))
    assert answer.status_code == 302, answer.context["form"].errors
    return FeeSet.objects.get(pk=fee_set.pk)


def test_a_council_s_rate_is_drafted_approved_by_a_second_person_and_used_by_the_next_filing(editor: Client, approver: Client) -> None:
    day, running = first_day(), filed(fees=[fee(3000)]).dossier
    fee_set = started(editor)
    base = f"{HOME}{fee_set.pk}/"
    assert editor.post(f"{base}trinh-duyet/").status_code == 422
    assert editor.post(f"{base}them/?thu_tuc={MARITAL}", LEVY).status_code == 302

    shown = text_of(editor.get(base))
    assert "Lệ phí hộ tịch: từ 3.000 đ thành 5.000 đ." in shown
    assert MARITAL in shown
    assert approver.get(f"{base}cong-bo/").status_code == 404
    assert editor.post(f"{base}trinh-duyet/").status_code == 302
    assert editor.post(f"{base}cong-bo/", decision(day)).status_code == 403
    page = text_of(approver.get(f"{base}cong-bo/"))
    assert "từ 3.000 đ thành 5.000 đ" in page
    late = approver.post(f"{base}cong-bo/", decision(business_today()))
    assert late.status_code == 422
    assert "345/QĐ-UBND" in late.content.decode()
    assert approver.post(f"{base}cong-bo/", decision(day)).status_code == 302

    rule = FeeRule.objects.get(fee_set=fee_set)
    assert (rule.amount_vnd, rule.legal_basis, rule.valid_from) == (5000, "Nghị quyết 12/2026/NQ-HĐND", day)
    assert price(MARITAL, day - timedelta(days=1)) == [3000]
    assert price(MARITAL, day) == [5000]
    assert price(MARITAL, day, province="79") == [None]
    assert list(FeeLine.objects.filter(dossier=running).values_list("amount_vnd", flat=True)) == [3000]
    # The record still says what it changed, after the change.
    assert "Lệ phí hộ tịch: từ 3.000 đ thành 5.000 đ." in text_of(approver.get(base))
    assert "345/QĐ-UBND" in text_of(approver.get(HOME))


def test_a_first_rate_of_a_province_says_what_holds_elsewhere_and_opens_online_payment(editor: Client, approver: Client) -> None:
    day = first_day()
    fee_set = published(editor, approver, day, LEVY, province="79")

    assert fee_rows(fee_set)[0].sentence.startswith("Lệ phí hộ tịch: quy định mức 5.000 đ. Mức chung cả nước: ")
    assert price(MARITAL, day, province="79", channel="online") == [5000]


def test_a_fee_by_the_page_has_tiers_and_a_cap_and_one_can_end(editor: Client, approver: Client) -> None:
    day = first_day()
    code = FeeRule.objects.get(procedure__code=COPIES).code
    line = {"which": code, "action": "set", "channel": "", "amount": "3000", "basis": "per_page", "first_pages": "2"}
    fee_set = started(editor, "")
    url = f"{HOME}{fee_set.pk}/them/?thu_tuc={COPIES}"
    assert editor.post(url, line).status_code == 422
    assert editor.post(url, line | {"later_amount": "1500", "cap": "100000"}).status_code == 302
    assert editor.post(url, line | {"later_amount": "1500"}).status_code == 422  # once a set
    editor.post(f"{HOME}{fee_set.pk}/trinh-duyet/")
    approver.post(f"{HOME}{fee_set.pk}/cong-bo/", decision(day))

    answers = {"documents": [{"pages": 4, "copies": 1}]}
    procedure = Procedure.objects.get(code=COPIES)
    assert [line.amount_vnd for line in fee_lines(procedure, FeeQuestion(day, "direct", "01", answers))] == [9000]
    later = day + timedelta(days=30)
    published(editor, approver, later, {"which": code, "action": "end", "channel": "", "basis": "per_page"}, code=COPIES, province="")
    assert price(COPIES, later) == []
    assert price(COPIES, later - timedelta(days=1)) == [3000]


def test_bad_input_keeps_what_was_typed_and_a_new_fee_has_a_name(editor: Client) -> None:
    fee_set = started(editor)
    url = f"{HOME}{fee_set.pk}/them/?thu_tuc={MARITAL}"
    new = {
        "which": "new",
        "name_vi": "",
        "kind": "charge",
        "action": "set",
        "channel": "online",
        "amount": "12 nghìn",
        "basis": "per_dossier",
    }

    refused = editor.post(url, new)

    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'value="12 nghìn"' in page
    assert "Nhập tên khoản thu mới." in page
    assert editor.post(url, new | {"name_vi": "Phí xác nhận nhanh", "amount": "12.000"}).status_code == 302
    change = fee_set.changes.get()
    assert (change.code, change.channel, change.amount_vnd) == ("phi-xac-nhan-nhanh", "online", 12000)
    assert fee_rows(fee_set)[0].sentence == "Khoản mới – Phí xác nhận nhanh (Trực tuyến): 12.000 đ."
    edited = f"{HOME}{fee_set.pk}/sua/{change.pk}/"
    assert 'value="12.000"' in editor.get(edited).content.decode()
    assert editor.post(f"{HOME}{fee_set.pk}/bo/{change.pk}/").status_code == 302
    assert "không có tên" not in text_of(editor.get(f"{HOME}{fee_set.pk}/them/", {"thu_tuc": "khong co gi"}))
    assert editor.post(f"{HOME}moi/", {"title": "", "province": "01", "legal_basis": "NQ 1"}).status_code == 422


def test_whoever_drafted_it_cannot_publish_it_and_the_database_agrees() -> None:
    both, _user = keeper("both", Role.CATALOGUE_EDITOR, Role.CATALOGUE_APPROVER)
    fee_set = started(both)
    both.post(f"{HOME}{fee_set.pk}/them/?thu_tuc={MARITAL}", LEVY)
    both.post(f"{HOME}{fee_set.pk}/trinh-duyet/")

    answer = both.post(f"{HOME}{fee_set.pk}/cong-bo/", decision(first_day()))

    assert answer.status_code == 422
    assert "Người soạn không được tự duyệt." in text_of(answer)
    with pytest.raises(IntegrityError, match="fee_set_approver_is_second_person"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE procedures_feeset SET approved_by_id = drafted_by_id WHERE id = %s", [fee_set.pk])


IMMUTABLE = {
    "a rate": "UPDATE procedures_feerule SET amount_vnd = 1 WHERE fee_set_id IS NOT NULL",
    "a rate of the catalogue": "UPDATE procedures_feerule SET amount_vnd = 1 WHERE fee_set_id IS NULL",
    "its end": "UPDATE procedures_feerule SET valid_to = '2027-01-01' WHERE fee_set_id IS NOT NULL",
    "no rate any more": "DELETE FROM procedures_feerule WHERE fee_set_id IS NOT NULL",
    "a rate from nowhere": "INSERT INTO procedures_feerule (procedure_id, code, kind, name_vi, name_en, amount_vnd, basis, tiers, channel, "
    "legal_basis, valid_from) SELECT id, 'x', 'levy', 'x', '', 1, 'per_dossier', '[]', '', '', '2027-01-01' FROM procedures_procedure "
    "LIMIT 1",
    "the set": "UPDATE procedures_feeset SET title = 'khác'",
    "a line of the set": "UPDATE procedures_feechange SET amount_vnd = 1",
    "an exemption": "UPDATE procedures_feeconcession SET percent = 1",
}


@pytest.mark.parametrize("what", IMMUTABLE)
def test_what_is_published_cannot_be_changed_in_the_database(editor: Client, approver: Client, what: str) -> None:
    published(editor, approver, first_day(), LEVY)

    with pytest.raises(IntegrityError, match=r"[Mm]ức thu|miễn, giảm"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(IMMUTABLE[what])


def test_loading_the_catalogue_again_leaves_published_rates_alone(editor: Client, approver: Client) -> None:
    published(editor, approver, first_day(), LEVY)

    of_file = list(FeeRule.objects.filter(procedure__code=MARITAL, fee_set=None))
    left = left_to_the_catalogue(of_file)

    assert {rule.province and rule.province.code for rule in of_file} == {None, "01"}
    assert {rule.province for rule in left} == {None}


def test_a_set_is_given_up_with_a_reason_or_sent_back(editor: Client, approver: Client) -> None:
    fee_set = started(editor)
    editor.post(f"{HOME}{fee_set.pk}/them/?thu_tuc={MARITAL}", LEVY)
    editor.post(f"{HOME}{fee_set.pk}/trinh-duyet/")
    assert editor.get(f"{HOME}{fee_set.pk}/mo-ta/").status_code == 404
    approver.post(f"{HOME}{fee_set.pk}/tra-lai/")
    typed = {"title": "Tên mới", "legal_basis": "NQ 13", "effective_from": "01/02/2027", "note": ""}
    assert editor.post(f"{HOME}{fee_set.pk}/mo-ta/", typed).status_code == 302

    assert editor.post(f"{HOME}{fee_set.pk}/huy/", {"reason": ""}).status_code == 422
    editor.post(f"{HOME}{fee_set.pk}/huy/", {"reason": "HĐND hoãn thông qua"})

    found = FeeSet.objects.get(pk=fee_set.pk)
    assert (found.state, found.title, found.effective_from) == ("discarded", "Tên mới", date(2027, 2, 1))
    assert "HĐND hoãn thông qua" in text_of(editor.get(f"{HOME}{fee_set.pk}/"))


@pytest.mark.parametrize("count", [1, 50])
def test_the_list_and_a_set_take_as_many_queries_for_one_as_for_fifty(editor: Client, count: int) -> None:
    procedures = Procedure.objects.order_by("pk")[:count]
    values: dict[str, Any] = {
        "province": None,
        "legal_basis": "Luật 97",
        "effective_from": None,
        "note": "",
        "actor": person("drafter"),
        "at": AT,
    }
    sets = [start_fee_set(title=f"Bộ {number}", **values) for number in range(count)]
    for each in procedures:
        put_fee(sets[0], fee=FeeInput(procedure=each, name_vi="Phí thử", kind="charge", amount_vnd=1000))
    editor.get(HOME)

    with CaptureQueriesContext(connection) as listed:
        assert editor.get(HOME).status_code == 200
    with CaptureQueriesContext(connection) as shown:
        assert editor.get(f"{HOME}{sets[0].pk}/").status_code == 200

    assert (len(listed), len(shown)) == QUERIES
