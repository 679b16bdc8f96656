"""A request that is too large: nothing of it reaches the disk, what was typed comes back, the draft stays as it was."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from dossiers.models import DraftFile
from tests.counters.conftest import Seat, hanoi, seat_at  # noqa: F401 -- fixtures
from tests.counters.rendered import form_values
from tests.counters.test_walk_in import begun, draft_at, filled, first_paper, photo

pytestmark = pytest.mark.django_db
LIMIT = 60_000
NOWHERE = Path("/nonexistent/uploads")
"""A file that a handler began to write there would fail the request."""


def large(name: str = "lon.jpg", size: int = LIMIT) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"\xff\xd8\xff" + b"0" * size, content_type="image/jpeg")


@pytest.fixture
def hanoi_draft(hanoi: Seat) -> str:  # noqa: F811
    return begun(hanoi)


def test_typed_text_comes_back_and_can_be_sent_again(hanoi: Seat, hanoi_draft: str) -> None:  # noqa: F811
    values = filled(hanoi, hanoi_draft)
    before = draft_at(hanoi_draft)

    with override_settings(REQUEST_MAX_BYTES=LIMIT, FILE_UPLOAD_TEMP_DIR=NOWHERE):
        refused = hanoi.client.post(hanoi_draft, values | {"action": "save", f"files-{first_paper(hanoi_draft)}": large()})

    page = refused.content.decode()
    assert refused.status_code == 413
    assert "Mỗi lần gửi không quá 60 MB" in page
    assert "chọn lại các tệp" in page
    assert (draft_at(hanoi_draft).answers, draft_at(hanoi_draft).revision) == (before.answers, before.revision)
    assert not DraftFile.objects.exists()
    again = form_values(refused, action=hanoi_draft)
    assert hanoi.client.post(hanoi_draft, again).status_code == 302
    assert draft_at(hanoi_draft).answers != before.answers


def test_the_token_is_still_asked_for(hanoi: Seat, hanoi_draft: str) -> None:  # noqa: F811
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(hanoi.user, backend="django.contrib.auth.backends.ModelBackend")

    with override_settings(REQUEST_MAX_BYTES=LIMIT, FILE_UPLOAD_TEMP_DIR=NOWHERE):
        forged = strict.post(hanoi_draft, {"action": "save", "files-x": large()})
        token = form_values(strict.get(hanoi_draft), form_id="intake")["csrfmiddlewaretoken"]
        honest = strict.post(hanoi_draft, {"action": "save", "csrfmiddlewaretoken": token, "files-x": large()})

    assert (forged.status_code, honest.status_code) == (403, 413)


def test_what_is_far_too_large_is_not_read(hanoi: Seat, hanoi_draft: str) -> None:  # noqa: F811
    with override_settings(REQUEST_MAX_BYTES=LIMIT // 20, FILE_UPLOAD_TEMP_DIR=NOWHERE):
        refused = hanoi.client.post(hanoi_draft, {"action": "save", "files-x": large()})

    assert refused.status_code == 413
    assert "Mỗi lần gửi không quá 60 MB" in refused.content.decode()


def test_htmx_gets_the_notice_alone(hanoi: Seat, hanoi_draft: str) -> None:  # noqa: F811
    with override_settings(REQUEST_MAX_BYTES=LIMIT, FILE_UPLOAD_TEMP_DIR=NOWHERE):
        refused = hanoi.client.post(hanoi_draft, {"action": "save", "files-x": large()}, headers={"hx-request": "true"})

    assert (refused.status_code, refused.headers["HX-Retarget"]) == (413, "#alarm")
    assert "<html" not in refused.content.decode()
    assert 'id="alarm"' in refused.content.decode()


def test_one_file_over_the_limit_is_named_and_the_rest_is_kept(hanoi: Seat, hanoi_draft: str) -> None:  # noqa: F811
    values = filled(hanoi, hanoi_draft, **{"p-phone": "0935998877"})
    files = [photo("tot.jpg", "red"), large("qua-lon.jpg")]

    with override_settings(UPLOAD_MAX_BYTES=LIMIT):
        answer = hanoi.client.post(hanoi_draft, values | {"action": "submit", f"files-{first_paper(hanoi_draft)}": files})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Tệp “qua-lon.jpg” lớn hơn 10 MB" in page
    assert "0935998877" in page
    assert list(DraftFile.objects.values_list("name", flat=True)) == ["tot.jpg"]
    assert draft_at(hanoi_draft).dossier is None
    assert draft_at(hanoi_draft).answers != {}
