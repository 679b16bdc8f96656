"""A delegation, and its early end, pass two people."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from portal.agencies.models import Agency
from procedures.models import Delegation, DelegationRequest
from tests.procedures.registry import procedure
from tests.procedures.test_registry_pages import HOME, MARITAL, approver, editor, text_of
from tests.procedures.test_registry_pages_runs import FIRST_DAY

__all__ = ["approver", "editor"]

pytestmark = pytest.mark.django_db


def agencies() -> tuple[Agency, Agency]:
    first, second = Agency.objects.filter(kind="commune_committee").order_by("identifier")[:2]
    return first, second


def asked(editor: Client, **changed: str) -> Any:
    giver, taker = agencies()
    data = {
        "from_agency": f"{giver.name} · {giver.identifier}",
        "to_agency": taker.identifier,
        "procedure": MARITAL,
        "valid_from": f"{FIRST_DAY:%d/%m/%Y}",
        "valid_to": f"{FIRST_DAY + timedelta(days=60):%d/%m/%Y}",
        "legal_basis": "45/QĐ-UBND",
    }
    return editor.post(f"{HOME}uy-quyen/moi/", data | changed)


def test_a_delegation_holds_once_a_second_person_has_confirmed_it(editor: Client, approver: Client) -> None:
    assert asked(editor).status_code == 302
    request = DelegationRequest.objects.get()
    waiting = text_of(approver.get(f"{HOME}uy-quyen/"))

    refused = editor.post(f"{HOME}uy-quyen/yeu-cau/{request.pk}/", {"quyet-dinh": "dong-y"})
    none_yet = Delegation.objects.exists()
    approver.post(f"{HOME}uy-quyen/yeu-cau/{request.pk}/", {"quyet-dinh": "dong-y"})

    assert "Chờ người thứ hai" in waiting
    assert (refused.status_code, none_yet) == (403, False)
    held = Delegation.objects.get()
    request.refresh_from_db()
    assert (held.from_agency, held.to_agency, held.procedure) == (*agencies(), procedure(MARITAL))
    assert (request.state, request.delegation) == ("confirmed", held)
    assert request.decided_by != request.asked_by
    assert "Chưa bắt đầu" in text_of(editor.get(f"{HOME}uy-quyen/"))


def test_an_early_end_passes_two_people_as_well(editor: Client, approver: Client) -> None:
    asked(editor)
    approver.post(f"{HOME}uy-quyen/yeu-cau/{DelegationRequest.objects.get().pk}/", {"quyet-dinh": "dong-y"})
    held = Delegation.objects.get()
    last = FIRST_DAY + timedelta(days=10)

    late = editor.post(f"{HOME}uy-quyen/{held.pk}/ket-thuc/", {"last_day": "01/01/2099", "legal_basis": "46/QĐ"})
    editor.post(f"{HOME}uy-quyen/{held.pk}/ket-thuc/", {"last_day": f"{last:%d/%m/%Y}", "legal_basis": "46/QĐ"})
    twice = editor.post(f"{HOME}uy-quyen/{held.pk}/ket-thuc/", {"last_day": f"{last:%d/%m/%Y}", "legal_basis": "46/QĐ"})
    request = DelegationRequest.objects.get(ends=held)
    approver.post(f"{HOME}uy-quyen/yeu-cau/{request.pk}/", {"quyet-dinh": "dong-y"})

    assert late.status_code == 422
    assert "Đã có người đề nghị kết thúc ủy quyền này." in text_of(twice)
    held.refresh_from_db()
    assert held.valid_to == last
    assert held.ended_by_id != request.asked_by_id
    assert "kết thúc" in text_of(editor.get(f"{HOME}uy-quyen/"))


def test_a_refused_request_changes_nothing_and_stays_on_record(editor: Client, approver: Client) -> None:
    asked(editor)
    request = DelegationRequest.objects.get()

    approver.post(f"{HOME}uy-quyen/yeu-cau/{request.pk}/", {"quyet-dinh": "tu-choi"})
    again = approver.post(f"{HOME}uy-quyen/yeu-cau/{request.pk}/", {"quyet-dinh": "dong-y"})

    request.refresh_from_db()
    assert (request.state, Delegation.objects.exists(), again.status_code) == ("refused", False, 409)


def test_what_the_second_person_would_be_refused_the_first_one_reads_at_once(editor: Client) -> None:
    giver, _taker = agencies()

    itself = asked(editor, to_agency=giver.identifier)
    backwards = asked(editor, valid_to="01/01/2020")
    unknown = asked(editor, from_agency="Cơ quan Không Có")

    assert [answer.status_code for answer in (itself, backwards, unknown)] == [422, 422, 422]
    assert "Không có cơ quan nào mang tên hoặc mã định danh này." in text_of(unknown)
    assert "Cơ quan Không Có" in unknown.content.decode()
    assert not DelegationRequest.objects.exists()


def test_the_database_refuses_the_same_person_too(editor: Client) -> None:
    asked(editor)
    request = DelegationRequest.objects.get()

    with pytest.raises(IntegrityError, match="delegation_request_second_person"), transaction.atomic():
        DelegationRequest.objects.filter(pk=request.pk).update(state="confirmed", decided_by=request.asked_by)
