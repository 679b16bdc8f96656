"""Delegations end on their day, never overlap and never lead in a circle; linked procedures each find their own agency."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from portal.agencies.models import Agency
from portal.core.errors import Conflict, DomainError
from procedures.actions.delegations import delegate, end_delegation
from procedures.competence import Competent, Facts
from procedures.models import Delegation
from procedures.queries import competent_agency, current_version
from procedures.queries.linked import decide_linked, linked_procedures
from procedures.queries.trial import place_of
from tests.factories import committee
from tests.procedures.registry import AT, person, procedure, rule_of

pytestmark = pytest.mark.django_db
MARITAL = "1.004873"
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)


def delegated(source: Agency, target: Agency, **given: object) -> Delegation:
    values = {"valid_from": FIRST, "valid_to": LAST, "legal_basis": "5/QĐ-UBND", "actor": person("admin"), "at": AT}
    return delegate(from_agency=source, to_agency=target, **values | given)  # type: ignore[arg-type]


def decides(on: date, code: str = MARITAL) -> Competent:
    version = current_version(code, on)
    assert version is not None
    decision = competent_agency(version, Facts(on, {"residence": place_of("00004", on)}), on)
    assert isinstance(decision, Competent)
    return decision


def test_a_delegation_decides_from_its_first_to_its_last_day_and_says_so() -> None:
    here, there = committee("00004"), committee("00008")
    delegated(here, there)

    days = [FIRST - timedelta(days=1), FIRST, LAST, LAST + timedelta(days=1)]

    assert [decides(day).agency.id for day in days] == [here.pk, there.pk, there.pk, here.pk]
    assert [str(each.code) for each in decides(FIRST).reasons] == ["commune", "delegated"]
    assert decides(FIRST).rule.id == rule_of(MARITAL).pk


def test_the_narrowest_delegation_holds() -> None:
    here, everything, one, narrow = (committee(code) for code in ("00004", "00008", "00025", "00070"))
    delegated(here, everything)
    delegated(here, one, procedure=procedure(MARITAL))

    assert decides(FIRST).agency.id == one.pk
    assert decides(FIRST, "3.000182").agency.id == everything.pk
    delegated(here, narrow, rule=rule_of(MARITAL))
    assert decides(FIRST).agency.id == narrow.pk


def test_two_delegations_of_the_same_scope_cannot_overlap_not_even_in_the_database() -> None:
    here = committee("00004")
    row = delegated(here, committee("00008"))

    with pytest.raises(DomainError):
        delegated(here, committee("00025"), valid_from=LAST)
    row.pk = None
    with pytest.raises(IntegrityError, match="delegation_once_per_scope"), transaction.atomic():
        row.save(force_insert=True)


def test_a_circle_is_refused() -> None:
    one, two, three = (committee(code) for code in ("00004", "00008", "00025"))
    delegated(one, two)
    delegated(two, three)

    with pytest.raises(DomainError):
        delegated(three, one)
    delegated(three, one, valid_from=LAST + timedelta(days=1), valid_to=LAST + timedelta(days=2))


@pytest.mark.parametrize(
    "wrong",
    [{"valid_from": AT.date()}, {"valid_to": FIRST - timedelta(days=1)}, {"legal_basis": " "}, {"legal_basis": "x" * 301}],
    ids=["today", "ends before it begins", "no basis", "too long"],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(DomainError):
        delegated(committee("00004"), committee("00008"), **wrong)


def test_a_delegation_can_be_ended_early_once_and_is_never_changed_otherwise() -> None:
    here = committee("00004")
    row = delegated(here, committee("00008"))

    with pytest.raises(DomainError):
        end_delegation(row, last_day=LAST, actor=person("admin"), at=AT)
    end_delegation(row, last_day=FIRST, actor=person("admin"), at=AT)

    assert decides(FIRST + timedelta(days=1)).agency.id == here.pk
    with pytest.raises(Conflict):
        end_delegation(row, last_day=FIRST, actor=person("admin"), at=AT)
    for statement in ("UPDATE procedures_delegation SET legal_basis = 'x'", "DELETE FROM procedures_delegation"):
        with pytest.raises(DatabaseError, match="delegation"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_delegation_that_has_not_begun_can_be_withdrawn_and_given_anew() -> None:
    here = committee("00004")
    end_delegation(delegated(here, committee("00008")), last_day=AT.date(), actor=person("admin"), at=AT)

    assert decides(FIRST).agency.id == here.pk
    delegated(here, committee("00025"))
    assert decides(FIRST).agency.id == committee("00025").pk


def test_linked_procedures_each_find_their_own_agency_from_one_place() -> None:
    bundle, on = procedure("3.000722"), AT.date()
    place = place_of("00004", on)

    children = decide_linked(bundle, Facts(on, {"residence": place}), on)

    assert [(child.version.procedure.code, child.starts_after) for child, _ in children] == [
        ("1.001193", ""),
        ("1.004222", "1.001193"),
        ("1.002759", "1.001193"),
    ]
    assert [decision.agency.kind for _, decision in children if isinstance(decision, Competent)] == [
        "commune_committee",
        "commune_police",
        "social_insurance_branch",
    ]
    assert [each.is_optional for each in linked_procedures(procedure("2.002913"), on)] == [False, False, True]
    assert linked_procedures(procedure(MARITAL), on) == []


def test_a_procedure_cannot_start_itself_nor_the_same_one_twice() -> None:
    insert = """INSERT INTO procedures_linkedprocedure
            (parent_id, child_id, seq, facts, answers, papers_from_result, is_optional, legal_basis, valid_from)
        SELECT parent_id, {child}, 9, '{{}}', '{{}}', '{{}}', false, '', '2026-01-01' FROM procedures_linkedprocedure ORDER BY id LIMIT 1"""
    for child, name in (("parent_id", "linked_procedure_is_another"), ("child_id", "linked_procedure_once")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert.format(child=child))
