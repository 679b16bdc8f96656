"""Somebody was faster, or a word is missing: the citizen reads why on the page of the form, and what was typed is still there."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dossiers.actions.decide import claim
from dossiers.actions.expire import expire_supplement
from dossiers.actions.supplement import Asked, answer_supplement, ask_supplement
from dossiers.actions.supplement_files import attach_to_item
from dossiers.actions.transition import By
from dossiers.models import Dossier, SupplementRequest
from dossiers.queries import found_or_404
from dossiers.views.applicant import steps, supplement
from portal.accounts.models import Role, User
from portal.core.errors import Conflict
from tests.counters.conftest import signed_in
from tests.dossiers.officer.desk import text_of
from tests.factories import MONDAY, centre, citizen, committee, decided, filed, routed, staff, staffed
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db
TYPED = "Tôi đã viết câu trả lời này rất lâu."


@pytest.fixture(autouse=True)
def monday(set_legal_time: SetTime) -> None:
    set_legal_time(MONDAY)


@pytest.fixture
def owner() -> User:
    return citizen()


@pytest.fixture
def browser(owner: User) -> Client:
    return signed_in(owner)


@pytest.fixture
def people() -> tuple[User, User]:
    return staffed(committee())


@pytest.fixture
def dossier(owner: User, people: tuple[User, User]) -> Dossier:
    return routed(filed(applicant=owner).dossier)


@pytest.fixture
def asked(dossier: Dossier, people: tuple[User, User]) -> SupplementRequest:
    by = By(people[0], MONDAY, agency=dossier.agency)
    claim(dossier, by=by)
    dossier.refresh_from_db()
    items = [Asked("Bản chụp căn cước rõ hơn", "Ảnh mờ")]
    ask_supplement(dossier, by=by, items=items, answer_by=date(2026, 11, 10), expected_version=dossier.state_version)
    return dossier.supplement_requests.get()


def test_a_short_reason_to_withdraw_is_an_error_of_its_field(browser: Client, dossier: Dossier) -> None:
    page = browser.post(f"/ho-so-cua-toi/{dossier.code}/rut/", {"reason": "Nhầm."})

    dossier.refresh_from_db()
    assert (page.status_code, dossier.state) == (422, "in_transfer_to_agency")
    assert list(page.context["form"].errors) == ["reason"]
    assert "Nhầm." in text_of(page)


def test_a_withdrawal_that_loses_to_the_signature_says_so(
    browser: Client, dossier: Dossier, people: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def signed_meanwhile(*args: Any) -> Dossier:
        seen = found_or_404(*args)
        decided(Dossier.objects.get(pk=seen.pk), *people)
        return seen

    monkeypatch.setattr(steps, "found_or_404", signed_meanwhile)
    page = browser.post(f"/ho-so-cua-toi/{dossier.code}/rut/", {"reason": TYPED})

    dossier.refresh_from_db()
    assert (page.status_code, TYPED in text_of(page)) == (409, True)
    assert dossier.finished_at is not None


def test_an_answer_after_the_answer_is_a_conflict(asked: SupplementRequest, dossier: Dossier, owner: User) -> None:
    answers = {asked.items.get().pk: TYPED}
    answer_supplement(dossier, by=By(owner, MONDAY), answers=answers)

    with pytest.raises(Conflict):
        answer_supplement(dossier, by=By(owner, MONDAY), answers=answers)


def test_a_request_that_runs_out_while_it_is_answered_keeps_the_words(
    asked: SupplementRequest, dossier: Dossier, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = asked.items.get()

    def ran_out(*args: Any, **kwargs: Any) -> object:
        expire_supplement(dossier.pk, at=MONDAY + timedelta(days=30))
        item.request.refresh_from_db()
        return attach_to_item(item, **kwargs)

    monkeypatch.setattr(supplement, "attach_to_item", ran_out)
    file = SimpleUploadedFile("giay.pdf", b"%PDF-1.4 x", "application/pdf")
    typed = {"answer": "1", f"answer-{item.pk}": TYPED, f"files-{item.pk}": file}
    monkeypatch.setattr("dossiers.actions.supplement_files.check_upload", lambda _file: None)
    page = browser.post(f"/ho-so-cua-toi/{dossier.code}/bo-sung/", typed)

    assert (page.status_code, TYPED in text_of(page)) == (409, True)


def test_the_counter_keeps_the_words_too(asked: SupplementRequest, dossier: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    from counters.views import supplement as at_counter

    item = asked.items.get()
    monkeypatch.setattr(at_counter, "attach_to_item", _answered)
    file = SimpleUploadedFile("giay.pdf", b"%PDF-1.4 x", "application/pdf")
    clerk = signed_in(staff(Role.CLERK, centre("48")))
    page = clerk.post(f"/quay/bo-sung/?ma={dossier.code}", {f"answer-{item.pk}": TYPED, f"files-{item.pk}": file})

    assert (page.status_code, TYPED in page.content.decode()) == (409, True)


def _answered(*_args: object, **_kwargs: object) -> None:
    raise Conflict("Yêu cầu này đã được trả lời.")
