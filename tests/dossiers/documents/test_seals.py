"""What leaves the house is PDF/A and sealed; one byte changed and it no longer is."""

import io
import os
import random
import re
import stat
import zlib
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers.actions.reopen import reopen
from dossiers.actions.transition import By
from dossiers.documents.deliver import STAYS_INSIDE, make_pdf
from dossiers.documents.verification import check_code, seal_of
from dossiers.models import IssuedDocument
from portal.core import pdf, seals
from tests.factories import MONDAY, committee, decided, filed, routed, staffed

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not pdf.is_available() and not os.environ.get("CI"), reason="Pango is missing")]


@pytest.fixture(scope="module")
def page() -> bytes:
    return pdf.to_pdf("<html lang='vi'><head><title>Giấy hẹn</title></head><body><h1>Ông Nguyễn Văn Ước</h1></body></html>", stylesheets=())


@pytest.fixture
def own_keys(settings, tmp_path):
    settings.SEALS_DIR = str(tmp_path / "seals")
    settings.SEALS_ARE_DEMO = True
    return tmp_path / "seals"


def test_a_sealed_file_names_its_issuer_and_is_whole(own_keys, page) -> None:
    sealed = seals.seal(page, code="H26.1.1", name="UBND phường Hoàn Kiếm", reason="Giấy hẹn 01")

    checked = seals.check(sealed)

    assert checked is not None
    assert (checked.holds, checked.signer) == (True, "UBND phường Hoàn Kiếm")
    assert sealed.startswith(page)
    assert {stat.S_IMODE(path.stat().st_mode) for path in own_keys.iterdir()} == {0o600}
    assert seals.check(page) is None
    assert seals.check(b"no pdf") is None


def test_one_changed_byte_anywhere_breaks_the_seal(own_keys, page) -> None:
    sealed = seals.seal(page, code="H26.1.1", name="UBND phường Hoàn Kiếm", reason="Giấy hẹn 01")
    chance = random.Random(20261122)

    for position in [chance.randrange(len(sealed)) for _ in range(150)]:
        changed = bytearray(sealed)
        changed[position] ^= 1
        checked = seals.check(bytes(changed))
        if checked is not None and checked.holds:
            # The hole that the signature leaves for itself is zero-padded hexadecimal; there, a reader sees the same signature.
            assert b"/ByteRange" in sealed
            first, length, second, _rest = (int(n) for n in re.findall(rb"/ByteRange ?\[ ?(\d+) (\d+) (\d+) (\d+)", sealed)[-1])
            assert first + length <= position < second, position


def test_what_was_appended_or_sealed_by_a_stranger_does_not_hold(own_keys, page, settings, tmp_path) -> None:
    sealed = seals.seal(page, code="H26.1.1", name="UBND phường Hoàn Kiếm", reason="Giấy hẹn 01")
    appended = seals.check(sealed + b"\n% more\n")
    settings.SEALS_DIR = str(tmp_path / "stranger")
    seals._loaded.cache_clear()
    foreign = seals.seal(page, code="H26.1.1", name="UBND phường Hoàn Kiếm", reason="Giấy hẹn 01")
    settings.SEALS_DIR = str(own_keys)

    checked = seals.check(foreign)

    assert appended is None or not appended.holds
    assert checked is not None
    assert (checked.is_whole, checked.is_trusted) == (True, False)


def test_outside_the_demo_a_missing_key_is_said_and_none_is_made(own_keys, page, settings) -> None:
    settings.SEALS_ARE_DEMO = False

    with pytest.raises(seals.SealMissing, match=re.escape("H26.1.1")):
        seals.seal(page, code="H26.1.1", name="UBND phường Hoàn Kiếm", reason="Giấy hẹn 01")
    with pytest.raises(seals.SealMissing):
        seals.seal(page, code="../authority", name="x", reason="y")
    assert list(own_keys.iterdir()) == []


def test_the_file_declares_itself_pdf_a_with_all_its_fonts(page) -> None:
    text = _everything(page)

    assert b'pdfaid:part="2"' in text
    assert b'pdfaid:conformance="U"' in text
    assert b"/GTS_PDFA1" in text
    assert b"/MarkInfo" in text
    assert b"/StructTreeRoot" in text
    assert b"/Lang (vi)" in text
    assert not re.search(rb"/(JavaScript|JS|Launch|EmbeddedFile|Encrypt)\b", text)
    assert text.count(b"/FontDescriptor ") == text.count(b"/FontFile2 ") + text.count(b"/FontFile3 ") or b"/FontFile" in text


def _everything(content: bytes) -> bytes:
    """The file with its compressed streams spelled out."""
    parts = [content]
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            parts.append(zlib.decompressobj().decompress(found.group(1), 8 * 1024 * 1024))
        except zlib.error:
            continue
    return b"\n".join(parts)


def test_what_leaves_the_house_is_sealed_by_its_issuer_and_the_public_page_says_so(own_keys, client) -> None:
    team = staffed(committee())
    dossier = routed(filed().dossier)
    result = decided(dossier, *team)
    documents = {document.kind: document for document in IssuedDocument.objects.filter(dossier=dossier)}
    for document in documents.values():
        make_pdf(document)
        document.refresh_from_db()

    assert {kind for kind, document in documents.items() if document.sealed_at is None} == set(STAYS_INSIDE)
    paper = documents["result"]
    content = default_storage.open(paper.storage_key).read()
    checked = check_code(paper.verification_code)
    assert checked is not None
    seal = seal_of(checked)
    assert seal is not None
    assert (seal.holds, seal.signer) == (True, committee().name[:64])
    found = client.post("/xac-minh/", {"file": SimpleUploadedFile("a.pdf", content, "application/pdf")})
    assert found.status_code == 302
    assert paper.verification_code in found["Location"]
    assert committee().name in client.get(found["Location"]).content.decode()
    tampered = bytearray(content)
    tampered[len(content) // 2] ^= 1
    assert client.post("/xac-minh/", {"file": SimpleUploadedFile("a.pdf", bytes(tampered), "application/pdf")}).status_code == 422
    dossier.refresh_from_db()
    reopen(dossier, by=By(team[1], MONDAY, agency=dossier.agency), reason="Sai năm sinh.", expected_version=dossier.state_version)
    assert "Đã thu hồi" in client.get(found["Location"]).content.decode()
    assert result.document == paper


def test_two_processes_that_need_the_same_key_get_one(own_keys) -> None:
    made = [seals._authority()[1].serial_number for _ in range(3)]

    assert len(set(made)) == 1
    assert Path(own_keys / "authority.pem").read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
    assert io.BytesIO(seals.authority_pem()).read(10) == b"-----BEGIN"
