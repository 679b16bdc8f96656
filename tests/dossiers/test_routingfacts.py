"""Pools count real open dossiers; a dry run sees the last dossiers as they were decided."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers.models import Dossier
from dossiers.rerouting import facts_again
from dossiers.routingfacts import last_dossiers, open_by_agency
from portal.agencies.models import AdministrativeUnit, Agency
from portal.agencies.queries.lineage import heirs
from procedures.competence import Competent, Facts
from procedures.queries import AgencyDirectory, competent_agency, current_version
from procedures.queries.directory import directory_snapshot
from procedures.queries.dryrun import dry_run
from procedures.queries.held import held
from tests import factories
from tests.factories.reorganisations import DAY, EVE, merger
from tests.procedures.registry import SOON, in_review, procedure, published, rule_input, rule_of

pytestmark = pytest.mark.django_db
MARITAL = "1.004873"


def dossier_at(code: str = "00004") -> Dossier:
    factories.staffed(factories.committee(code))
    answers = factories.marital_answers(factories.address(code))
    return factories.routed(factories.filed(answers=answers).dossier)


def test_only_dossiers_that_an_agency_still_works_on_are_its_load() -> None:
    dossier = dossier_at()

    assert open_by_agency() == {dossier.agency_id: 1}
    assert open_by_agency([dossier.agency_id or 0]) == {dossier.agency_id: 1}
    assert open_by_agency([0]) == {}


def test_a_pool_takes_the_agency_with_the_most_free_capacity_counted_in_open_dossiers() -> None:
    rule = rule_input("pooled", place_fact="", procedure=procedure(MARITAL), agency_kind="commune_committee")
    dossier = dossier_at()
    published({"action": "replace", "target": rule_of(MARITAL), "rule": rule})
    version = current_version(MARITAL, SOON)
    assert version is not None

    for directory in (AgencyDirectory(), directory_snapshot(SOON)):
        decision = competent_agency(version, Facts(SOON), SOON, directory=directory)
        assert isinstance(decision, Competent)
        assert decision.agency.id != dossier.agency_id
        assert directory.load(decision.agency.id) < directory.load(dossier.agency_id or 0)
        assert str(decision.reasons[0].code) == "least_loaded"


def test_a_batch_spreads_over_the_pool_when_each_decision_is_counted() -> None:
    directory = directory_snapshot(SOON)
    pool = directory.agencies_of("ministry_police_traffic", None, SOON) or directory.agencies_of("commune_police", None, SOON)[:3]
    for _ in range(6):
        directory.took(min(pool, key=lambda ref: (directory.load(ref.id), ref.id)).id)

    assert {directory.open_dossiers.get(ref.id, 0) for ref in pool} == {6 // len(pool)}


def test_a_dry_run_names_the_dossiers_and_communes_that_would_go_elsewhere_and_writes_nothing() -> None:
    here, there = dossier_at("00004"), dossier_at("26740")
    saigon = factories.commune("26740").province
    rule = rule_input(agency_kind="commune_police", procedure=procedure(MARITAL), place=saigon)
    rule_set = in_review({"action": "add", "rule": rule})
    facts = last_dossiers(10)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        run = dry_run(rule_set, dossiers=facts, day=SOON)

    assert all(query["sql"].startswith("SELECT") for query in queries)
    assert {each.reference for each in facts} == {here.code, there.code}
    assert [(each.reference, each.new.agencies[0].kind) for each in run.dossiers] == [(there.code, "commune_police")]
    assert run.procedures == (MARITAL,)
    assert (run.dossiers_checked, run.pairs_checked) == (2, 3321)
    assert {each.province_code for each in run.communes} == {"79"}
    assert len(run.provinces) == 34
    assert sum(each.changed_communes for each in run.provinces) == len(run.communes) == 168
    assert not run.has_gaps


def test_a_dry_run_finds_dossiers_of_a_commune_that_was_merged_meanwhile_under_its_new_code() -> None:
    merged, _elsewhere = dossier_at("00008"), dossier_at("26740")
    merger(DAY)
    new = AdministrativeUnit.objects.on(DAY).get(code="90001")
    rule = rule_input(agency_kind="commune_police", procedure=procedure(MARITAL), place=new)
    rule_set = in_review({"action": "add", "rule": rule}, effective_from=DAY)

    run = dry_run(rule_set, dossiers=last_dossiers(10), day=DAY)

    (moved,) = run.dossiers
    assert (moved.reference, run.dossiers_checked) == (merged.code, 2)
    assert [(each.kind, Agency.objects.get(pk=each.id).unit) for each in (*moved.old.agencies, *moved.new.agencies)] == [
        ("commune_committee", new),
        ("commune_police", new),
    ]


def test_a_chosen_agency_that_was_merged_is_its_successor_too() -> None:
    merger(DAY)
    chosen = {"on": factories.MONDAY.date().isoformat(), "places": {}, "choice": factories.committee("00008").pk}
    asked: list[date] = []

    def followed(on: date) -> dict[int, int]:
        asked.append(on)
        return heirs(on)

    facts = facts_again(chosen, held(), DAY, heirs_on=followed)

    chosen_now = Agency.objects.select_related("unit").get(pk=facts.applicant_choice or 0)
    assert chosen_now.unit is not None
    assert chosen_now.unit.code == "90001"
    assert facts_again({**chosen, "choice": None}, held(), DAY, heirs_on=followed).applicant_choice is None
    assert facts_again(chosen, held(), EVE, heirs_on=followed).applicant_choice == factories.committee("00008").pk
    assert asked == [DAY, EVE]


def test_a_dry_run_shows_the_hole_that_publishing_would_refuse() -> None:
    run = dry_run(in_review({"action": "end", "target": rule_of(MARITAL)}), day=SOON)

    assert run.has_gaps
    assert sum(each.holes for each in run.provinces) == 3321
