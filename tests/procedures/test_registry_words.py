"""What the registry says of kinds of agencies has a name for each kind that exists."""

import pytest

from portal.agencies.models import Agency
from procedures.reasons import KIND_NAMES

pytestmark = pytest.mark.django_db


def test_every_kind_of_agency_has_its_name() -> None:
    assert set(Agency.objects.values_list("kind", flat=True)) - set(KIND_NAMES) == set()
