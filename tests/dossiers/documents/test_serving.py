"""Who may open documents and papers, and what the public page tells."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from dossiers.documents.deliver import make_pdf
from dossiers.documents.issue import issue
from dossiers.documents.numbering import readable
from dossiers.documents.render import style_source
from dossiers.documents.uploads import check_upload, store_upload
from dossiers.models import Dossier, IssuedDocument, Paper, Result
from portal.accounts.models import Role, User
from portal.agencies.models import Office
from portal.core import pdf
from portal.core.db import acting_as
from tests.dossiers.documents.conftest import issue_all
from tests.dossiers.documents.test_uploads import pdf as small_pdf
from tests.factories import MONDAY, centre, committee, routed, staff, staffed, who
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db
needs_pango = pytest.mark.skipif(not pdf.is_available(), reason=f"PDFs need Pango: {pdf.APT_LINE}")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def slip_of(dossier: Dossier) -> IssuedDocument:
    return IssuedDocument.objects.get(dossier=dossier, kind="receipt_slip")


def opened_kinds(user: User, documents: dict[str, IssuedDocument]) -> set[str]:
    client = client_of(user)
    return {kind for kind, document in documents.items() if client.get(f"/tai-lieu/{document.verification_code}/").status_code == 200}


@pytest.fixture
def decided_case(case: Dossier, clerk: User, signed: Result) -> tuple[Dossier, dict[str, IssuedDocument], Result]:
    """All documents issued, then handed over to the agency."""
    documents = issue_all(case, clerk, signed)
    Result.objects.filter(pk=signed.pk).update(document=documents["result"])
    routed(case)
    return case, documents, signed


def test_each_role_opens_what_it_may(decided_case: tuple[Dossier, dict[str, IssuedDocument], Result], clerk: User) -> None:
    case, documents, signed = decided_case
    slips = set(documents) - {"declaration", "result"}
    assert case.state == "in_transfer_to_agency"

    assert opened_kinds(clerk, documents) == slips
    assert opened_kinds(signed.proposed_by, documents) == set(documents)
    assert opened_kinds(staff(Role.SUPERVISOR), documents) == slips
    assert opened_kinds(staff(Role.CLERK, centre("48")), documents) == set()
    assert opened_kinds(staffed(committee("00025"))[0], documents) == set()


def test_the_receiving_counter_prints_the_declaration_while_it_has_the_dossier(case: Dossier, clerk: User) -> None:
    with acting_as(who(clerk).scope):
        paper = issue(case, kind="declaration", at=MONDAY, actor=clerk, office=case.receiving_office)

    response = client_of(clerk).get(f"/tai-lieu/{paper.verification_code}/")

    assert response.status_code == 200
    assert "12 phố Đội Cấn" in response.text
    assert style_source(paper.html) in response.headers["Content-Security-Policy"]


def test_strangers_sign_in_first(case: Dossier) -> None:
    response = Client().get(f"/tai-lieu/{slip_of(case).verification_code}/")

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/dang-nhap/")


def test_the_print_page_has_a_bar_and_no_inline_code(case: Dossier, clerk: User, set_legal_time: SetTime) -> None:
    slip = slip_of(case)
    set_legal_time(MONDAY)
    page = client_of(clerk).get(f"/tai-lieu/{slip.verification_code}/?in=1")

    assert 'data-print="now"' in page.text
    assert "Ctrl + P" in page.text
    assert "/pdf/" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert client_of(clerk).get(f"/tai-lieu/{slip.verification_code}/pdf/").status_code == 404


@needs_pango
def test_the_pdf_is_saved_never_shown(case: Dossier, clerk: User) -> None:
    slip = slip_of(case)
    make_pdf(slip)
    response = client_of(clerk).get(f"/tai-lieu/{slip.verification_code}/pdf/")

    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"%PDF-")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.fixture
def paper(case: Dossier, clerk: User) -> Paper:
    checked = check_upload(SimpleUploadedFile("uỷ quyền.pdf", small_pdf()))
    with acting_as(who(clerk).scope):
        return Paper.objects.create(
            dossier=case, name="Văn bản ủy quyền", storage_key=store_upload(checked), content_type=checked.content_type,
            size=checked.size, sha256=checked.sha256, added_by=clerk, added_at=MONDAY,
        )  # fmt: skip


def test_papers_go_to_the_deciding_agency_and_to_nobody_else(case: Dossier, paper: Paper) -> None:
    officer, _leader = staffed(committee())
    colleague = staff(Role.CLERK, centre())
    assert client_of(colleague).get(f"/giay-to/{paper.pk}/").status_code == 200
    routed(case)

    found = client_of(officer).get(f"/giay-to/{paper.pk}/")
    statuses = [
        client_of(user).get(f"/giay-to/{paper.pk}/{path}").status_code
        for user in (colleague, staff(Role.SUPERVISOR), staff(Role.CLERK, centre("48")))
        for path in ("", "?xem=1", "trang/1.png")
    ]

    assert b"".join(found.streaming_content) == small_pdf()  # type: ignore[attr-defined]
    assert found.headers["Content-Disposition"].startswith("attachment")
    assert statuses == [404] * 9


def test_pages_of_a_paper_are_shown_as_pictures(paper: Paper, clerk: User) -> None:
    client = client_of(clerk)
    page = client.get(f"/giay-to/{paper.pk}/?xem=1")
    shown = client.get(f"/giay-to/{paper.pk}/trang/1.png")

    assert f"/giay-to/{paper.pk}/trang/1.png" in page.text
    assert (shown.headers["Content-Type"], shown.content[:4]) == ("image/png", b"\x89PNG")
    assert client.get(f"/giay-to/{paper.pk}/trang/2.png").status_code == 404


def test_a_lost_file_is_a_404(paper: Paper, clerk: User) -> None:
    default_storage.delete(paper.storage_key)

    assert [client_of(clerk).get(f"/giay-to/{paper.pk}/{path}").status_code for path in ("", "?xem=1", "trang/1.png")] == [404] * 3


def test_anyone_sees_that_a_document_is_valid_and_no_personal_data(case: Dossier) -> None:
    slip = slip_of(case)
    page = Client().get(f"/xac-minh/{slip.verification_code}/")

    assert page.status_code == 200
    for said in (slip.title_vi, slip.number, slip.issuer_name, readable(slip.verification_code), "shield-check" and "notice-ok"):
        assert said in page.text
    for personal in ("Ước", "ƯỚC", "001190000007", "0912345678", "Đội Cấn"):
        assert personal not in page.text


def test_the_printed_code_is_accepted_as_typed(case: Dossier) -> None:
    slip = slip_of(case)
    typed = readable(slip.verification_code).lower().replace("-", " ")
    answer = Client().get("/xac-minh/", {"ma": typed})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/xac-minh/{slip.verification_code}/")
    assert Client().get("/xac-minh/", {"ma": "abc"}).status_code == 422
    assert Client().get("/xac-minh/").status_code == 200


def test_an_unknown_code_is_said_to_be_unknown(db: None) -> None:
    page = Client().get("/xac-minh/ABCDEFGHJKMNPQRS/")

    assert page.status_code == 404
    assert "ABCDEFGHJKMNPQRS" in page.text


def test_superseded_leads_to_the_newest_and_revoked_says_so(case: Dossier, clerk: User) -> None:
    first = slip_of(case)
    days = (MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))
    second, third = (issue(case, kind="receipt_slip", at=day, actor=clerk, office=case.receiving_office) for day in days)
    old = Client().get(f"/xac-minh/{first.verification_code}/")
    assert f"Được thay bằng {second.title_vi} số {second.number} ngày 03/11/2026." in old.text, "what took its place, and since when"
    later = old.text.partition('id="later-title"')[2]
    assert later.index(second.number) < later.index(third.number), "every later document, in order"
    IssuedDocument.objects.filter(pk=third.pk).update(revoked_at=timezone.now())
    revoked = Client().get(f"/xac-minh/{third.verification_code}/")

    assert f"/xac-minh/{third.verification_code}/" in old.text
    assert "notice-warn" in old.text
    assert "notice-bad" in revoked.text


@needs_pango
def test_a_file_is_compared_byte_by_byte(case: Dossier) -> None:
    slip = slip_of(case)
    make_pdf(slip)
    slip.refresh_from_db()
    genuine = default_storage.open(slip.storage_key).read()
    url = f"/xac-minh/{slip.verification_code}/"

    same = Client().post(url, {"file": SimpleUploadedFile("a.pdf", genuine)})
    forged = Client().post(url, {"file": SimpleUploadedFile("a.pdf", genuine + b" ")})
    nothing = Client().post(url, {})

    assert hashlib.sha256(genuine).hexdigest() in same.text.replace("<wbr>", "")
    assert 'role="status"' in same.text and "circle-x" not in same.text  # noqa: PT018
    assert 'role="alert"' in forged.text
    assert nothing.status_code == 422


def test_the_office_of_the_slip_is_named(case: Dossier) -> None:
    assert slip_of(case).issuer_name == Office.objects.get(pk=case.receiving_office_id).name
