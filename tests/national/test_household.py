"""A household business is a third kind of owner, from the form to the number that each generation has for it."""

from datetime import date
from typing import Any

import pytest

from dossiers import filing_inputs
from dossiers.forms import PartiesForm
from dossiers.national import mapping2026, mapping_provincial
from tests.national.test_mapping import content

CITIZEN = "001190002345"
TODAY = date(2026, 11, 2)


def form(**changes: str) -> PartiesForm:
    given = {
        "owner_kind": "household",
        "owner_name": "Hộ kinh doanh Nguyễn Thị Ước",
        "owner_tax_code": CITIZEN,
        "owner_personal_id": CITIZEN,
        "subject_is": "owner",
        "submitter_is": "owner",
        "collector_is": "owner",
    } | changes
    return PartiesForm({f"p-{name}": value for name, value in given.items()}, prefix="p", today=TODAY)


def owner(**changes: str) -> Any:
    bound = form(**changes)
    assert bound.is_valid(), bound.errors
    return filing_inputs.parties(bound.cleaned_data)[0]


def test_its_owner_may_file_for_it_and_both_numbers_are_kept() -> None:
    found = owner()

    assert (found.kind, found.personal_id, found.tax_code) == ("household", CITIZEN, CITIZEN)


def test_an_organisation_still_acts_through_a_person_and_has_no_personal_number() -> None:
    assert "submitter_is" in form(owner_kind="organisation", owner_tax_code="0312345673").errors
    other = {"submitter_is": "other", "submitter_name": "Trương Quốc Khánh", "submitter_ground": "Giám đốc"}
    found = owner(owner_kind="organisation", owner_tax_code="0100109106", **other)
    assert (found.kind, found.personal_id) == ("organisation", "")


def test_twelve_digits_are_the_tax_code_of_a_household_business() -> None:
    other = {"submitter_is": "other", "submitter_name": "Trương Quốc Khánh", "submitter_ground": "Chủ hộ"}

    assert owner(owner_kind="organisation", **other).kind == "household"


def test_a_wrong_tax_code_of_a_household_business_is_refused() -> None:
    assert "owner_tax_code" in form(owner_tax_code="12345").errors


def test_each_of_the_other_three_is_a_person_or_an_organisation_too() -> None:
    office = {"name": "Công ty Luật Ánh Sáng", "tax_code": "0100109106", "ground": "Hợp đồng ủy quyền", "personal_id": CITIZEN}
    others = {f"{role}_{name}": value for role in ("subject", "submitter", "collector") for name, value in office.items()}
    bound = form(subject_is="other", submitter_is="other", collector_is="other", **others)
    assert bound.is_valid(), bound.errors

    found = filing_inputs.parties(bound.cleaned_data)[1:]

    assert {(each.kind, each.name, each.tax_code, each.personal_id) for each in found} == {
        ("organisation", "Công ty Luật Ánh Sáng", "0100109106", "")
    }
    wrong = form(collector_is="other", **{f"collector_{name}": value for name, value in (office | {"tax_code": "12345"}).items()})
    assert "collector_tax_code" in wrong.errors


@pytest.mark.parametrize(("mapping", "number"), [(mapping2026, 2), (mapping_provincial, "2")], ids=["2026", "provincial"])
def test_each_generation_has_its_number_for_it(mapping: Any, number: object) -> None:
    step = content(owner_kind="household")
    body = mapping.body_of(step) if mapping is mapping2026 else mapping.dossier_of(step, {})

    assert body["LoaiDoiTuong"] == number
