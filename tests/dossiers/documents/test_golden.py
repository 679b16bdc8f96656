"""The seven forms of Thông tư 03/2025/TT-VPCP as they are drawn, compared with what was drawn before.

After a wanted change: GOLDEN=write pytest tests/dossiers/documents/test_golden.py, and read the difference.
"""

import os
from datetime import timedelta
from types import SimpleNamespace

import pypdfium2
import pytest
import segno

from counters.registersheet import sheet_of
from dossiers.documents.issue import issue
from dossiers.documents.numbering import readable
from dossiers.documents.render import pdf_parts, tracking_url
from dossiers.models import CodeCounter, Dossier, Paper, Party, SupplementItem, SupplementRequest
from dossiers.secrets import secret_for
from portal.accounts.models import User
from portal.core import pdf
from portal.core.db import acting_as
from tests.dossiers.documents.layout import GOLDEN, LOCK, differences, fonts_and_sizes, golden_of, layout, write_golden
from tests.factories import MONDAY, TODAY, centre, committee, filed, who

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not pdf.is_available(), reason=f"PDFs need Pango: {pdf.APT_LINE}")]
OWNER = "Công Tằng Tôn Nữ Huỳnh Thị Khuyến Ngọc Ẵm Ưỡn Quỳnh Nguyễn Ỷ Kiều Diễm Hằng Nga"
REASON = "Bản chụp mờ ở chỗ “Nguyễn Thị Ẵm”; đề nghị nộp bản rõ hơn để đối chiếu với Cơ sở dữ liệu quốc gia về dân cư."
FORMS = ("receipt_slip", "supplement_request", "refusal_slip", "apology_letter", "stop_notice", "control_sheet", "register")
A4, ACROSS = [595, 842], [842, 595]


@pytest.fixture
def dossier(clerk: User) -> Dossier:
    """Long names, stacked diacritics, a submitter who is not the owner, two papers."""
    CodeCounter.objects.update_or_create(office=centre(), day=TODAY, defaults={"last": 6})
    clerk.full_name = "Đặng Thị Quỳnh Hương"
    clerk.save(update_fields=["full_name"])
    found = filed(clerk).dossier
    found.agency, found.owner_name, found.email = committee(), OWNER, "quynh.huong@example.vn"
    found.save(update_fields=["agency", "owner_name", "email"])
    with acting_as(who(clerk).scope):
        Paper.objects.create(dossier=found, name="Thẻ căn cước của người được ủy quyền", copies=2, added_by=clerk, added_at=MONDAY)
    return found


