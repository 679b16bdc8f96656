"""The number of a form means another paper in each circular, so the set follows the day of acceptance."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from dossiers.documents.issue import OldForms, issue
from dossiers.formsets import SETS, Form, FormSetNotDrawn, form_of, set_on
from dossiers.models import IssuedDocument
from tests.factories import MONDAY, filed


def test_sets_follow_each_other_without_a_gap() -> None:
    for before, after in itertools.pairwise(SETS):
        assert before.valid_to == after.valid_from - timedelta(days=1)
    assert SETS[-1].valid_to is None
    assert [set_on(day).code for day in (date(2025, 6, 30), date(2025, 7, 1), date(2017, 1, 1))] == ["TT01-2018", "TT03-2025", "TT01-2018"]


def test_the_same_number_is_another_paper_in_the_older_set() -> None:
    numbers = {each.code: each.numbers for each in SETS}

    assert numbers["TT01-2018"]["control_sheet"] == numbers["TT03-2025"]["stop_notice"] == "05"
    assert sorted(numbers["TT03-2025"].values()) == [f"{number:02}" for number in range(1, 8)]


def test_a_form_is_named_as_papers_name_it() -> None:
    assert form_of("receipt_slip", accepted_on=date(2026, 11, 2)) == Form("TT03-2025", "01", "03/2025/TT-VPCP")
    assert str(form_of("stop_notice", accepted_on=date(2026, 11, 2))) == "Mẫu số 05 (Thông tư 03/2025/TT-VPCP)"
    assert form_of("fee_receipt", accepted_on=date(2026, 11, 2)) is None
    assert form_of("stop_notice", accepted_on=date(2025, 6, 30)) is None, "a stop was told by a plain letter"
    with pytest.raises(FormSetNotDrawn):
        form_of("control_sheet", accepted_on=date(2025, 6, 30))


@pytest.mark.django_db
def test_a_document_keeps_its_form_and_an_old_dossier_is_refused_in_words() -> None:
    dossier = filed().dossier
    slip = IssuedDocument.objects.get(dossier=dossier, kind="receipt_slip")

    assert (slip.form_set, slip.form_no) == ("TT03-2025", "01")
    assert "Mẫu số 01 (Thông tư 03/2025/TT-VPCP)" in slip.html
    dossier.accepted_at = datetime(2025, 6, 27, 3, tzinfo=UTC)
    with pytest.raises(OldForms, match="01/07/2025"):
        issue(dossier, kind="apology_letter", at=MONDAY, actor=None, extra={"reason": "Chờ kết quả xác minh."})
