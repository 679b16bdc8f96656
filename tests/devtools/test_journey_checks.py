"""The journey can fail: each defect that it looks for, planted, is named."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.test.utils import override_settings

from dossiers.models import Dossier, IssuedDocument
from portal.devtools.journey import checks
from portal.devtools.journey.people import People
from portal.devtools.journey.trip import Trip
from tests.factories import committee, filed, routed, staffed

pytestmark = pytest.mark.django_db


def trip_of(dossier: Dossier) -> Trip:
    return Trip(cast("People", SimpleNamespace()), cast("Any", None), code=dossier.code)


def test_an_unrouted_dossier_is_named() -> None:
    dossier = filed().dossier
    assert list(checks.unrouted(trip_of(dossier))) == [f"{dossier.code}: unrouted (pending)"]

    staffed(committee())
    assert list(checks.unrouted(trip_of(routed(dossier)))) == []


def test_a_missing_paper_is_named() -> None:
    dossier = filed().dossier
    assert list(checks.papers_missing(trip_of(dossier))) == []

    IssuedDocument.objects.filter(dossier=dossier, kind="receipt_slip").update(kind="return_note")
    assert list(checks.papers_missing(trip_of(dossier))) == [f"{dossier.code}: no receipt slip"]


def test_a_paper_without_its_hash_is_named() -> None:
    dossier = filed().dossier
    IssuedDocument.objects.filter(dossier=dossier, kind="declaration").update(sha256="")

    assert list(checks.papers_missing(trip_of(dossier))) == [f"{dossier.code}: declaration has no number or no SHA-256"]


def test_a_portal_that_does_not_answer_is_named() -> None:
    dossier = filed().dossier
    with override_settings(NATIONAL_URL="http://127.0.0.1:9"):
        [problem] = checks.unsynchronised(trip_of(dossier))

    assert problem.startswith(f"{dossier.code}: the national portal says: ")
