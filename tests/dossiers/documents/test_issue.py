"""Issued documents: numbers, codes, what they say, what they replace, and their PDFs."""

import hashlib
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from dossiers.codes import SECRET_ALPHABET
from dossiers.documents.deliver import make_pdf, render_pending
from dossiers.documents.issue import issue
from dossiers.documents.numbering import result_number
from dossiers.models import Dossier, IssuedDocument, Result
from dossiers.secrets import secret_for
from portal.accounts.models import User
from portal.core import pdf
from portal.core.clock import LOCAL, technical_now
from portal.core.db import acting_as
from portal.outbox.actions import Done, claim
from portal.outbox.models import OutboxMessage
from tests.dossiers.documents.conftest import issue_all
from tests.factories import MONDAY, address, committee, filed, who

pytestmark = pytest.mark.django_db
needs_pango = pytest.mark.skipif(not pdf.is_available(), reason=f"PDFs need Pango: {pdf.APT_LINE}")


def texts_of(document: IssuedDocument, folder: Path) -> str:
    """The text of the PDF as a reader's program extracts it, one blank between words."""
    file = folder / "read.pdf"
    file.write_bytes(default_storage.open(document.storage_key).read())
    read = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True)
    return " ".join(read.stdout.decode().split())


def facts_of(content: bytes) -> str:
    """What `pdfinfo` says, one blank between words."""
    said = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True).stdout
    return " ".join(said.decode().split())


def test_a_receipt_slip_is_numbered_verifiable_and_ordered_as_pdf(case: Dossier) -> None:
    slip = IssuedDocument.objects.get(dossier=case, kind="receipt_slip")

    assert slip.number == f"01/PTN-{case.code}"
    assert len(slip.verification_code) == 16
    assert set(slip.verification_code) <= set(SECRET_ALPHABET)
    assert slip.sha256 == hashlib.sha256(slip.html.encode()).hexdigest()
    assert slip.pdf_pending
    message = OutboxMessage.objects.get(stream="document", subject_id=case.pk, sequence=slip.pk)
    assert (message.key, message.sequence, message.payload) == (f"document:{slip.pk}", slip.pk, {"document": slip.pk})


def test_the_slip_says_who_what_when_and_carries_the_secret(case: Dossier) -> None:
    html = IssuedDocument.objects.get(dossier=case, kind="receipt_slip").html
    secret = secret_for(case.code, 1)

    for said in (
        "NGUYỄN THỊ ƯỚC",
        "001190000007",
        "Cấp Giấy xác nhận tình trạng hôn nhân",
        "trước 17 giờ 00 phút, ngày 05/11/2026",
        "03 ngày làm việc",
        "Hồ Chí Minh, ngày 02 tháng 11 năm 2026",
        "Tờ khai",
        f"{secret[:4]} {secret[4:]}",
        'class="qr"',
    ):
        assert said in html
    assert secret not in html.replace(f"{secret[:4]} {secret[4:]}", "")
    assert "style=" not in html
    assert "<style" not in html


def test_a_new_slip_replaces_the_acknowledgement_and_the_former_slip(case: Dossier, clerk: User) -> None:
    with acting_as(who(clerk).scope):
        kinds = ("acknowledgement", "receipt_slip", "receipt_slip")
        issued = [issue(case, kind=kind, at=MONDAY, actor=clerk, office=case.receiving_office) for kind in kinds]

    assert [document.supersedes for document in issued] == [None, issued[0], issued[1]]
    assert f"số {issued[1].number}" in issued[2].html


def test_an_acknowledgement_promises_nothing(clerk: User) -> None:
    answers = {"place": address(), "request_text": "Đề nghị hòa giải"}
    dossier = filed(clerk, procedure="1.012812", answers=answers).dossier

    paper = dossier.documents.get(kind="acknowledgement").html

    assert "chưa được tiếp nhận" in paper
    assert "09 giờ 00 phút, ngày 03/11/2026" in paper, "eight working hours after Monday at nine"
    assert "nếu được tiếp nhận" in paper
    assert "Chi nhánh Trung tâm Phục vụ hành chính công phường Ba Đình" in paper
    assert "hẹn trả kết quả trước" not in paper


