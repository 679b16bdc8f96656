"""A result that was signed elsewhere: its signatures hold, or it is refused with what is wrong."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from dossiers.models import Dossier, Result
from procedures.models import ResultType
from tests.dossiers.officer.desk import Desk, text_of, version_of
from tests.dossiers.officer.test_flow import handed_over
from tests.support.signedpdf import SIGNER, plain_pdf, signed_pdf

pytestmark = pytest.mark.django_db


def proposed(desk: Desk, dossier: Dossier, kind: ResultType, content: bytes) -> Any:
    file = SimpleUploadedFile("ket-qua.pdf", content, "application/pdf")
    typed = {"version": version_of(dossier), "loai": kind.pk, "summary": "Cấp văn bản kèm theo.", "upload": file}
    return desk.post(f"/xu-ly/{dossier.code}/trinh-ky/", typed)


@pytest.fixture
def strangers(settings: Any, tmp_path: Path) -> Any:
    """Signs with the key of another authority; `trusted()` makes that one of those whose signers are trusted."""
    own = settings.SEALS_DIR

    class Strangers:
        def sign(self) -> bytes:
            settings.SEALS_DIR = str(tmp_path / "other")
            content = signed_pdf()
            settings.SEALS_DIR = own
            return content

        def trust(self) -> None:
            settings.SIGNERS_PEM = str(tmp_path / "other" / "authority.pem")

    return Strangers()


def test_what_does_not_hold_is_refused_with_the_reason(desks: tuple[Desk, Desk], strangers: Any) -> None:
    dossier, kind = handed_over("grant", "uploaded", desks[0])
    changed = bytearray(signed_pdf())
    place = changed.index(b"/MediaBox") + len(b"/MediaBox")
    changed[place + 3] ^= 1
    wrong = {
        "không có chữ ký số": plain_pdf(),
        "bị sửa sau khi ký": bytes(changed),
        "được thêm sau chữ ký": signed_pdf() + b"\n%\n",
        "không do cơ quan cấp chứng thư": strangers.sign(),
    }

    told = {words: proposed(desks[0], dossier, kind, content) for words, content in wrong.items()}

    assert {words: (answer.status_code, words in text_of(answer)) for words, answer in told.items()} == dict.fromkeys(wrong, (422, True))
    assert not Result.objects.filter(dossier=dossier).exists()


def test_a_signature_that_holds_is_the_result_and_is_named_wherever_it_is_read(desks: tuple[Desk, Desk], strangers: Any) -> None:
    officer, leader = desks
    dossier, kind = handed_over("grant", "uploaded", officer)
    content = strangers.sign()
    strangers.trust()

    assert proposed(officer, dossier, kind, content).status_code == 302

    result = Result.objects.get(dossier=dossier)
    [proof] = result.upload_signature["signatures"]
    assert (result.upload_signature["sha256"], proof["signer"], len(proof["fingerprint"])) == (result.upload_sha256, SIGNER, 64)
    with pytest.raises(IntegrityError, match="kiểm tra chữ ký số"), transaction.atomic():
        Result.objects.filter(pk=result.pk).update(upload_signature={})
    desk = leader.get(f"/xu-ly/{dossier.code}/ky/")
    assert SIGNER in text_of(desk)
    assert leader.post(f"/xu-ly/{dossier.code}/ky/", {"version": version_of(dossier)}).status_code == 302
    result.refresh_from_db()
    assert result.document is not None
    assert (result.document.sha256, result.document.sealed_at is not None) == (result.upload_sha256, True)
    public = Client().post(f"/xac-minh/{result.document.verification_code}/", {"file": SimpleUploadedFile("a.pdf", content)})
    assert SIGNER in text_of(public)
