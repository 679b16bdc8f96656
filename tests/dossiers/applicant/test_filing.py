"""Filing online without JavaScript, through real processes."""

import pytest

from dossiers.models import Dossier, Draft, DraftFile
from portal.accounts.models import User
from tests.accounts.walker import Walker
from tests.dossiers.applicant.flow import (
    BIRTH,
    COPY,
    KHANH,
    MARITAL_STATUS,
    PHUOC,
    begun,
    errors,
    filled,
    photo,
    section_fields,
    section_keys,
    signed_in,
    submitted,
)  # fmt: skip
from tests.factories import marital_answers
from tests.support.live import Live

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def person(module_live: Live) -> Walker:
    return signed_in(module_live)


def test_from_the_first_page_to_the_code(person: Walker) -> None:
    draft = begun(person).path
    filled(person, draft)
    check = person.get(f"{draft}kiem-tra/")
    assert "chịu trách nhiệm trước pháp luật" in check.text
    assert "UBND" in check.text or "Ủy ban nhân dân" in check.text

    page = submitted(person, draft)

    assert page.status == 200, errors(page)
    dossier = Dossier.objects.select_related("applicant").get(draft__pk=draft.split("/")[3])
    assert page.path == f"/nop-ho-so/da-nop/{dossier.code}/"
    assert dossier.code in page.text
    assert (dossier.channel, dossier.applicant.full_name if dossier.applicant else "") == ("online", "Nguyễn Thị Ước")
    assert dossier.receiving_office.kind == "provincial_centre"
    assert dossier.parties.count() == 4
    assert dossier.documents.filter(kind="acknowledgement").exists()


def test_two_photos_stay_although_a_field_is_wrong(person: Walker) -> None:
    draft = begun(person).path
    key = section_keys(MARITAL_STATUS)[0]
    page = person.get(f"{draft}phan/{key}/")
    fields = section_fields(MARITAL_STATUS, key)
    bad = next(name for name in fields if "birth" in name or "date" in name or "id" in name.split("-")[1])

    page = person.submit(
        page,
        fields | {bad: "không phải"},
        having="files",
        files=[("files", photo("mat-truoc.jpg")), ("files", photo("mat-sau.jpg", "blue"))],
    )

    assert page.status == 422
    assert 'id="error-summary"' in page.text
    assert "không phải" in page.text
    for name in ("mat-truoc.jpg", "mat-sau.jpg"):
        assert name in page.text
    again = person.get(f"{draft}phan/{key}/")
    assert "mat-sau.jpg" in again.text
    assert "không phải" in again.text
    assert DraftFile.objects.filter(draft_id=draft.split("/")[3]).count() == 2


def test_a_bad_file_is_named_and_the_good_one_beside_it_is_kept(person: Walker) -> None:
    draft = begun(person, BIRTH).path
    page = person.get(f"{draft}giay-to/")
    form = next((form for form in page.forms() if "/giay-to/" in form.action), None)
    assert form is not None

    page = person.post(form.action, form.values, files=[("files", ("virus.exe", b"MZ...", "application/x")), ("files", photo("tot.jpg"))])

    assert page.status == 422
    assert "virus.exe" in page.text
    assert "tot.jpg" in page.text
    page = person.submit(page, action="/xoa/")
    assert "tot.jpg" not in person.get(f"{draft}giay-to/").text


def test_filing_twice_leads_to_the_same_dossier(person: Walker) -> None:
    draft = begun(person).path
    filled(person, draft)
    check = person.get(f"{draft}kiem-tra/")

    first = person.submit(check, {"declared": "on", "submit": "1"}, having="declared")
    second = person.submit(check, {"declared": "on", "submit": "1"}, having="declared")

    assert first.path == second.path
    assert first.path.startswith("/nop-ho-so/da-nop/")
    assert Dossier.objects.filter(draft__pk=draft.split("/")[3]).count() == 1
    assert person.get(draft).path == first.path


def test_a_second_window_is_shown_both_versions(person: Walker) -> None:
    draft = begun(person).path
    key = section_keys(MARITAL_STATUS)[0]
    stale = person.get(f"{draft}phan/{key}/")
    person.submit(stale, section_fields(MARITAL_STATUS, key), having="files")

    page = person.submit(stale, section_fields(MARITAL_STATUS, key), having="files")

    assert page.status == 409
    assert "cửa sổ khác" in page.text
    page = person.submit(page, having="rev")
    assert page.status == 200, errors(page)


def test_unfinished_parts_are_named_and_nothing_is_filed(person: Walker) -> None:
    draft = begun(person).path

    page = submitted(person, draft)

    assert page.status == 422
    assert "Chưa xong" in page.text
    assert Draft.objects.get(pk=draft.split("/")[3]).dossier is None


