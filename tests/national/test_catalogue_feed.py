"""The catalogue's feed of the running simulator: changes become drafts, withdrawals proposals; a broken feed loses nothing."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import override_settings

from dossiers.national import catalogue
from dossiers.national.catalogue import sync_catalogue
from procedures.models import CatalogueFeed, NationalRecord, Procedure, ProcedureVersion
from tests.procedures.national_records import record
from tests.sandbox.client import Services

pytestmark = [pytest.mark.django_db, pytest.mark.live]
ADMIN = "demo-sandbox-admin"
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def put(services: Services, *records: dict[str, str], withdraw: tuple[str, ...] = ()) -> None:
    answer = services.post_json("/npsp/procedures", {"items": list(records), "withdraw": list(withdraw)}, ADMIN)
    assert answer.status == 201, answer.data


def test_what_changed_becomes_drafts_and_what_was_withdrawn_a_proposal(national: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "PAGE", 2)
    put(national, *[record(f"9.10000{number}") for number in range(1, 6)])
    first = sync_catalogue(at=AT)
    assert first.is_well, first.fault
    assert Procedure.objects.filter(code__startswith="9.1000").count() == 5
    assert sync_catalogue(at=AT).report.counts()["new"] == 0

    put(national, record("9.100002", ten_thu_tuc="Cấp lại thẻ bạn đọc"), withdraw=("9.100003",))
    out = StringIO()
    call_command("sync_catalogue", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["ok"], answer["new"], answer["proposed_to_end"]) == (True, 1, ["9.100003"])
    assert ProcedureVersion.objects.get(procedure__code="9.100002", state="draft").name_vi == "Cấp lại thẻ bạn đọc"
    assert Procedure.objects.get(code="9.100003").ended_on is None
    assert NationalRecord.objects.get(reference="9.100003").standing == "repealed"


def test_a_feed_that_breaks_off_is_read_again_from_where_it_began(national: Services) -> None:
    put(national, record("9.200001"))
    sync_catalogue(at=AT)
    cursor = CatalogueFeed.objects.get(pk=1).cursor
    assert cursor
    put(national, record("9.200002"))
    with override_settings(NATIONAL_URL="http://127.0.0.1:9"):
        broken = sync_catalogue(at=AT)
    assert broken.fault
    assert not broken.is_well
    assert CatalogueFeed.objects.get(pk=1).cursor == cursor
    assert sync_catalogue(at=AT).is_well
    assert Procedure.objects.filter(code="9.200002").exists()
