"""The two desks of an agency, for tests of its pages."""

import pytest

from tests.dossiers.officer.desk import Desk, agency_desks


@pytest.fixture
def desks(db: None) -> tuple[Desk, Desk]:
    """Officer and approver of phường Ba Đình at their pages."""
    return agency_desks()
