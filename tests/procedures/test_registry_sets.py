"""Rule sets: two people, nothing published changes, no place is left without an answer."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from portal.agencies.models import AdministrativeUnit, Agency, UnitSuccession
from portal.core.errors import Conflict, DomainError
from procedures.actions.rulesets import (
    LeavesGaps,
    NothingChanged,
    RuleRefused,
    SamePerson,
    add_change,
    create_rule_set,
    discard,
    edit_change,
    remove_change,
    send_back,
    submit,
)
from procedures.actions.rulesets_publish import publish
from procedures.competence import Competent, Facts
from procedures.models import CompetenceRule, RuleChange, RuleSet
from procedures.queries import competent_agency, current_version
from procedures.queries.directory import directory_snapshot
from procedures.queries.rulebook import rulebook
from procedures.queries.trial import place_of
from tests import factories
from tests.procedures.registry import AT, SOON, in_review, person, procedure, published, rule_input, rule_of

pytestmark = pytest.mark.django_db
MARITAL = "1.004873"
DAY_BEFORE = SOON - timedelta(days=1)


def decides(code: str, commune: str, on: date) -> Competent:
    version = current_version(code, on)
    assert version is not None
    place = place_of(commune, on)
    decision = competent_agency(version, Facts(on, {"residence": place}), on)
    assert isinstance(decision, Competent), decision
    return decision


def test_a_replaced_rule_decides_until_midnight_and_its_heir_from_then_on() -> None:
    old = rule_of(MARITAL)
    police = rule_input(agency_kind="commune_police", procedure=procedure(MARITAL))
    before = decides(MARITAL, "00004", DAY_BEFORE)

    rule_set = published({"action": "replace", "target": old, "rule": police})

    old.refresh_from_db()
    heir = CompetenceRule.objects.get(rule_set=rule_set)
    assert (old.valid_to, old.ended_by, heir.version, heir.replaces) == (DAY_BEFORE, rule_set, old.version + 1, old)
    again = decides(MARITAL, "00004", DAY_BEFORE)
    assert (again.agency, again.rule.id, again.rule.version, again.reasons) == (before.agency, old.pk, 1, before.reasons)
    after = decides(MARITAL, "00004", SOON)
    assert after.agency.kind == "commune_police"
    assert (after.rule.id, after.rule.version) == (heir.pk, 2)


def test_a_rule_for_one_province_comes_before_the_countrys_and_moves_nobody_else() -> None:
    saigon = AdministrativeUnit.objects.on(SOON).get(code="79")
    police = rule_input(agency_kind="commune_police", procedure=procedure(MARITAL), place=saigon)
    published({"action": "add", "rule": police})

    inside, outside = decides(MARITAL, "26734", SOON), decides(MARITAL, "00004", SOON)

    assert inside.agency.kind == "commune_police"
    assert outside.agency.kind == "commune_committee"
    assert [str(each.reason.code) for each in outside.rejected] == ["elsewhere"]


def test_a_rule_of_a_field_or_a_level_covers_procedures_that_have_none_of_their_own() -> None:
    code, one = MARITAL, procedure(MARITAL)
    field = rule_input(agency_kind="commune_police", field_vi=one.field_vi, rank=90)
    level = rule_input("department_of_province", agency_kind="provincial_police", level="commune", rank=95)
    published({"action": "add", "rule": field}, {"action": "add", "rule": level})

    version = current_version(code, SOON)
    assert version is not None
    assert "commune" in version.levels
    assert decides(code, "00004", SOON).rule.rank == 90


def test_publishing_is_refused_with_the_places_where_nobody_would_be_competent() -> None:
    nowhere = Agency.objects.filter(kind="provincial_police_traffic").order_by("pk")[0]
    kind = f"{nowhere.kind}_pilot"
    Agency.objects.filter(pk=nowhere.pk).update(kind=kind)
    hole = rule_input("department_of_province", agency_kind=kind, procedure=procedure(MARITAL))

    rule_set = in_review({"action": "replace", "target": rule_of(MARITAL), "rule": hole})
    with pytest.raises(LeavesGaps) as refused:
        publish(rule_set, actor=person("approver"), at=AT)

    gaps = refused.value.gaps
    communes = AdministrativeUnit.objects.on(SOON).communes()
    first_day = [row for row in gaps.rows if row.on == SOON]
    assert sum(row.count for row in first_day) == communes.count() - communes.filter(province=nowhere.unit).count()
    assert len({row.province_code for row in first_day}) == 33
    named = {name for row in first_day for name in row.communes}
    assert named == {unit.name for unit in communes.exclude(province=nowhere.unit)}  # every one, not the first of a province
    assert "Xã" in str(refused.value) or "Phường" in str(refused.value)
    rule_set.refresh_from_db()
    assert rule_set.state == "review"
    assert not CompetenceRule.objects.filter(rule_set=rule_set).exists()


def test_publishing_is_refused_where_two_agencies_would_be_competent() -> None:
    levels = [
        {"action": "end", "target": rule_of(MARITAL)},
        {"action": "add", "rule": rule_input("ministry", agency_kind="commune_police", place_fact="", procedure=procedure(MARITAL))},
    ]

    with pytest.raises(LeavesGaps) as refused:
        published(*levels)

    assert {str(row.outcome) for row in refused.value.gaps.rows} == {"ambiguous"}


def test_a_rule_that_only_lasts_a_while_is_checked_for_the_day_after_it() -> None:
    passing = rule_input(procedure=procedure(MARITAL), valid_to=date(2026, 12, 31))

    with pytest.raises(LeavesGaps) as refused:
        published({"action": "replace", "target": rule_of(MARITAL), "rule": passing})

    assert {row.on for row in refused.value.gaps.rows} == {date(2027, 1, 1)}


def test_who_drafted_a_set_cannot_publish_it_not_even_in_the_database() -> None:
    rule_set = in_review({"action": "add", "rule": rule_input(procedure=procedure(MARITAL), rank=90)})

    with pytest.raises(SamePerson):
        publish(rule_set, actor=person("drafter"), at=AT)
    with pytest.raises(IntegrityError, match="rule_set_approver_is_second_person"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procedures_ruleset SET state = 'published', approved_by_id = drafted_by_id, published_at = now() WHERE id = %s",
            [rule_set.pk],
        )


@pytest.mark.parametrize(
    ("on", "number"),
    [(AT.date(), "1/QĐ"), (date(2025, 1, 1), "1/QĐ"), (None, "1/QĐ"), (SOON, "")],
    ids=["today", "past", "no day", "no decision"],
)
def test_publishing_needs_a_decision_and_a_day_to_come(on: date | None, number: str) -> None:
    change = {"action": "add", "rule": rule_input(procedure=procedure(MARITAL), rank=90)}

    with pytest.raises(DomainError):
        publish(in_review(change, effective_from=on, decision_number=number), actor=person("approver"), at=AT)


def test_two_sets_cannot_end_the_same_rule() -> None:
    police = rule_input(agency_kind="commune_police", procedure=procedure(MARITAL))
    target = rule_of(MARITAL)
    late = in_review({"action": "replace", "target": target, "rule": police})
    published({"action": "replace", "target": target, "rule": police})

    with pytest.raises(Conflict):
        publish(late, actor=person("approver"), at=AT)


def test_the_same_ground_and_rank_is_a_conflict_and_not_a_crash() -> None:
    with pytest.raises(Conflict):
        published({"action": "add", "rule": rule_input(procedure=procedure(MARITAL), agency_kind="commune_committee")})


def test_only_a_draft_can_be_edited_and_what_is_given_up_stays_on_record() -> None:
    rule_set = create_rule_set(title="Thử", actor=person("drafter"), at=AT)
    with pytest.raises(NothingChanged):
        submit(rule_set, at=AT)
    change = add_change(rule_set, action="add", rule=rule_input(procedure=procedure(MARITAL), rank=90))
    assert edit_change(change, rule=rule_input(procedure=procedure(MARITAL), rank=80)).rank == 80
    submit(rule_set, at=AT)
    with pytest.raises(Conflict):
        remove_change(change)
    send_back(rule_set)
    remove_change(change)
    discard(rule_set, at=AT)

    with pytest.raises(Conflict):
        add_change(rule_set, action="add", rule=rule_input(procedure=procedure(MARITAL)))
    assert RuleSet.objects.get(pk=rule_set.pk).state == "discarded"


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"kind": "fixed_agency", "agency_kind": ""}, id="fixed without agency"),
        pytest.param({"agency_kind": ""}, id="no kind"),
        pytest.param({"agency_kind": "no_such_kind"}, id="kind nobody has"),
        pytest.param({"place_fact": ""}, id="no place"),
        pytest.param({"kind": "applicant_choice", "choice_facts": ("residence",)}, id="a choice of one"),
        pytest.param({"legal_basis": " "}, id="no basis"),
        pytest.param({"kind": "magic"}, id="unknown kind"),
        pytest.param({"rank": -1}, id="negative rank"),
        pytest.param({"field_vi": "Hộ tịch"}, id="two grounds"),
        pytest.param({"procedure": None}, id="no ground"),
        pytest.param({"legal_basis": "x" * 301}, id="too long"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_a_reason(wrong: dict[str, object]) -> None:
    rule_set = create_rule_set(title="Thử", actor=person("drafter"), at=AT)

    with pytest.raises(RuleRefused) as refused:
        add_change(rule_set, action="add", rule=rule_input(**{"procedure": procedure(MARITAL)} | wrong))  # type: ignore[arg-type]

    assert str(refused.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE procedures_competencerule SET agency_kind = 'x'",
        "UPDATE procedures_competencerule SET valid_to = '2026-12-31'",
        "UPDATE procedures_competencerule SET valid_to = '2026-11-30', ended_by_id = {set}, rank = rank + 1",
        "DELETE FROM procedures_competencerule",
        "UPDATE procedures_ruleset SET effective_from = '2030-01-01' WHERE id = {set}",
        "UPDATE procedures_ruleset SET state = 'draft' WHERE id = {set}",
        "DELETE FROM procedures_ruleset WHERE id = {set}",
        "UPDATE procedures_rulechange SET rank = 1",
        "DELETE FROM procedures_rulechange",
        """INSERT INTO procedures_competencerule (field_vi, level, rank, kind, place_fact, choice_facts, choice_kind, agency_kind,
        legal_basis, version, valid_from, rule_set_id)
        VALUES ('X', '', 1, 'ministry', '', '{{}}', 'commune_authority', 'm', '', 1, '2026-12-01', {set})""",
    ],
)
def test_the_database_refuses_what_publishing_does_not_do(statement: str) -> None:
    rule_set = published({"action": "add", "rule": rule_input(procedure=procedure(MARITAL), rank=90)})

    with pytest.raises(DatabaseError, match="rule"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(set=rule_set.pk))


def test_a_change_cannot_slip_into_a_set_that_is_not_a_draft() -> None:
    rule_set = in_review({"action": "add", "rule": rule_input(procedure=procedure(MARITAL), rank=90)})
    row = RuleChange.objects.get(rule_set=rule_set)
    row.pk = None

    with pytest.raises(DatabaseError, match="Only a draft"), transaction.atomic():
        row.save(force_insert=True)


def test_the_whole_registry_of_a_day_is_a_handful_of_queries(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(9):
        book, directory = rulebook(SOON), directory_snapshot(SOON)

    assert len(book.rows) > 90
    assert len(directory.rows) > 12_000


def test_a_rule_within_a_unit_follows_a_renaming_and_nothing_else() -> None:
    old, divided = factories.commune("00004"), factories.commune("00008")
    for unit in (old, divided):
        rule = rule_input(agency_kind="commune_police", procedure=procedure(MARITAL), place=unit, rank=90)
        published({"action": "add", "rule": rule}, effective_from=SOON)
    change = SOON + timedelta(days=31)
    AdministrativeUnit.objects.filter(pk__in=[old.pk, divided.pk]).update(valid_to=change - timedelta(days=1))
    common = {"level": "commune", "type": "phường", "province": old.province, "parent": old.parent, "valid_from": change}
    renamed = AdministrativeUnit.objects.create(code="99991", name="Phường Ba Đình Mới", **common)
    parts = [AdministrativeUnit.objects.create(code=f"9999{number}", name=f"Phường Phần {number}", **common) for number in (2, 3)]
    for before, after in ((old, renamed), (divided, parts[0]), (divided, parts[1])):
        UnitSuccession.objects.create(
            level="commune", old_code=before.code, predecessor=before, successor=after, valid_from=change, is_split=before == divided
        )

    assert {row.rule.within for row in rulebook(SOON).rows} >= {"00004", "00008"}
    after_change = {row.rule.within for row in rulebook(change).rows}
    assert "99991" in after_change
    assert not {"00004", "00008", "99992", "99993"} & after_change


def test_a_rule_published_by_mistake_is_withdrawn_before_its_first_day() -> None:
    rule = rule_input(agency_kind="commune_police", procedure=procedure(MARITAL), rank=90)
    wrong = CompetenceRule.objects.get(rule_set=published({"action": "add", "rule": rule}))

    published({"action": "end", "target": wrong})

    assert decides(MARITAL, "00004", SOON).agency.kind == "commune_committee"
    wrong.refresh_from_db()
    assert wrong.valid_to == SOON - timedelta(days=1)
