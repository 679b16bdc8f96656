"""`route` explains any case from the shell: rule, version, basis, units gone through, delegation, and what was rejected."""

import json
from dataclasses import asdict
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dossiers.actions.not_competent import Return, return_not_competent
from dossiers.actions.transition import By
from dossiers.reasons import why_this_agency
from portal.agencies.models import AdministrativeUnit
from portal.core.db import acting_as
from procedures.actions.delegations import delegate
from tests.factories import committee, filed, staffed, who
from tests.factories import routed as to_agency
from tests.procedures.registry import AT, person, procedure, published, rule_input, rule_of

pytestmark = pytest.mark.django_db
MARITAL, BIRTH = "1.004873", "1.001193"


def routed(*arguments: str) -> Any:
    out = StringIO()
    call_command("route", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_an_old_code_is_followed_and_the_way_is_shown() -> None:
    answer = routed(MARITAL, "--place", "00001", "--place-valid-on", "2025-06-30", "--on", "2026-11-22")

    assert answer["outcome"] == "agency"
    assert [each["code"] for each in answer["units"][0]] == ["00001", "00097"]
    assert [each["until"] for each in answer["units"][0]] == ["2025-06-30", None]
    assert (answer["rule"]["version"], bool(answer["rule"]["legal_basis"])) == (1, True)


def test_parents_who_live_apart_are_a_lawful_choice_until_one_is_chosen() -> None:
    apart = (BIRTH, "--place", "00004", "--fact", "residence_mother=00070", "--on", "2026-11-22")

    asked = routed(*apart)
    assert (asked["outcome"], asked["is_choice"], len(asked["candidates"])) == ("several", True, 2)
    assert [each["name"] for each in routed(*apart)["candidates"]] == [committee("00004").name, committee("00070").name]
    assert routed(*apart, "--chosen", "residence_mother")["agency"]["name"] == committee("00070").name
    by_agency = routed(*apart, "--agency", committee("00070").identifier)
    assert (by_agency["agency"]["name"], by_agency["reasons"][0]["code"]) == (committee("00070").name, "chosen")


def test_rejected_rules_and_delegations_are_named_with_their_reasons() -> None:
    saigon = AdministrativeUnit.objects.on(AT.date()).get(code="79")
    published(
        {"action": "replace", "target": rule_of(MARITAL), "rule": rule_input(procedure=procedure(MARITAL))},
        {"action": "add", "rule": rule_input(agency_kind="commune_police", procedure=procedure(MARITAL), place=saigon)},
    )
    first, last = date(2026, 12, 1), date(2027, 11, 2)
    delegate(
        from_agency=committee("00004"), to_agency=committee("00008"), valid_from=first, valid_to=last, legal_basis="5/QĐ-UBND",
        actor=person("admin"), at=AT,
    )  # fmt: skip

    answer = routed(MARITAL, "--place", "00004", "--on", "2026-12-05")

    assert answer["agency"]["name"] == committee("00008").name
    assert answer["rule"]["version"] == 2
    assert answer["delegation"] == {"from": committee("00004").name, "to": committee("00008").name, "legal_basis": "5/QĐ-UBND"}
    assert [(each["code"], each["rule"]["within"]) for each in answer["rejected"]] == [("elsewhere", saigon.name)]
    out = StringIO()
    call_command("route", MARITAL, "--place", "00004", "--on", "2026-12-05", stdout=out)
    assert "delegated" in out.getvalue()
    assert "rejected" in out.getvalue()


def test_each_place_may_have_its_own_day_and_one_without_has_the_day_of_the_place() -> None:
    apart = (BIRTH, "--place", "00001", "--place-valid-on", "2025-06-30", "--on", "2026-11-22")

    present = routed(*apart, "--fact", "residence_mother=00070@2026-11-22")
    shared = routed(*apart, "--fact", "residence_mother=00070")

    assert [each["name"] for each in present["candidates"]] == [committee("00097").name, committee("00070").name]
    assert shared == routed(*apart, "--fact", "residence_mother=00070@2025-06-30")
    assert "place_split" in [each["code"] for each in shared["reasons"]]  # the old 00070 was divided, the new one was not
    assert "place_split" not in [each["code"] for each in present["reasons"]]


def test_a_dossier_tells_its_stored_decisions_and_what_the_rules_say_for_its_day_now() -> None:
    staffed(committee())
    dossier = to_agency(filed().dossier)

    answer = routed("--dossier", dossier.code)

    (stored,) = answer["decisions"]
    assert stored == json.loads(json.dumps([asdict(each) for each in why_this_agency(dossier)]))[0]
    assert (answer["dossier"], answer["agency"]["name"], answer["without"]) == (dossier.code, committee().name, [])
    assert (answer["now"]["on"], answer["now"]["agency"]["name"]) == (AT.date().isoformat(), committee().name)
    out = StringIO()
    call_command("route", "--dossier", dossier.code.lower(), stdout=out)
    shown = out.getvalue()
    assert [line.split()[0] for line in shown.splitlines() if line][:2] == ["dossier", "decided"]
    assert stored["headline"] in shown
    assert f"agency      {committee().identifier}  {committee().name}" in shown


def test_a_dossier_that_was_returned_is_decided_without_who_returned_it_and_an_unrouted_one_has_no_decision() -> None:
    officer, _leader = staffed(committee())
    dossier = to_agency(filed().dossier)
    with acting_as(who(officer).scope):
        said = Return("level", "Thẩm quyền thuộc cấp khác.")
        return_not_competent(dossier, said, by=By(officer, AT, agency=committee()), expected_version=dossier.state_version)

    answer = routed("--dossier", dossier.code)

    assert [each["outcome"] for each in answer["decisions"]] == ["none", "returned", "agency"]
    assert (answer["now"]["outcome"], answer["without"]) == ("none", [committee().name])
    waiting = routed("--dossier", filed().dossier.code)
    assert (waiting["routing"], waiting["decisions"], waiting["now"]) == ("Đang xác định cơ quan", [], None)


@pytest.mark.parametrize("wrong", [["--dossier", "H29-261102-9999"], [], [MARITAL], ["--place", "00004"]])
def test_an_unknown_dossier_or_half_a_question_is_an_error_in_words(wrong: list[str]) -> None:
    with pytest.raises(CommandError, match=r"hồ sơ|thủ tục"):
        routed(*wrong)


@pytest.mark.parametrize(
    "wrong",
    [["--fact", "residence"], ["--fact", "residence=00004@"], ["--agency", "X"], ["--fact", "residence=99999"], ["--filed-at", "99999"]],
)
def test_what_it_cannot_read_it_refuses(wrong: list[str]) -> None:
    with pytest.raises(CommandError):
        routed(MARITAL, "--place", "00004", *wrong)
