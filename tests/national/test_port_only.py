"""Whatever compares or reads goes through the port: an installation of the older generation never speaks the newer one's language."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import override_settings

from dossiers.models import CodeCounter
from dossiers.national.catalogue import sync_catalogue
from dossiers.national.compare import compare
from procedures.models import Procedure
from tests.factories import TODAY, centre, filed
from tests.national.test_catalogue_feed import put
from tests.national.test_deliver import _hundreds, drain, messages
from tests.procedures.national_records import record
from tests.sandbox.client import Services

pytestmark = pytest.mark.django_db


@pytest.fixture
def older(national: Services) -> Iterator[Services]:
    """The older generation alone: every address of the newer one is cut off."""
    national.fault("refuse", path="/npsp/v2/")
    with override_settings(NATIONAL_GENERATION="provincial"):
        yield national


def test_the_comparison_asks_about_each_of_ours_and_says_what_it_cannot_know(older: Services) -> None:
    CodeCounter.objects.create(office=centre(), day=TODAY, last=next(_hundreds))
    there, lost = filed().dossier, filed().dossier
    drain(2)
    assert all(message.done_at for message in [*messages(there), *messages(lost)])
    assert compare().is_equal

    lost.remote_code = "H29.9-261102-9876"  # the portal has nothing under this code
    lost.save(update_fields=["remote_code"])
    found = compare()

    assert (found.ours, found.theirs, found.equal, found.is_two_sided) == (2, 1, 1, False)
    assert [each.code for each in found.missing] == [lost.remote_code]
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("sync_status", stdout=out)
    assert "lists no dossiers" in out.getvalue()


def test_the_catalogue_is_read_in_the_older_generations_words(older: Services) -> None:
    put(older, record("9.300001"), record("9.300002"))

    first = sync_catalogue(at=datetime(2026, 11, 20, 3, 0, tzinfo=UTC))

    assert not first.fault
    assert Procedure.objects.filter(code__startswith="9.3000").count() == 2
