"""Before anything is sent: who decides, why, by when it is answered and by when it is done."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from dossiers.actions.drafts import save_draft, start_draft
from dossiers.actions.route import preview
from dossiers.expected import answer_by, due_if_started
from dossiers.models import Draft
from portal.accounts.models import User
from portal.core.clock import business_now, technical_now
from portal.core.models import DemoClock
from portal.core.workcalendar import local
from procedures.competence import Competent
from procedures.formschema.library import sample_answers
from procedures.queries import current_version
from procedures.reasons import reason_text
from tests.factories import MONDAY, TODAY, address, citizen, marital_answers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday() -> None:
    """It is the Monday of the factories, nine in the morning."""
    offset = int((MONDAY - technical_now()).total_seconds())
    DemoClock.objects.update_or_create(id=1, defaults={"offset_seconds": offset})


def checked(user: User, code: str, answers: Mapping[str, Any]) -> tuple[Draft, str]:
    version = current_version(code, TODAY)
    assert version is not None
    draft = start_draft(version, version.cases.get(is_default=True), owner=user, office=None, channel="online", at=business_now())
    draft = save_draft(draft, answers=answers, parties={}, at=business_now(), expected_revision=draft.revision)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/nop-ho-so/nhap/{draft.pk}/kiem-tra/")
    assert page.status_code == 200
    return draft, " ".join(page.content.decode().split())


def test_the_check_page_names_the_agency_the_reason_and_both_times() -> None:
    answers = marital_answers(address())
    draft, page = checked(citizen(), "1.004873", answers)
    decision, _facts = preview(draft.version, draft.case, answers, office=None, on=TODAY)
    assert isinstance(decision, Competent)
    answered = answer_by(MONDAY)
    due = due_if_started(draft.version, draft.case, answered)
    assert due is not None

    assert f"<strong>{decision.agency.name}</strong>" in page
    reasons = [reason_text(reason) for reason in decision.reasons]
    assert reasons
    assert [reason for reason in reasons if f"<li>{reason}</li>" not in page] == []
    assert f"{local(answered):%H:%M %d/%m/%Y}" in page
    assert f"{local(due):%H:%M %d/%m/%Y}" in page
    assert "tính từ khi cơ quan có thẩm quyền nhận hồ sơ" not in page


def test_where_the_way_does_not_count_the_page_says_from_when_it_does() -> None:
    _draft, page = checked(citizen(), "1.004222", sample_answers("1.004222"))

    assert "07 ngày làm việc, tính từ khi cơ quan có thẩm quyền nhận hồ sơ" in page
