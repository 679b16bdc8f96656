"""A rule that reads an answer which no form of the procedure asks for never decides: it is refused, reported and fails the release."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from portal.accounts.models import Role
from portal.agencies.models import Agency
from portal.celery import app
from portal.core.clock import business_today, technical_now
from portal.devtools import registrycheck
from portal.outbox.models import OperatorAlert
from procedures.actions.publishing import publish as publish_version
from procedures.actions.publishing import start_draft, submit_draft
from procedures.actions.registry_runs import ask_completeness
from procedures.actions.rulesets import LeavesGaps
from procedures.competence import Ground, Rule, RuleKind
from procedures.competence_book import Change, ChangeAction, RuleRow
from procedures.competence_check import Outcome
from procedures.formschema.library import form_for
from procedures.models import CompetenceRule, CompletenessReport, RegistryRun
from procedures.queries.completeness import check
from procedures.queries.directory import directory_snapshot
from procedures.queries.gaps import communes_on
from procedures.queries.rulebook import rulebook, subjects_on
from procedures.tasks import check_completeness as nightly
from procedures.tasks import registry_runs
from tests.factories import committee
from tests.procedures.registry import AT, SOON, person, procedure, published, rule_input, rule_of
from tests.procedures.test_registry_pages import HOME, keeper, text_of
from tests.procedures.test_registry_pages_runs import FIRST_DAY, draft, ran

pytestmark = pytest.mark.django_db
MARITAL, RECORDS, RECOGNITION, BY_FOREIGNER = "1.004873", "3.000333", "1.000689", "2.000528"


def test_publishing_a_rule_on_a_place_that_the_form_does_not_ask_is_refused_with_every_place() -> None:
    parcel = rule_input(place_fact="parcel", procedure=procedure(MARITAL))

    with pytest.raises(LeavesGaps) as refused:
        published({"action": "replace", "target": rule_of(MARITAL), "rule": parcel})

    gaps = refused.value.gaps
    assert {row.outcome for row in gaps.rows} == {Outcome.NOT_ASKED}
    assert sum(row.count for row in gaps.rows if row.on == SOON) == 3321
    assert "không tờ khai nào hỏi" in str(refused.value)


def test_a_reserve_rule_that_no_form_feeds_is_refused_although_the_first_rule_decides() -> None:
    with pytest.raises(LeavesGaps) as refused:
        published({"action": "add", "rule": rule_input(place_fact="parcel", rank=120, procedure=procedure(MARITAL))})

    assert {row.outcome for row in refused.value.gaps.rows} == {Outcome.NOT_ASKED}
    published({"action": "add", "rule": rule_input(place_fact="residence", rank=120, procedure=procedure(MARITAL))})


def test_a_version_whose_form_no_longer_asks_for_the_place_is_refused() -> None:
    draft = start_draft(procedure(MARITAL), actor=person("drafter"))
    draft.short_name_vi = "Tên khác"
    draft.save()
    draft.cases.update(form=form_for("common", "seat"))
    submit_draft(draft, on=business_today())

    with pytest.raises(LeavesGaps) as refused:
        publish_version(draft, actor=person("approver"), decision_number="1/QĐ", decision_on=AT.date(), effective_from=SOON, at=AT)

    assert {row.outcome for row in refused.value.gaps.rows} == {Outcome.NOT_ASKED}


def test_the_shipped_forms_ask_for_what_their_reserve_rules_read() -> None:
    subjects = subjects_on(SOON)

    for code in (RECOGNITION, BY_FOREIGNER):
        assert subjects[code].asks == (frozenset({"residence_father", "residence_mother", "residence"}),)
    for rule in CompetenceRule.objects.filter(procedure__isnull=False).exclude(place_fact="").select_related("procedure"):
        subject = subjects.get(rule.procedure.code if rule.procedure else "")
        assert subject is None or any(rule.place_fact in asked for asked in subject.asks), rule


def test_the_report_names_it() -> None:
    parcel = Rule(10**6, 1, 50, Ground.PROCEDURE, RuleKind.COMMUNE_AUTHORITY, "commune_committee", place_fact="parcel")
    added = Change(ChangeAction.ADD, row=RuleRow(parcel, procedure(MARITAL).pk))
    subject = {MARITAL: subjects_on(SOON)[MARITAL]}

    found, _agencies = check(rulebook(SOON).with_changes([added]), subject, communes_on(SOON), directory_snapshot(SOON, with_load=False))

    assert (found.outcomes[Outcome.NOT_ASKED], found.is_complete) == (3321, False)
    assert sum(len(gap.communes) for gap in found.gaps) == 3321


def test_the_release_gate_fails_on_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (registrycheck.DATA / "catalogue_competence.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if '["1.004873"' in line)
    sabotaged = tmp_path / "rules.yaml"
    sabotaged.write_text(text.replace(line, line.replace("place_fact: residence", "place_fact: parcel")), encoding="utf-8")

    assert registrycheck.main(["--rules", str(sabotaged), "--every", "200"]) == 1
    assert "not_asked 1.004873" in capsys.readouterr().out


def gap_to_come() -> None:
    """In five days nobody decides about criminal records any more."""
    Agency.objects.filter(kind="provincial_police_records").update(valid_to=business_today() + timedelta(days=4))


def test_each_night_today_and_the_next_day_of_change_are_checked_and_operators_hear_of_gaps() -> None:
    schedule = app.conf.beat_schedule["procedures.check_completeness"]["schedule"]
    assert (schedule.hour, schedule.minute) == ({17}, {10})  # 00:10 in Viet Nam
    gap_to_come()

    nightly()
    nightly()  # a second beat
    registry_runs()

    run = RegistryRun.objects.get()
    days = [business_today(), business_today() + timedelta(days=5)]
    assert (run.state, run.requested_by, run.result["days"]) == ("done", None, [day.isoformat() for day in days])
    reports = list(CompletenessReport.objects.order_by("on"))
    assert [(report.on, report.gaps) for report in reports] == [(days[0], 0), (days[1], 3321)]
    assert all(len(each["communes"]) == each["count"] for each in reports[1].findings)
    alert = OperatorAlert.objects.get(kind="competence")
    assert alert.ended_at is None
    assert f"{days[1]:%d/%m/%Y}: 3321" in alert.text

    Agency.objects.filter(kind="provincial_police_records").update(valid_to=None)
    ask_completeness(on=business_today(), actor=None, at=technical_now())
    registry_runs()
    alert.refresh_from_db()
    assert alert.ended_at is not None


def test_every_place_of_a_report_can_be_taken_along_as_a_table() -> None:
    gap_to_come()
    ask_completeness(on=business_today() + timedelta(days=5), actor=None, at=technical_now())
    registry_runs()
    report = CompletenessReport.objects.get(on=business_today() + timedelta(days=5))
    client = keeper("editor", Role.CATALOGUE_EDITOR)[0]

    answer = client.get(f"{HOME}kiem-tra/{report.pk}/noi-thieu.csv")
    page = client.get(f"{HOME}kiem-tra/")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (len(rows) - 1, {row[1] for row in rows[1:]}) == (3321, {RECORDS})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "Phường Phú Diễn" in page.content.decode()  # not among the first twelve of Hà Nội
    assert f"{HOME}kiem-tra/{report.pk}/noi-thieu.csv" in page.content.decode()


def test_a_dry_run_shows_the_next_day_of_change_too() -> None:
    editor = keeper("editor", Role.CATALOGUE_EDITOR)[0]
    rule_set = draft(valid_to=FIRST_DAY + timedelta(days=9))
    url = ran(editor, rule_set)

    first = editor.get(url)
    later = editor.get(url, {"ngay": (FIRST_DAY + timedelta(days=10)).isoformat(), "xem": "gaps"})

    days = RegistryRun.objects.get().result["days"]
    assert [day["on"] for day in days] == [FIRST_DAY.isoformat(), (FIRST_DAY + timedelta(days=10)).isoformat()]
    assert f"Từ ngày {FIRST_DAY + timedelta(days=10):%d/%m/%Y}" in text_of(first)
    assert (first.context["gaps"], later.context["gaps"]) == (0, 3321)
    assert {place.on for place in first.context["places"]} == {FIRST_DAY}
    assert {place.on for place in later.context["places"]} == {FIRST_DAY + timedelta(days=10)}


def test_an_approver_changes_the_capacity_of_an_agency() -> None:
    client = keeper("approver", Role.CATALOGUE_APPROVER)[0]
    agency = committee()
    url = f"{HOME}nang-luc/"

    assert "Chưa có quy tắc nào gộp" in text_of(client.get(url))
    opened = client.get(url, {"co-quan": agency.pk}).content.decode()
    assert f'value="{agency.capacity}"' in opened
    assert client.post(url, {"agency": agency.identifier, "capacity": "0"}).status_code == 422
    assert client.post(url, {"agency": "không có", "capacity": "3"}).status_code == 422
    assert client.post(url, {"agency": agency.identifier, "capacity": "7"}).status_code == 302
    agency.refresh_from_db()
    assert agency.capacity == 7
    assert Client().get(url).status_code in (302, 403)
