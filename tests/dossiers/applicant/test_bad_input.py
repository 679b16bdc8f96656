"""What goes wrong while filing online: a clear sentence, what was typed is still there, and nothing is half written."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dossiers.actions.drafts import start_draft
from dossiers.models import Dossier, Draft, DraftFile
from portal.core.clock import business_now, business_today
from procedures.models import Procedure
from procedures.queries import current_version
from tests.counters.test_walk_in import photo
from tests.factories import MARITAL_STATUS, citizen, marital_answers

pytestmark = pytest.mark.django_db
NAME = "Nguyễn Thị Ước Mơ"


@pytest.fixture
def draft() -> Draft:
    version = current_version(MARITAL_STATUS, business_today())
    assert version is not None
    answers = marital_answers() | {"requester_name": NAME}
    return start_draft(
        version, version.cases.get(is_default=True), owner=citizen(), office=None, channel="online", at=business_now(), answers=answers
    )


@pytest.fixture
def owner(draft: Draft) -> Client:
    client = Client()
    client.force_login(draft.owner, backend="django.contrib.auth.backends.ModelBackend")
    return client


def stored(draft: Draft) -> tuple[Any, ...]:
    """All that a request could have written."""
    now = Draft.objects.get(pk=draft.pk)
    return now.answers, now.parties, now.revision, now.expires_at, Dossier.objects.count(), DraftFile.objects.count()


@pytest.mark.parametrize("page", ["", "cac-ben/", "phan/status/", "giay-to/", "kiem-tra/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_expired_draft_says_so_and_shows_what_was_typed(draft: Draft, owner: Client, page: str, method: str) -> None:
    Draft.objects.filter(pk=draft.pk).update(expires_at=business_now() - timedelta(minutes=1))
    before = stored(draft)
    posted = {"d-requester_name": "Trần Văn Mới Gõ", "submit": "1", "declared": "on", "files": photo("a.jpg", "red")}

    answer = getattr(owner, method)(f"/nop-ho-so/nhap/{draft.pk}/{page}", posted if method == "post" else {})

    html = answer.content.decode()
    assert answer.status_code == 410
    assert "Bản nháp đã hết hạn" in html
    assert f"/nop-ho-so/{MARITAL_STATUS}/" in html
    assert NAME in html
    assert ("Trần Văn Mới Gõ" in html) is (method == "post")
    assert stored(draft) == before


def test_a_procedure_that_ends_while_the_draft_is_open(draft: Draft, owner: Client) -> None:
    Procedure.objects.filter(pk=draft.version.procedure_id).update(ended_on=business_today())
    before = stored(draft)
    url = f"/nop-ho-so/nhap/{draft.pk}/kiem-tra/"

    shown, refused = owner.get(url), owner.post(url, {"declared": "on", "submit": "1", "rev": str(draft.revision)})

    assert (shown.status_code, refused.status_code) == (200, 422)
    for page in (shown, refused):
        assert "Thủ tục này đã hết hiệu lực" in page.content.decode()
        assert NAME in page.content.decode()
    assert stored(draft) == before
    assert owner.get(f"/nop-ho-so/{MARITAL_STATUS}/").status_code in {200, 404, 409, 410}
    assert Draft.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Thị trấn Không Tưởng", "99999@2025-07-01"),
        ("99999", ""),
        ("Phường Tân Phú", "xx@yy"),
        ("Thị trấn Không Tưởng", "00004@2025-07-01"),
    ],
    ids=["unknown code", "a code as text", "not a code", "a code of another place"],
)
def test_an_unknown_place_is_asked_again_and_never_guessed(draft: Draft, owner: Client, text: str, unit: str) -> None:
    url = f"/nop-ho-so/nhap/{draft.pk}/phan/subject/"
    first = owner.get(url)
    assert first.status_code == 200
    typed = {"rev": str(draft.revision), "d-subject_full_name": NAME, "d-subject_residence_text": text, "d-subject_residence_unit": unit}

    answer = owner.post(url, typed)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Không tìm thấy xã, phường này" in html or "Có nhiều nơi trùng tên này" in html
    assert f'value="{text}"' in html
    assert NAME in html
    kept = Draft.objects.get(pk=draft.pk).answers.get("subject_residence")
    assert not (isinstance(kept, dict) and kept.get("unit_code") and kept.get("text") == text)
    assert not Dossier.objects.exists()
