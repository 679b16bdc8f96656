"""A colleague is faster, or a year has no calendar: the next one is taken, and nobody meets a page of failure."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import psycopg
import pytest

from dossiers.actions.delay import extend
from dossiers.actions.ledger import CalendarMissing
from dossiers.actions.transition import By
from dossiers.models import Dossier
from portal.agencies.models import Holiday
from portal.core.clock import LOCAL
from tests.dossiers.officer.desk import agency_desks, version_of, waiting_dossier
from tests.factories import filed, routed
from tests.support.legal_time import SetTime

Connect = Callable[[str], AbstractContextManager["psycopg.Connection[tuple[object, ...]]"]]


def test_take_the_next_passes_over_what_a_colleague_is_taking(committed_db: None, as_role: Connect) -> None:
    officer, _leader = agency_desks()
    first, second = waiting_dossier(), waiting_dossier()
    assert first.due_at is not None
    assert second.due_at is not None
    assert (first.due_at, first.pk) < (second.due_at, second.pk)

    with as_role("portal_web") as colleague, colleague.transaction():
        colleague.execute("SELECT 1 FROM dossiers_dossier WHERE id = %s::bigint FOR UPDATE", [first.pk])
        taken = officer.post("/xu-ly/nhan-tiep/")
    rest = officer.post("/xu-ly/nhan-tiep/")
    none_left = officer.post("/xu-ly/nhan-tiep/")

    assert [each.headers["Location"] for each in (taken, rest, none_left)] == [
        f"/xu-ly/{second.code}/",
        f"/xu-ly/{first.code}/",
        "/xu-ly/",
    ]
    assert set(Dossier.objects.values_list("assigned_to", flat=True)) == {officer.user.pk}


@pytest.mark.django_db
def test_an_extension_across_a_year_without_calendar_is_refused_in_words(set_legal_time: SetTime) -> None:
    officer, _leader = agency_desks()
    at = datetime(2026, 12, 30, 9, tzinfo=LOCAL)
    dossier = routed(filed(at=at).dossier, at)
    set_legal_time(at)
    officer.post(f"/xu-ly/{dossier.code}/nhan/", {"version": version_of(dossier)})
    assert dossier.due_at is not None
    assert dossier.due_at.year == 2027
    Holiday.objects.filter(on__year=2027).delete()

    with pytest.raises(CalendarMissing):
        extend(
            dossier,
            by=By(officer.user, at + timedelta(days=1), agency=dossier.agency),
            new_due_at=dossier.due_at + timedelta(days=7),
            reason="Chờ xác minh ở nơi khác.",
            expected_version=version_of(dossier),
        )


@pytest.mark.django_db
def test_the_work_list_opens_on_the_last_day_before_a_year_without_calendar(set_legal_time: SetTime) -> None:
    officer, _leader = agency_desks()
    waiting_dossier()
    Holiday.objects.filter(on__year__gt=2026).delete()
    set_legal_time(datetime(2026, 12, 31, 9, tzinfo=LOCAL))

    assert [officer.get(f"/xu-ly/?muc={tab}").status_code for tab in ("tat-ca", "sap-den-han", "qua-han")] == [200, 200, 200]