def test_the_declaration_of_truth_must_be_ticked(person: Walker) -> None:
    draft = begun(person).path
    filled(person, draft)

    page = person.submit(person.get(f"{draft}kiem-tra/"), {"submit": "1"}, having="declared")

    assert page.status == 422
    assert "Đánh dấu vào lời cam đoan" in page.text


def test_acting_for_another_person_needs_a_ground_and_separates_the_parties(person: Walker) -> None:
    page = begun(person, acting_for="other", ground="")
    assert page.status == 422
    draft = begun(person, acting_for="other", ground="Mẹ của người yêu cầu").path
    page = person.get(f"{draft}cac-ben/")
    fields = {"p-owner_name": "Trần Văn Con", "p-owner_personal_id": "001205000111", "p-submitter_name": "Kẻ Mạo Danh"}
    fields |= {"p-submitter_tax_code": "0312345673", "p-collector_tax_code": "0100109106"}

    page = person.submit(page, fields, having="rev")

    assert page.status == 200, errors(page)
    stored = Draft.objects.get(pk=draft.split("/")[3]).parties
    assert (stored["owner_name"], stored["submitter_name"]) == ("Trần Văn Con", "Nguyễn Thị Ước")
    assert (stored["submitter_ground"], stored.get("submitter_tax_code", "")) == ("Mẹ của người yêu cầu", "")
    assert stored["collector_tax_code"] == "0100109106"


def test_an_organisation_is_known_from_the_identity_account(module_live: Live) -> None:
    person = signed_in(module_live, KHANH)
    draft = begun(person, acting_for="organisation", ground="").path

    page = person.get(f"{draft}cac-ben/")

    assert "0312345673" in page.text
    assert "Công ty TNHH Thương mại Bến Nghé Xanh" in page.text


def test_a_fee_leaves_the_dossier_waiting_for_its_payment(person: Walker) -> None:
    draft = begun(person, MARITAL_STATUS).path
    filled(person, draft, answers=marital_answers())  # Hà Nội has a rate, and its clients pay

    page = submitted(person, draft)

    dossier = Dossier.objects.get(draft__pk=draft.split("/")[3])
    due = [line.amount_vnd for line in dossier.fee_lines.filter(state="due")]
    assert (page.status, dossier.state, dossier.came_from) == (200, "payment_required", "submitted")
    assert len(due) == 1
    assert (due[0] or 0) > 0
    assert dossier.payment_due_at is not None
    shown = f"{due[0]:,}".replace(",", ".")
    assert (f"{shown} đ" in page.text, f"/ho-so/{dossier.code}/nop-phi/" in page.text) == (True, True)
    assert "kể từ khi phí, lệ phí được nộp" in dossier.documents.get(kind="acknowledgement").html


def test_without_a_fee_it_goes_on_at_once(person: Walker) -> None:
    draft = begun(person, COPY).path
    filled(person, draft, COPY)

    page = submitted(person, draft)

    dossier = Dossier.objects.get(draft__pk=draft.split("/")[3])
    assert not dossier.fee_lines.exclude(state="exempt").exists()
    assert (page.status, dossier.payment_due_at) == (200, None)
    assert dossier.state in ("submitted", "awaiting_reception")
    assert "nop-phi" not in page.text


def test_a_stranger_finds_nothing_of_it(module_live: Live, person: Walker) -> None:
    draft = begun(person).path
    code = Dossier.objects.filter(channel="online").order_by("-pk")[0].code
    stranger, nobody = signed_in(module_live, PHUOC), Walker(module_live.url)

    paths = [
        draft, f"{draft}cac-ben/", f"{draft}phan/{section_keys(MARITAL_STATUS)[0]}/", f"{draft}giay-to/", f"{draft}kiem-tra/",
        f"/ho-so-cua-toi/{code}/", f"/ho-so-cua-toi/{code}/bo-sung/", f"/ho-so-cua-toi/{code}/rut/", f"/nop-ho-so/da-nop/{code}/",
        f"/ho-so/{code}/nop-phi/",
    ]  # fmt: skip
    assert [stranger.get(path).status for path in paths] == [404] * len(paths)
    assert all(nobody.get(path).path.startswith("/dang-nhap/") for path in paths[:-1])
    assert code not in stranger.get("/ho-so-cua-toi/").text


def test_what_cannot_be_filed_online_says_where_to_go(module_live: Live, person: Walker) -> None:
    from procedures.models import ProcedureVersion

    version = ProcedureVersion.objects.filter(state="published", online_level="none", procedure__ended_on=None).first()
    assert version is not None
    code = version.procedure.code

    page = person.get(f"/nop-ho-so/{code}/")

    assert "Thủ tục này nộp tại quầy" in page.text
    assert "/bat-dau/" not in page.text
    assert User.objects.filter(drafts__version=version).count() == 0
