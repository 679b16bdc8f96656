"""The imported catalogue: complete, honest, routable, immutable."""

from datetime import date

import pytest
from django.db import DatabaseError, connection

from portal.agencies.models import AdministrativeUnit, Office
from procedures.catalogue_load.content import content_of
from procedures.catalogue_load.files import UnknownFormat, read_source
from procedures.catalogue_load.money import fee_rows
from procedures.catalogue_load.report import ImportReport
from procedures.competence import Ambiguous, Competent, Facts, Place, decide
from procedures.fees import is_payable_online, total_vnd
from procedures.models import Procedure, ProcedureVersion
from procedures.queries import AgencyDirectory, FeeQuestion, competent_agency, current_version, fee_lines, pilot_decision_for, rules_for
from procedures.queries.trial import place_of

ON = date(2026, 8, 1)
pytestmark = pytest.mark.django_db


def version(code: str) -> ProcedureVersion:
    found = current_version(code, ON)
    assert found is not None
    return found


def test_all_89_are_published_with_papers_a_result_and_a_form() -> None:
    versions = list(ProcedureVersion.objects.published().prefetch_related("cases__requirements", "results"))

    assert len(versions) == 89
    assert [v for v in versions if not any(case.is_default for case in v.cases.all())] == []
    assert [v.short_name_vi for v in versions if not any(each.outcome == "grant" for each in v.results.all())] == []
    assert [v.short_name_vi for v in versions if not all(case.form for case in v.cases.all())] == []


def test_a_procedure_that_ended_cannot_be_filed_from_that_day_on() -> None:
    assert current_version("1.014061", date(2026, 8, 17)) is not None
    assert current_version("1.014061", date(2026, 8, 18)) is None


def test_every_procedure_leads_to_one_agency_in_a_sample_of_communes() -> None:
    codes = list(AdministrativeUnit.objects.on(ON).communes().order_by("code").values_list("code", flat=True))[::83]
    places = [place_of(code, ON) for code in codes]
    directory = AgencyDirectory()
    lost = []
    for each in ProcedureVersion.objects.in_force(ON).select_related("procedure"):
        rules = rules_for(each.procedure, ON)
        for place in places:
            assert isinstance(place, Place)
            facts = Facts(ON, {rule.place_fact: place for rule in rules if rule.place_fact}, place.commune_code, place.province_code)
            if not isinstance(decide(rules, facts, directory), Competent):
                lost.append((each.procedure.code, place.name))

    assert len(codes) >= 40
    assert lost == []


def test_parents_who_live_apart_may_choose() -> None:
    places = {"residence_father": place_of("00004", ON), "residence_mother": place_of("26734", ON)}
    birth, facts = version("1.001193"), Facts(ON, places)

    several = competent_agency(birth, facts, ON)
    mother = competent_agency(birth, facts, ON, chosen_fact="residence_mother")

    assert isinstance(several, Ambiguous)
    assert isinstance(mother, Competent)
    assert {each.id for each in several.candidates} > {mother.agency.id}
    assert mother.rule.place_fact == "residence_mother"


def test_a_fee_set_by_the_council_blocks_paying_online_until_a_province_rate_exists() -> None:
    procedure = Procedure.objects.get(code="1.004873")

    unknown = fee_lines(procedure, FeeQuestion(ON, "online", "79"))
    hanoi = fee_lines(procedure, FeeQuestion(ON, "online", "01"))

    assert [line.amount_vnd for line in unknown] == [None]
    assert not is_payable_online(unknown)
    assert [(line.amount_vnd, line.kind.value) for line in hanoi] == [(3000, "levy")]


@pytest.mark.parametrize(("born", "amount"), [("2026-07-01", 0), ("2026-05-01", None)], ids=["in time", "late"])
def test_a_birth_registered_in_time_is_free_and_a_late_one_is_not(born: str, amount: int | None) -> None:
    lines = fee_lines(Procedure.objects.get(code="1.001193"), FeeQuestion(ON, "online", "79", {"child_birth_date": born}))

    assert [line.amount_vnd for line in lines] == [amount]


@pytest.mark.parametrize(("pages", "copies", "vnd"), [(1, 1, 2000), (3, 1, 5000), (3, 2, 10000), (500, 1, 200000)])
def test_certified_copies_are_priced_by_the_page(pages: int, copies: int, vnd: int) -> None:
    answers = {"documents": [{"pages": pages, "copies": copies}]}

    assert total_vnd(fee_lines(Procedure.objects.get(code="2.000815"), FeeQuestion(ON, "direct", "01", answers))) == vnd


@pytest.mark.parametrize(
    ("day", "amount"), [(date(2026, 8, 14), 8000), (date(2026, 8, 15), 0), (date(2027, 2, 28), 0), (date(2027, 3, 1), 8000)]
)
def test_the_exemption_of_117_2026_has_its_window(day: date, amount: int) -> None:
    question = FeeQuestion(day, "online", "01", conditions=frozenset({"vneid_level_2"}))

    assert total_vnd(fee_lines(Procedure.objects.get(code="2.000635"), question)) == amount


def test_the_pilot_decision_covers_every_office_but_not_the_exempted() -> None:
    office = Office.objects.select_related("province").order_by("pk").first()
    assert office is not None

    assert pilot_decision_for(version("1.001193"), office, ON) is not None
    assert pilot_decision_for(version("1.012812"), office, ON) is None
    assert ProcedureVersion.objects.filter(exempt_from_pilot=True).count() == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE procedures_procedureversion SET name_vi = 'x' WHERE state = 'published'",
        "DELETE FROM procedures_requirement",
        "UPDATE procedures_procedurecase SET time_value = 1",
        """INSERT INTO procedures_resulttype (version_id, code, name_vi, name_en, outcome, medium, template)
        SELECT id, '', 'x', '', 'grant', 'uploaded', '' FROM procedures_procedureversion LIMIT 1""",
    ],
    ids=["version", "paper", "case", "result"],
)
def test_what_is_published_cannot_be_changed_not_even_with_the_loaders_setting(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.catalogue_load', 'on', true)")

        with pytest.raises(DatabaseError, match="published procedure version"):
            cursor.execute(statement)


def test_the_report_names_every_choice() -> None:
    source, report = read_source(), ImportReport()
    for row in source.rows:
        content_of(row, source, report)
    fee_rows(source, report)

    assert {choice.code for choice in report.about("pilot")} == {"1.012812", "3.000182", "2.001263"}
    assert len({choice.code for choice in report.about("result")}) == 89
    assert len({choice.code for choice in report.about("fee")}) == 89
    assert [choice.text for choice in report.choices if "không có kết quả nào" in choice.text or "chưa ghi lần đi lại" in choice.text] == []


def test_an_unknown_file_is_refused_with_a_sentence(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "catalogue.xml"
    path.write_text("<x/>")

    with pytest.raises(UnknownFormat, match=r"catalogue\.xml"):
        read_source(path)
