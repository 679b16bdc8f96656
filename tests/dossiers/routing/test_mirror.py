"""The benchmark's pgbench asks about staff what the worker asks."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection

from dossiers.staffing import HELD
from portal.accounts.models import Membership
from tests.benchmarks import mirror
from tests.factories import committee, filed, routed, staffed

pytestmark = pytest.mark.django_db


def test_the_mirror_finds_officers_leaders_and_clerks_of_the_batch() -> None:
    agency, office = committee(), committee().reception_office
    staffed(agency)
    staffed(committee("00008"))
    Membership.objects.update(valid_from=date.today() - timedelta(days=1))  # noqa: DTZ011 -- the database asks current_date
    dossier = routed(filed().dossier)
    assert office is not None
    assert "{staffing}" in Path(mirror.__file__).with_suffix(".sql").read_text()

    with connection.cursor() as cursor:
        asked = (HELD % mirror.STAFFING).replace(":dossiers::", f"'{{{dossier.pk}}}'::")
        cursor.execute(asked.replace("WITH", "WITH plan_dossier AS (SELECT id, agency_id FROM dossiers_dossier),", 1))
        found = set(cursor.fetchall())

    assert found == {("officer", agency.pk), ("leader", agency.pk), ("clerk", office.pk)}
