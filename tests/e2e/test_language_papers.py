"""Every paper, every procedure's page, every declaration and every message, read as a person reads it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

from dossiers.documents.deliver import make_pdf
from dossiers.documents.result_fields import RESULT_FIELDS, result_fields
from dossiers.documents.results import render_result, template_path
from dossiers.models import Dossier, IssuedDocument, Result
from portal.accounts.models import User
from portal.core import pdf
from portal.notifications.texts import TEXTS
from procedures.declarations import declaration_html
from procedures.formschema.library import form_for
from procedures.models import Procedure
from tests.dossiers.documents.conftest import case, clerk, issue_all, own_store, signed
from tests.e2e.reading import faults, read
from tests.procedures.test_declarations import CODES, INFO, filled

__all__ = ["case", "clerk", "own_store", "signed"]
pytestmark = pytest.mark.django_db
needs_pango = pytest.mark.skipif(not pdf.is_available() and not os.environ.get("CI"), reason=f"PDFs need Pango: {pdf.APT_LINE}")


def spoken(page: str) -> list[str]:
    """What a Vietnamese page must not say; the page must say something, in Vietnamese."""
    language, texts = read(page)
    assert (language, bool(texts)) == ("vi", True)
    return list(faults(texts))


def test_papers_speak_vietnamese(case: Dossier, clerk: User, signed: Result) -> None:
    issued = issue_all(case, clerk, signed)

    assert set(issued) == set(IssuedDocument.Kind.values)
    assert {kind: said for kind, document in issued.items() if (said := spoken(document.html))} == {}


@needs_pango
def test_their_pdfs_speak_vietnamese(case: Dossier, clerk: User, signed: Result, tmp_path: Path) -> None:
    found = {}
    assert shutil.which("pdftotext"), "apt-get install poppler-utils"
    for kind, document in issue_all(case, clerk, signed).items():
        if document.pdf_pending:
            make_pdf(document)
            document.refresh_from_db()
        file = own_file(document, tmp_path)
        text = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True, text=True).stdout
        lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        assert any("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in line for line in lines), kind
        found[kind] = list(faults(lines))

    assert {kind: said for kind, said in found.items() if said} == {}


def own_file(document: IssuedDocument, folder: Path) -> Path:
    from django.core.files.storage import default_storage

    file = folder / f"{document.kind}.pdf"
    file.write_bytes(default_storage.open(document.storage_key).read())
    return file


@pytest.mark.parametrize("template", sorted(RESULT_FIELDS))
def test_results_speak_vietnamese(case: Dossier, signed: Result, template: str) -> None:
    signed.type.template = template
    signed.details = {spec.key: "2026-11-20" if spec.kind == "date" else "Nguyễn Thị Ẵm" for spec in result_fields(template)}
    assert template in template_path(signed)

    assert spoken(render_result(signed)) == []


@pytest.mark.parametrize("code", CODES)
def test_declarations_speak_vietnamese(code: str) -> None:
    assert spoken(declaration_html(form_for(code), filled(code), INFO, is_standalone=True)) == []


def test_every_procedure_s_page_speaks_vietnamese(client: Client) -> None:
    codes = sorted(Procedure.objects.values_list("code", flat=True))
    found = {}
    for code in codes:
        answer = client.get(f"/thu-tuc/{code}/")
        assert answer.status_code == 200, code
        found[code] = spoken(answer.content.decode())

    assert len(codes) == 89
    assert {code: said for code, said in found.items() if said} == {}


PLACE = re.compile(r"%\((\w+)\)[sd]")
FILLED = {"code": "H29-261102-0001", "secret": "7KQ2M9XD", "link": "https://x.vn"}


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_messages_speak_vietnamese(name: str) -> None:
    with override("vi"):
        said = str(TEXTS[name])

    assert said != name
    assert list(faults([PLACE.sub(lambda found: FILLED.get(found[1], "12"), said)])) == []
