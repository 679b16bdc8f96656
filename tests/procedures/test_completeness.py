"""Every procedure has its agency in every commune, or the report names the place. It also names agencies without people."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from portal.agencies.models import AdministrativeUnit, Agency, ServiceArea
from procedures.competence_check import Outcome
from procedures.models import CompletenessReport, Procedure
from procedures.queries.completeness import Scope, check_completeness
from procedures.queries.gaps import effective_days
from tests.procedures.registry import SOON, procedure, published, rule_input, rule_of

ON = date(2026, 11, 2)
pytestmark = pytest.mark.django_db


def test_all_procedures_in_all_communes_have_one_agency_or_one_lawful_choice() -> None:
    found = check_completeness(ON)

    assert (found.procedures, found.communes) == (len(set(Procedure.objects.filter(ended_on=None).values_list("code"))), 3321)
    assert found.pairs == found.procedures * 3321
    assert found.procedures + len(found.ended) == 89
    assert found.is_complete
    assert found.gaps == []
    assert found.outcomes[Outcome.CHOICE] == 3321 * 9


def test_a_commune_outside_every_service_area_is_named_with_its_procedures() -> None:
    commune = AdministrativeUnit.objects.on(ON).get(code="26740")
    ServiceArea.objects.filter(unit=commune, agency__kind="land_registration_branch").delete()

    found = check_completeness(ON)

    holes = [gap for gap in found.gaps if gap.outcome is Outcome.HOLE]
    assert {gap.procedure for gap in holes} == {"1.012783", "1.012784", "1.013831", "1.012786", "1.011441"}
    assert {gap.communes for gap in holes} == {(commune.name,)}
    assert found.outcomes[Outcome.HOLE] == 5


def test_a_commune_in_two_service_areas_is_named_as_ambiguous() -> None:
    commune = AdministrativeUnit.objects.on(ON).get(code="26740")
    own = ServiceArea.objects.get(unit=commune, agency__kind="social_insurance_branch")
    other = Agency.objects.filter(kind="social_insurance_branch").exclude(pk=own.agency_id).order_by("pk")[0]
    ServiceArea.objects.create(agency=other, unit=commune)

    found = check_completeness(ON, Scope("1.001613"))

    assert [(gap.outcome, gap.province_code, gap.count) for gap in found.gaps] == [(Outcome.AMBIGUOUS, "79", 1)]


def test_the_next_day_of_change_is_found_whatever_changes() -> None:
    assert effective_days(ON, limit=1) == [ON]
    published({"action": "add", "rule": rule_input(procedure=procedure("1.004873"), rank=90)})

    assert effective_days(ON, limit=1) == [ON, SOON]


def test_the_command_prints_keeps_and_fails_on_a_hole(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("competence_report", "--on", "2026-11-02", "--sample", "40", "--json")
    (report,) = json.loads(capsys.readouterr().out)
    assert report["complete"]
    assert report["communes"] >= 40
    kept = CompletenessReport.objects.get()
    assert (kept.is_sample, kept.holes, kept.procedure, kept.one_agency) == (True, 0, None, report["agency"])

    ServiceArea.objects.all().delete()
    with pytest.raises(CommandError) as failed:
        call_command("competence_report", "--on", "2026-11-02", "--procedure", "1.012783")
    assert failed.value.returncode == 1
    assert "hole" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--procedure", "9.999999"], ["--sample", "0"]])
def test_the_command_refuses_what_it_cannot_check(wrong: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("competence_report", *wrong)


def test_what_a_set_will_change_is_checked_on_its_own_day() -> None:
    published(
        {
            "action": "replace",
            "target": rule_of("1.004873"),
            "rule": rule_input(agency_kind="commune_police", procedure=procedure("1.004873")),
        }
    )

    assert check_completeness(SOON, Scope("1.004873", every=83)).is_complete
