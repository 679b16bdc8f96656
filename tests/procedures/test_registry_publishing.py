"""A version without competent agency is not published; a reload of the catalogue leaves what people have published alone."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from portal.core.errors import Conflict
from portal.devtools.roles import OWNER
from procedures.actions.gaps import PUBLISHING, LeavesGaps
from procedures.actions.load_rules import load_links, load_rules
from procedures.actions.publishing import publish
from procedures.actions.rulesets_publish import publish as publish_rules
from procedures.catalogue_load.files import read_source
from procedures.catalogue_load.report import ImportReport
from procedures.models import CompetenceRule, LinkedProcedure, Procedure, ProcedureVersion
from procedures.queries.gaps import gaps_of_version
from tests.procedures.registry import AT, SOON, in_review, person, procedure, published, rule_input, rule_of

pytestmark = pytest.mark.django_db
MARITAL = "1.004873"
Connect = Callable[[str], AbstractContextManager[psycopg.Connection[tuple[object, ...]]]]


def version_in_review(one: Procedure, **changed: Any) -> ProcedureVersion:
    values = {
        "number": 9, "state": "review", "name_vi": "Thủ tục mới", "short_name_vi": "Mới", "levels": ["commune"], "channels": ["direct"],
        "online_level": "none", "acceptance_scope": "nationwide", "drafted_by": person("drafter"),
    }  # fmt: skip
    return ProcedureVersion.objects.create(procedure=one, **values | changed)


def publish_version(version: ProcedureVersion) -> None:
    publish(version, actor=person("approver"), decision_number="7/QĐ", decision_on=AT.date(), effective_from=SOON, at=AT)


def test_a_version_of_a_procedure_without_rules_is_refused_with_every_province() -> None:
    version = version_in_review(Procedure.objects.create(code="9.000001", field_vi="Lĩnh vực mới"), number=1)

    with pytest.raises(LeavesGaps) as refused:
        publish_version(version)

    first_day = [row for row in refused.value.gaps.rows if row.on == SOON]
    assert len(first_day) == 34
    assert sum(row.count for row in first_day) == 3321
    version.refresh_from_db()
    assert version.state == "review"


def test_it_is_published_once_its_rule_is() -> None:
    new = Procedure.objects.create(code="9.000001", field_vi="Lĩnh vực mới")
    version = version_in_review(new, number=1)
    published({"action": "add", "rule": rule_input(procedure=new)})

    publish_version(version)

    version.refresh_from_db()
    assert version.state == "published"


def test_the_rules_of_another_level_count_from_the_versions_own_day() -> None:
    new = Procedure.objects.create(code="9.000001", field_vi="Lĩnh vực mới")
    published({"action": "add", "rule": rule_input(level="ward_pilot", rank=50)})

    assert gaps_of_version(version_in_review(new, number=1), SOON)
    assert not gaps_of_version(version_in_review(procedure(MARITAL), levels=["ward_pilot"]), SOON)


def test_a_reload_does_not_undo_what_a_rule_set_has_published() -> None:
    old = rule_of(MARITAL)
    published({"action": "replace", "target": old, "rule": rule_input(agency_kind="commune_police", procedure=procedure(MARITAL))})
    before = list(CompetenceRule.objects.order_by("pk").values())

    with transaction.atomic():
        load_rules({each.code: each for each in Procedure.objects.all()}, read_source(), ImportReport())

    assert list(CompetenceRule.objects.order_by("pk").values()) == before


def test_links_are_loaded_once() -> None:
    before = set(LinkedProcedure.objects.values_list("parent__code", "child__code", "starts_after__code"))
    with transaction.atomic():
        load_links({each.code: each for each in Procedure.objects.all()})

    assert ("3.000722", "1.004222", "1.001193") in before
    assert set(LinkedProcedure.objects.values_list("parent__code", "child__code", "starts_after__code")) == before
    assert date(1900, 1, 1) == LinkedProcedure.objects.order_by("pk")[0].valid_from


@pytest.mark.parametrize("what", ["version", "rules"])
def test_one_publication_at_a_time_looks_for_gaps(what: str, as_role: Connect) -> None:
    """A version and a rule set, each without a gap by itself, could leave one together."""
    version, rules = version_in_review(procedure(MARITAL)), in_review({"action": "add", "rule": rule_input(level="ward_pilot", rank=50)})
    with as_role(OWNER) as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
        with pytest.raises(Conflict, match="Chưa có gì thay đổi"):
            publish_version(version) if what == "version" else publish_rules(rules, actor=person("approver"), at=AT)

    publish_version(version) if what == "version" else publish_rules(rules, actor=person("approver"), at=AT)
