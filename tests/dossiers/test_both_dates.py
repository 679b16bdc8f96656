"""The first return date stays beside the last, and how the dossier stands is said towards each."""

import json
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import call_command

from dossiers.actions.decide import claim
from dossiers.actions.delay import extend
from dossiers.actions.transition import By
from dossiers.clockdays import both_dates
from dossiers.models import Dossier
from portal.accounts.models import Role, User
from portal.core.clock import LOCAL
from tests.counters.conftest import signed_in
from tests.dossiers.officer.desk import text_of
from tests.factories import MONDAY, centre, citizen, committee, filed, routed, staff, staffed
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db


def at(month: int, day: int, hour: int = 17) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=LOCAL)


@pytest.fixture
def owner() -> User:
    return citizen()


@pytest.fixture
def extended(owner: User, set_legal_time: SetTime) -> Dossier:
    """Due on 5 November, extended to the 16th; looked at on the 10th."""
    set_legal_time(at(11, 10, 9))
    officer, _leader = staffed(committee())
    dossier = routed(filed(applicant=owner).dossier)
    by = By(officer, MONDAY, agency=dossier.agency)
    claim(dossier, by=by)
    dossier.refresh_from_db()
    assert both_dates(dossier, MONDAY) == []
    version = dossier.state_version
    extend(dossier, by=by, new_due_at=at(11, 16), reason="Chờ kết quả xác minh ở nơi khác.", expected_version=version)
    dossier.refresh_from_db()
    return dossier


def test_each_reader_sees_both_dates_with_the_lateness_towards_each(extended: Dossier, owner: User) -> None:
    assert extended.agency is not None
    officer = extended.assigned_to
    assert officer is not None
    supervisor = staff(Role.SUPERVISOR, centre("01"))
    pages = {
        "officer": signed_in(officer).get(f"/xu-ly/{extended.code}/?muc=thoi-han"),
        "owner": signed_in(owner).get(f"/ho-so-cua-toi/{extended.code}/"),
        "supervisor": signed_in(supervisor).get(f"/giam-sat/ho-so/{extended.code}/"),
    }
    for name, page in pages.items():
        text = text_of(page)
        for said in ("05/11/2026 17:00", "16/11/2026 17:00", "Quá hạn 3 ngày làm việc", "Còn 4 ngày làm việc"):
            assert said in text, (name, said)


def test_a_result_between_the_two_is_late_for_the_first_and_early_for_the_last(extended: Dossier) -> None:
    extended.finished_at, extended.state = at(11, 12), "closed"

    first, last = both_dates(extended, at(11, 20))

    assert [(each.on, each.words, each.kind) for each in (first, last)] == [
        ("05/11/2026 17:00", "Xong trễ hạn", "bad"),
        ("16/11/2026 17:00", "Xong trước hạn", "ok"),
    ]


def test_the_command_explains_a_dossier_by_its_ledger(extended: Dossier) -> None:
    out = StringIO()
    call_command("deadline", dossier=extended.code, json=True, stdout=out)
    told = json.loads(out.getvalue())

    assert (told["first_due_at"], told["due_at"]) == ("2026-11-05T17:00:00+07:00", "2026-11-16T17:00:00+07:00")
    assert [day["date"][-2:] for day in told["days"] if day["why"] == "extended"] == ["06", "09", "10", "11", "12", "13", "16"]
