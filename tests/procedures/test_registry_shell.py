"""`route` explains any case from the shell: rule, version, basis, units gone through, delegation, and what was rejected."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal.agencies.models import AdministrativeUnit
from procedures.actions.delegations import delegate
from tests.factories import committee
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


@pytest.mark.parametrize("wrong", [["--fact", "residence"], ["--agency", "X"], ["--fact", "residence=99999"], ["--filed-at", "99999"]])
def test_what_it_cannot_read_it_refuses(wrong: list[str]) -> None:
    with pytest.raises(CommandError):
        routed(MARITAL, "--place", "00004", *wrong)
