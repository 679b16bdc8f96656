"""Form 07: a numbered line for each dossier of the office, nothing of another one."""

import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dossiers.documents.deliver import render_pending
from dossiers.models import CodeCounter, RegisterBook
from portal.accounts.models import Role
from portal.core import pdf
from portal.core.clock import technical_now
from portal.outbox.actions import Done, claim
from tests.dossiers.documents.layout import layout
from tests.factories import MONDAY, TODAY, centre, committee, decided, filed, routed, staff, staffed, working

pytestmark = pytest.mark.django_db
PERIOD = {"tu": "02/11/2026", "den": "08/11/2026"}


@pytest.fixture
def clerk(client):
    user = staff(Role.CLERK, centre())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def test_each_dossier_of_the_office_has_its_numbered_line(client, clerk) -> None:
    team = staffed(committee())
    first = routed(filed(clerk).dossier)
    decided(first, *team)
    filed(clerk, at=MONDAY + timedelta(hours=1))
    elsewhere = filed(None, centre("48")).dossier

    sheet = client.get("/quay/so-theo-doi/in/", PERIOD).content.decode()

    assert "Mẫu số 07" in sheet
    assert sheet.count('class="key"') == 2
    assert elsewhere.code not in sheet
    for said in (
        first.code,
        "Nguyễn Thị Ước",
        "Xong trước hạn",
        committee().name,
        "05/11/2026 17:00",
        '<td class="n">1</td>',
        '<td class="n">2</td>',
    ):
        assert said in sheet
    page = client.get("/quay/so-theo-doi/", PERIOD)
    assert page.status_code == 200
    assert first.code in page.content.decode()


@pytest.mark.parametrize(
    "period",
    [
        {"tu": "x", "den": "y"},
        {"tu": "08/11/2026", "den": "02/11/2026"},
        {"tu": "01/01/2026", "den": "31/12/2026"},
        {"tu": "\x00", "den": ""},
    ],
)
def test_a_period_that_makes_no_sense_is_said_and_kept(client, clerk, period) -> None:
    for path in ("/quay/so-theo-doi/", "/quay/so-theo-doi/in/"):
        answer = client.get(path, period)
        assert answer.status_code == 422


def test_one_line_or_many_cost_the_same_queries(client, clerk) -> None:
    counts = []
    for more in (1, 12):
        for number in range(more):
            filed(clerk, at=MONDAY + timedelta(minutes=number + more))
        with CaptureQueriesContext(connection) as queries:
            client.get("/quay/so-theo-doi/in/", PERIOD)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_period_before_the_present_forms_is_printed_on_the_form_of_today(client, clerk) -> None:
    sheet = client.get("/quay/so-theo-doi/in/", {"tu": "02/06/2025", "den": "06/06/2025"})

    assert sheet.status_code == 200
    assert "Mẫu số 07 (Thông tư 03/2025/TT-VPCP)" in sheet.content.decode()


def test_a_code_without_its_dossier_is_named_on_page_and_paper(client, clerk) -> None:
    filed(clerk)
    assert "không thiếu mã nào" in client.get("/quay/so-theo-doi/in/", PERIOD).content.decode()
    CodeCounter.objects.filter(office=centre(), day=TODAY).update(last=3)

    for path in ("/quay/so-theo-doi/", "/quay/so-theo-doi/in/"):
        said = client.get(path, PERIOD).content.decode()
        assert ("H29-261102-0002" in said, "H29-261102-0003" in said) == (True, True), path


@pytest.mark.skipif(not pdf.is_available(), reason=f"PDFs need Pango: {pdf.APT_LINE}")
def test_the_register_is_bound_as_a_pdf_that_never_changes(client, clerk) -> None:
    first = filed(clerk).dossier
    assert client.post("/quay/so-theo-doi/pdf/", {"tu": "08/11/2026", "den": "02/11/2026"}).status_code == 422
    assert client.post("/quay/so-theo-doi/pdf/", PERIOD).status_code == 302
    book = RegisterBook.objects.get()
    assert client.get(f"/quay/so-theo-doi/pdf/{book.pk}/").status_code == 404, "not made yet"

    with working():
        messages = [each for each in claim("document", now=technical_now()) if each.kind == "register"]
        assert [outcome for _message, outcome in render_pending(messages)] == [Done()]

    answer = client.get(f"/quay/so-theo-doi/pdf/{book.pk}/")
    content = b"".join(answer.streaming_content)
    book.refresh_from_db()
    assert (answer.status_code, hashlib.sha256(content).hexdigest(), book.lines) == (200, book.sha256, 1)
    text = "".join(run[3] for page in layout(content, {}) for run in page["runs"])
    assert (first.code in text, "NguyễnThịƯớc" in text) == (True, True)
    assert f"/quay/so-theo-doi/pdf/{book.pk}/" in client.get("/quay/so-theo-doi/", PERIOD).content.decode()
    with pytest.raises(IntegrityError, match="không được sửa"), transaction.atomic():
        RegisterBook.objects.update(html="khác")