def test_amounts_are_in_digits_and_words_charge_and_levy_apart(case: Dossier, clerk: User) -> None:
    receipt = issue(case, kind="fee_receipt", at=MONDAY, actor=clerk, office=case.receiving_office, extra={"method": "cash"})

    for said in ("12.000 đ", "1.008.000 đ", "1.020.000 đ", "Một triệu không trăm hai mươi nghìn đồng.", "Tiền mặt", "Lệ phí"):
        assert said in receipt.html
    assert "Phí còn thiếu" not in receipt.html


@pytest.mark.parametrize(
    ("rule", "finished", "ticked"),
    [
        pytest.param("3 working_day", datetime(2026, 11, 4, 18, tzinfo=LOCAL), "Trước hạn", id="the day before"),
        pytest.param("3 working_day", datetime(2026, 11, 5, 17, 5, tzinfo=LOCAL), "Đúng hạn", id="on the day, after its hours"),
        pytest.param("3 working_day", datetime(2026, 11, 6, 6, tzinfo=LOCAL), "Quá hạn", id="early on the next day"),
        pytest.param("24 hour", datetime(2026, 11, 5, 17, 5, tzinfo=LOCAL), "Quá hạn", id="a rule in hours goes by the instant"),
    ],
)
def test_the_sheet_ticks_the_box_of_the_register(case: Dossier, clerk: User, rule: str, finished: datetime, ticked: str) -> None:
    case.due_at, case.finished_at = datetime(2026, 11, 5, 17, tzinfo=LOCAL), finished
    value, case.case.time_unit = rule.split()
    case.case.time_value = int(value)

    sheet = issue(case, kind="control_sheet", at=finished, actor=clerk, office=case.receiving_office)

    assert [box for box in ("Trước hạn", "Đúng hạn", "Quá hạn") if f"☒ {box}" in sheet.html] == [ticked]


def test_names_are_escaped(case: Dossier, clerk: User) -> None:
    reason = '<script>alert(1)</script> "Ẵm"'
    slip = issue(case, kind="refusal_slip", at=MONDAY, actor=clerk, office=case.receiving_office, extra={"reason": reason})

    assert "<script>" not in slip.html
    assert "&lt;script&gt;" in slip.html


@needs_pango
def test_every_kind_becomes_a_pdf_with_its_text(case: Dossier, clerk: User, signed: Result, tmp_path: Path) -> None:
    documents = issue_all(case, clerk, signed)
    messages = claim("document", now=technical_now())
    outcomes = render_pending(messages)

    assert [outcome for _message, outcome in outcomes] == [Done()] * len(messages)
    for kind, document in documents.items():
        document.refresh_from_db()
        content = default_storage.open(document.storage_key).read()
        text = texts_of(document, tmp_path)
        assert document.sha256 == hashlib.sha256(content).hexdigest(), kind
        assert not document.pdf_pending
        assert "Tagged: yes" in facts_of(content), kind
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text, kind
        assert any(name in text for name in ("Ước", "ƯỚC", "ẴM")), kind
        assert document.verification_code in text.replace("-", ""), kind
    assert "NGUYỄN THỊ ẴM" in texts_of(documents["result"], tmp_path)
    assert "Nguyễn Thị Ẵm" in texts_of(documents["handover_receipt"], tmp_path)


@needs_pango
def test_the_command_makes_what_is_pending_once(case: Dossier, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("render_documents")
    first = IssuedDocument.objects.get(dossier=case, kind="receipt_slip")
    call_command("render_documents")

    assert (first.pdf_pending, make_pdf(first)) == (False, False)
    assert IssuedDocument.objects.get(dossier=case, kind="receipt_slip").storage_key == first.storage_key
    assert "Đã tạo 0 tệp PDF" in capsys.readouterr().out


def test_result_numbers_run_by_agency_year_and_sort(signed: Result) -> None:
    kind = signed.type

    assert result_number(signed.agency, kind, MONDAY) == "0043/2026/XNTTHN"
    assert result_number(committee("00025"), kind, MONDAY) == "0001/2026/XNTTHN"
    assert result_number(signed.agency, kind, MONDAY.replace(year=2027)) == "0001/2027/XNTTHN"