@pytest.fixture
def drawn(dossier: Dossier, clerk: User, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The page of each form."""
    parties = {
        Party.Role.OWNER: SimpleNamespace(
            name=OWNER, personal_id="001190000007", tax_code="", address="Số 12 phố Đội Cấn, phường Ba Đình, Hà Nội", phone="", email=""
        ),
        Party.Role.SUBMITTER: SimpleNamespace(name="Lưỡng Thị Ễnh", ground="Giấy ủy quyền số 15/2026", personal_id=""),
    }
    for module in ("contexts", "slips"):
        monkeypatch.setattr(f"dossiers.documents.{module}.parties_of", lambda _dossier: parties)
    request = SupplementRequest.objects.create(dossier=dossier, asked_by=clerk, asked_at=MONDAY, answer_by=TODAY + timedelta(days=10))
    SupplementItem.objects.create(request=request, seq=1, title="Văn bản ủy quyền", reason="Người nộp không phải là chủ hồ sơ")
    SupplementItem.objects.create(request=request, seq=2, title="Tờ khai: Ghi rõ mục đích", reason=REASON, field_key="purpose_other")
    extras: dict[str, dict[str, object]] = {
        "receipt_slip": {"old_due_at": MONDAY + timedelta(days=1)},
        "supplement_request": {"request": request},
        "refusal_slip": {"reason": REASON, "guidance": "Nộp tại Ủy ban nhân dân xã nơi thường trú."},
        "apology_letter": {"reason": REASON, "old_due_at": MONDAY + timedelta(days=2), "new_due_at": MONDAY + timedelta(days=7)},
        "stop_notice": {"reason": REASON, "legal_basis": "Nghị định số 118/2025/NĐ-CP", "can_resume": True},
        "control_sheet": {"coordinating": "Công an phường Ba Đình"},
    }
    pages = {}
    with acting_as(who(clerk).scope):
        for kind, extra in extras.items():
            document = issue(dossier, kind=kind, at=MONDAY, actor=clerk, office=dossier.receiving_office, extra=extra)
            html = document.html.replace(document.verification_code, "K" * 16)
            pages[kind] = html.replace(readable(document.verification_code), readable("K" * 16))
    pages["register"] = sheet_of(centre(), TODAY, TODAY, now=MONDAY).html
    return pages


def made(html: str) -> bytes:
    page, stylesheets = pdf_parts(html)
    return pdf.to_pdf(page, stylesheets=stylesheets)


def hidden(dossier: Dossier) -> dict[str, str]:
    secret = secret_for(dossier.code, dossier.secret_issue)
    return {f"{secret[:4]} {secret[4:]}": "«secret»"}


def test_each_form_is_drawn_as_before(dossier: Dossier, drawn: dict[str, str]) -> None:
    wrong: dict[str, list[str]] = {}
    for kind in FORMS:
        content = made(drawn[kind])
        pages = layout(content, hidden(dossier))
        if os.environ.get("GOLDEN") == "write":
            write_golden(kind, pages)
        if told := differences(pages, golden_of(kind)):
            wrong[kind] = told
        assert all(page["size"] == (ACROSS if kind == "register" else A4) for page in pages)
        assert b"/StructTreeRoot" in content or b"/ObjStm" in content, kind
        text = "".join(run[3] for page in pages for run in page["runs"])
        for name in (OWNER.upper() if kind != "register" else OWNER, "Mẫu số " + ("07" if kind == "register" else "")):
            assert name.replace(" ", "") in text, kind
        sizes = fonts_and_sizes(content)
        assert all("Serif" in font or "Sans" in font for font, _size in sizes), sizes
        if kind != "register":
            body = sum(count for (font, size), count in sizes.items() if "Serif" in font and 13 <= size <= 14)
            assert body > sum(sizes.values()) / (4 if kind == "control_sheet" else 3), (kind, sizes)  # two tables, in smaller letters
    assert wrong == {}
    assert sorted(path.stem for path in GOLDEN.glob("*.json")) == sorted(FORMS)


def test_a_moved_field_and_a_lost_accent_are_noticed(dossier: Dossier, drawn: dict[str, str]) -> None:
    golden, html = golden_of("refusal_slip"), drawn["refusal_slip"]
    for changed in (
        html.replace("CÔNG TẰNG", "CÔNG TĂNG"),
        html.replace("Thời gian nộp:", "Thời gian  nộp hồ sơ:"),
        html.replace('<table class="facts">', '<br><table class="facts">', 1),
    ):
        assert changed != html
        assert differences(layout(made(changed), hidden(dossier)), golden)
    assert not differences(layout(made(html), hidden(dossier)), golden)


def test_the_qr_code_on_the_paper_is_that_of_the_tracking_page(dossier: Dossier, drawn: dict[str, str]) -> None:
    """Drawn, photographed at 300 dpi and read module by module: exactly the library's code of the address."""
    with LOCK:
        document = pypdfium2.PdfDocument(made(drawn["refusal_slip"]))
        photo = document[len(document) - 1].render(scale=300 / 72).to_pil().convert("L").point(lambda light: 255 if light < 128 else 0)
        document.close()
    code = segno.make(tracking_url(dossier.code), error="m", micro=False, mode="byte", mask=2, boost_error=False)
    strip = photo.crop((0, 0, round(49 / 25.4 * 300), photo.height))
    bottom, side = strip.getbbox()[3], round(23 / 25.4 * 300)
    left = strip.crop((0, bottom - side, strip.width, bottom)).getbbox()[0]
    step = side / len(code.matrix)
    centres = [int((index + 0.5) * step) for index in range(len(code.matrix))]

    read = [[int(strip.getpixel((left + x, bottom - side + y)) == 255) for x in centres] for y in centres]

    assert read == [[int(bool(module)) for module in row] for row in code.matrix]
