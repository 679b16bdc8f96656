"""Results that are no papers of ours: a card or book with its serial number, an entry in a register with its reference."""

import pytest
from django.test import Client

from dossiers.actions.route import decide_route
from dossiers.actions.transition import By
from dossiers.documents.deliver import make_pdf
from dossiers.documents.render import verification_url
from dossiers.models import Dossier, Result
from portal.accounts.models import Role
from portal.core import pdf
from procedures.formschema.library import sample_answers
from tests.dossiers.officer.desk import Desk, agency_desks, version_of
from tests.factories import MONDAY, committee, filed, routed, staff, working
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db
CARD, REGISTER = ("1.012575", "card", "29A-123.45"), ("1.004222", "register", "CT-2026-000123")


@pytest.fixture(autouse=True)
def monday(set_legal_time: SetTime) -> None:
    set_legal_time(MONDAY)


def at_the_agency(code: str, medium: str) -> tuple[Dossier, Desk, Desk]:
    """A dossier whose procedure ends with such a result, claimed by the officer."""
    try:
        answers = sample_answers(code)
    except FileNotFoundError:
        answers = {}
    dossier = filed(procedure=code, answers=answers).dossier
    agency = dossier.agency or committee()
    officer, leader = agency_desks(agency)
    if routed(dossier).routing != "routed":  # without a form of its own nothing decides: a person names the agency
        decide_route(dossier, agency=agency, by=By(staff(Role.SUPERVISOR), MONDAY), note="Theo nơi cư trú")
    officer.post(f"/xu-ly/{dossier.code}/nhan/", {"version": version_of(dossier)})
    assert dossier.version.results.filter(medium=medium, outcome="grant").exists()
    return dossier, officer, leader


@pytest.mark.parametrize(("code", "medium", "serial"), [CARD, REGISTER], ids=["card", "register"])
def test_proposed_signed_numbered_and_open_to_everybodys_check(code: str, medium: str, serial: str) -> None:
    dossier, officer, leader = at_the_agency(code, medium)
    kind = dossier.version.results.filter(medium=medium, outcome="grant").order_by("pk")[0]
    proposal = {"loai": kind.pk, "summary": "Đồng ý giải quyết theo đề nghị.", "version": version_of(dossier)}
    without = officer.post(f"/xu-ly/{dossier.code}/trinh-ky/", proposal | {"serial": " "})
    assert without.status_code == 422

    sent = officer.post(f"/xu-ly/{dossier.code}/trinh-ky/", proposal | {"serial": serial})
    assert sent.status_code == 302, sent.content.decode()[:3000]
    signed = leader.post(f"/xu-ly/{dossier.code}/ky/", {"version": version_of(dossier)})

    assert signed.status_code == 302
    result = Result.objects.select_related("document").get(dossier=dossier)
    dossier.refresh_from_db()
    assert (result.serial, result.is_electronic) == (serial, medium == "register")
    assert dossier.state == ("in_transfer_to_counter" if medium == "card" else "issued")
    assert result.number.endswith("/2026/KQ")
    document = result.document
    assert document is not None
    assert (document.number, len(document.sha256)) == (result.number, 64)
    for said in (serial, result.number, leader.user.full_name, verification_url(document.verification_code), "<svg"):
        assert said in document.html
    public = Client().get(f"/xac-minh/{document.verification_code}/").content.decode()
    for said in (result.number, leader.user.full_name):
        assert said in public
    assert "Nguyễn Thị Ước" not in public, "the check shows no personal data"


@pytest.mark.skipif(not pdf.is_available(), reason=f"PDFs need Pango: {pdf.APT_LINE}")
def test_the_file_of_the_notice_is_checked_by_its_hash() -> None:
    dossier, officer, leader = at_the_agency(*REGISTER[:2])
    kind = dossier.version.results.filter(medium="register", outcome="grant").order_by("pk")[0]
    proposal = {"loai": kind.pk, "summary": "Đã đăng ký thường trú.", "serial": REGISTER[2], "version": version_of(dossier)}
    officer.post(f"/xu-ly/{dossier.code}/trinh-ky/", proposal)
    leader.post(f"/xu-ly/{dossier.code}/ky/", {"version": version_of(dossier)})
    document = Result.objects.get(dossier=dossier).document
    assert document is not None

    with working():
        make_pdf(document)

    document.refresh_from_db()
    assert not document.pdf_pending
    assert document.sha256 in Client().get(f"/xac-minh/{document.verification_code}/").content.decode().replace("<wbr>", "")
