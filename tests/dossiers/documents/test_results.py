"""Every result template prints each of its values, and its form can be drawn from the field list."""

import pytest
from django.conf import settings

from dossiers.documents import results
from dossiers.documents.issue import issue
from dossiers.documents.result_fields import RESULT_FIELDS, result_fields
from dossiers.models import Dossier, Result
from portal.core.db import acting_as
from tests.factories import MONDAY, who

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("template", sorted(RESULT_FIELDS))
def test_each_value_of_the_template_is_printed(template: str, signed: Result) -> None:
    signed.type.template, signed.type.outcome = template, "refusal" if template == "refusal" else "grant"
    signed.details = {spec.key: f"Ẵm {spec.key} Ước" for spec in result_fields(template)}
    html = results.render_result(signed)

    assert [key for key in signed.details if f"Ẵm {key} Ước" not in html] == []
    assert "CHƯA KÝ" in html
    assert "Ký số bởi" not in html
    assert results.BLANK not in html


def test_a_missing_required_value_shows_as_a_gap(signed: Result) -> None:
    signed.details = {}

    assert results.BLANK in results.render_result(signed)


@pytest.mark.parametrize("template", sorted(RESULT_FIELDS))
def test_fields_are_labelled_in_both_languages(template: str) -> None:
    fields = result_fields(template)

    assert all(spec.label_vi and spec.label_en and spec.initial_from for spec in fields)
    assert len({spec.key for spec in fields}) == len(fields)


def test_the_template_starts_from_the_answers(case: Dossier, signed: Result) -> None:
    with acting_as(who(case.filed_by).scope):
        given = results.initial_details(case, "marital_status")

    assert given["subject_residence"] == "12 phố Đội Cấn, Phường Ba Đình, Thành phố Hà Nội"
    assert {"subject_name", "subject_birth_date", "subject_sex", "status"} <= set(given)
    assert not any("{" in text for text in given.values())


def test_the_issued_result_names_its_signer_and_number(case: Dossier, signed: Result) -> None:
    issued = issue(case, kind="result", at=MONDAY, actor=signed.signed_by, agency=signed.agency, extra={"result": signed})

    assert (issued.number, issued.title_vi) == ("0042/2026/XNTTHN", "Giấy xác nhận tình trạng hôn nhân")
    assert issued.issuer_name == signed.agency.name
    for said in ("Ký số bởi: Đặng Hữu Phước", "Nguyễn Thị Ẵm", "03/02/1990", f"{settings.BASE_URL}/xac-minh/"):
        assert said in issued.html


def test_an_uploaded_signed_file_is_the_document(case: Dossier, signed: Result) -> None:
    signed.upload_key, signed.upload_sha256 = "uploads/ab/cd", "e" * 64
    issued = issue(case, kind="result", at=MONDAY, actor=signed.signed_by, agency=signed.agency, extra={"result": signed})

    assert (issued.storage_key, issued.sha256, issued.pdf_pending) == ("uploads/ab/cd", "e" * 64, False)
    assert "e" * 64 in issued.html


def test_nothing_signed_nothing_issued(case: Dossier) -> None:
    with pytest.raises(results.NoResult):
        issue(case, kind="result", at=MONDAY, actor=None)
