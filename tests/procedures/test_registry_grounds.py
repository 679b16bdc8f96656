"""Two equal-rank rules for the same ground are impossible in the database, whoever writes them and whatever the ground is."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from tests.conftest import RawConnection

COLUMNS = (
    "procedure_id, field_vi, level, rank, kind, place_fact, choice_facts, choice_kind, agency_kind, place_id, legal_basis, version,"
    " valid_from, valid_to"
)
PROCEDURE = "(SELECT min(id) FROM procedures_procedure)"
PROVINCE = "(SELECT id FROM agencies_administrativeunit WHERE code = '79' AND valid_to IS NULL)"
OTHER_PROVINCE = "(SELECT id FROM agencies_administrativeunit WHERE code = '01' AND level = 'province' AND valid_to IS NULL)"


@pytest.fixture
def owner(owner_connection: RawConnection) -> Iterator[RawConnection]:
    """The tables' owner while it loads the catalogue: not even that may break the rule. Nothing is kept."""
    owner_connection.autocommit = False
    owner_connection.execute("SELECT set_config('app.catalogue_load', 'on', true)")
    yield owner_connection
    owner_connection.rollback()


def insert(
    connection: psycopg.Connection[tuple[object, ...]],
    *,
    procedure: str = "NULL",
    field: str = "",
    level: str = "",
    rank: int = 7,
    place: str = "NULL",
    since: str = "2026-01-01",
    until: str = "NULL",
    fact: str = "residence",
) -> None:
    connection.execute(
        f"INSERT INTO procedures_competencerule ({COLUMNS}) VALUES ({procedure}, %s, %s, %s, 'commune_authority', %s, '{{}}',"
        f" 'commune_authority', 'commune_committee', {place}, '', 1, %s, {until})",
        [field, level, rank, fact, since],
    )


GROUNDS = {
    "procedure": {"procedure": PROCEDURE},
    "procedure and place": {"procedure": PROCEDURE, "place": PROVINCE},
    "field": {"field": "Hộ tịch"},
    "field and place": {"field": "Hộ tịch", "place": PROVINCE},
    "level": {"level": "commune"},
    "level and place": {"level": "commune", "place": PROVINCE},
}


@pytest.mark.parametrize("ground", GROUNDS.values(), ids=GROUNDS)
def test_the_same_ground_at_the_same_rank_and_time_is_refused(owner: RawConnection, ground: dict[str, str]) -> None:
    insert(owner, **ground, until="'2026-06-30'")  # type: ignore[arg-type]
    insert(owner, **ground, since="2026-07-01")  # type: ignore[arg-type]
    insert(owner, **ground, rank=8)

    with pytest.raises(errors.ExclusionViolation, match="competence_rule_once_per_rank"):
        insert(owner, **ground, since="2026-06-30", until="'2026-06-30'")  # type: ignore[arg-type]


@pytest.mark.parametrize("ground", GROUNDS.values(), ids=GROUNDS)
def test_another_place_is_another_ground(owner: RawConnection, ground: dict[str, str]) -> None:
    insert(owner, **ground)  # type: ignore[arg-type]
    insert(owner, **ground | {"place": OTHER_PROVINCE})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"procedure": PROCEDURE, "field": "Hộ tịch"}, "competencerule_has_one_ground"),
        ({"procedure": PROCEDURE, "level": "commune"}, "competencerule_has_one_ground"),
        ({"field": "Hộ tịch", "level": "commune"}, "competencerule_has_one_ground"),
        ({}, "competencerule_has_one_ground"),
        ({"level": "commune", "place": PROVINCE, "fact": ""}, "competencerule_place_is_asked"),
        ({"level": "commune", "until": "'2025-06-30'"}, "competence_rule_period_in_order"),
    ],
)
def test_a_rule_whose_ground_could_slip_past_is_refused(owner: RawConnection, wrong: dict[str, str], name: str) -> None:
    with pytest.raises(errors.CheckViolation, match=name):
        insert(owner, **wrong)  # type: ignore[arg-type]
