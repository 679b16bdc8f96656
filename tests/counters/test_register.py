"""Form 07: a numbered line for each dossier of the office, nothing of another one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Role
from tests.factories import MONDAY, centre, committee, decided, filed, routed, staff, staffed

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
