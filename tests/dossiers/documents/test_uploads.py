"""Only paper comes in: type, size, locks, scripts, bombs; and it is kept once."""

import hashlib
import io
import zlib
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import override_settings
from PIL import Image

from dossiers.documents.pageimages import NoSuchPage, page_count, page_png
from dossiers.documents.uploads import (
    UploadRefused,
    attach_to_draft,
    check_signed_document,
    check_upload,
    display_name,
    remove_from_draft,
    store_upload,
)
from dossiers.models import Draft, DraftFile
from procedures.queries import current_version
from tests.factories import MARITAL_STATUS, MONDAY, TODAY, citizen
from tests.support.signedpdf import signed_pdf


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(written, kind, **options)
    return written.getvalue()


def pdf(catalog: bytes = b"", extra: bytes = b"", pages: int = 1) -> bytes:
    """A small valid PDF with additions to its catalog and further objects."""
    kids = b" ".join(b"%d 0 R" % (10 + n) for n in range(pages))
    objects = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R%s>>endobj\n" % catalog,
        b"2 0 obj<</Type/Pages/Kids[%s]/Count %d>>endobj\n" % (kids, pages),
        *(b"%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]>>endobj\n" % (10 + n) for n in range(pages)),
        extra,
    ]
    return b"%PDF-1.7\n" + b"".join(objects) + b"trailer<</Root 1 0 R/Size 99>>\n%%EOF\n"


def upload(name: str, content: bytes) -> UploadedFile:
    return SimpleUploadedFile(name, content)


def hidden(content: bytes) -> bytes:
    """The content inside a compressed object stream."""
    packed = zlib.compress(content)
    return b"50 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n" % (len(packed), packed)


@pytest.mark.parametrize(
    ("name", "content", "type_"),
    [
        ("giấy.pdf", pdf(), "application/pdf"),
        ("mở trang đầu.pdf", pdf(b"/OpenAction[10 0 R/Fit]"), "application/pdf"),
        ("ảnh.JPG", picture(), "image/jpeg"),
        ("ảnh.jpeg", picture(), "image/jpeg"),
        ("ảnh.png", picture("PNG"), "image/png"),
        ("ảnh.webp", picture("WEBP"), "image/webp"),
    ],
)
def test_papers_and_photos_are_taken(name: str, content: bytes, type_: str) -> None:
    checked = check_upload(upload(name, content))

    assert (checked.content_type, checked.name, checked.size) == (type_, name, len(checked.content))


REFUSED = {
    "empty": ("a.pdf", b"", "rỗng|empty"),
    "executable": ("a.pdf", b"MZ\x90\x00" + b"0" * 100, "PDF, JPEG"),
    "html as picture": ("a.png", b"<html><script>alert(1)</script>", "PDF, JPEG"),
    "picture as pdf": ("a.pdf", picture(), "PDF, JPEG"),
    "pdf as picture": ("a.jpg", pdf(), "PDF, JPEG"),
    "svg": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PDF, JPEG"),
    "gif": ("a.gif", b"GIF89a" + b"0" * 50, "PDF, JPEG"),
    "no ending": ("giay", pdf(), "PDF, JPEG"),
    "broken pdf": ("a.pdf", b"%PDF-1.7\nnothing", "scan|quét"),
    "script": ("a.pdf", pdf(b"/OpenAction 5 0 R", b"5 0 obj<</S/JavaScript/JS(app.alert\\(1\\))>>endobj\n"), "script|mã lệnh"),
    "hidden name": ("a.pdf", pdf(b"", b"5 0 obj<</S/J#61vaScript/J#53(x)>>endobj\n"), "script|mã lệnh"),
    "compressed": ("a.pdf", pdf(b"", hidden(b"5 0 <</S/Launch/F(cmd.exe)>>")), "script|mã lệnh"),
    "launch": ("a.pdf", pdf(b"/OpenAction<</S/Launch/F(cmd.exe)>>"), "script|mã lệnh"),
    "attachment": ("a.pdf", pdf(b"/Names<</EmbeddedFiles 6 0 R>>"), "script|mã lệnh"),
    "unknown start": ("a.pdf", pdf(b"/OpenAction 5 0 R", b"5 0 obj<</S/URI/URI(http://x)>>endobj\n"), "script|mã lệnh"),
    "too many pages": ("a.pdf", pdf(pages=201), "200"),
    "broken photo": ("a.jpg", picture()[:60], "photo|chụp"),
    "bomb": ("a.png", picture("PNG", (9000, 5000)), "40"),
}


@pytest.mark.parametrize("case", REFUSED, ids=list(REFUSED))
def test_anything_else_is_refused_in_plain_words(case: str) -> None:
    name, content, words = REFUSED[case]

    with pytest.raises(UploadRefused, match=words):
        check_upload(upload(name, content))


def test_too_large_is_refused_before_it_is_read() -> None:
    with override_settings(UPLOAD_MAX_BYTES=100), pytest.raises(UploadRefused, match="10 MB"):
        check_upload(upload("a.pdf", pdf()))


def test_photos_lose_place_and_camera_but_keep_the_hash_of_what_came() -> None:
    exif = Image.Exif()
    exif[0x010F] = "CanonSecret"
    exif[0x0112] = 6
    content = picture(exif=exif)
    checked = check_upload(upload("ảnh.jpg", content))

    assert b"CanonSecret" in content
    assert b"CanonSecret" not in checked.content
    with Image.open(io.BytesIO(checked.content)) as kept:
        assert kept.size == (40, 60)
    assert checked.sha256 == hashlib.sha256(content).hexdigest()


def test_a_signed_document_is_a_pdf_byte_for_byte() -> None:
    signed = signed_pdf()
    assert check_signed_document(upload("qd.pdf", signed), at=MONDAY).content == signed
    for name, content in (("qd.pdf", pdf()), ("qd.jpg", picture())):
        with pytest.raises(UploadRefused):
            check_signed_document(upload(name, content), at=MONDAY)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\A\\giấy tờ.pdf", "giấy tờ.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("\x00<b>.pdf", "b.pdf"),
        ("...", "tep"),
        ("ẵ" * 300 + ".pdf", "ẵ" * 114 + "….pdf"),
    ],
)
def test_names_are_only_shown(given: str, shown: str) -> None:
    assert display_name(given) == shown


def test_pages_are_seen_as_pictures() -> None:
    key = store_upload(check_upload(upload("a.pdf", pdf(pages=2))))

    assert page_count(key, "application/pdf") == 2
    assert page_png(key, "application/pdf", 2).startswith(b"\x89PNG")
    for number in (0, 3):
        with pytest.raises(NoSuchPage):
            page_png(key, "application/pdf", number)


@pytest.fixture
def draft(db: None) -> Draft:
    version = current_version(MARITAL_STATUS, TODAY)
    assert version is not None
    return Draft.objects.create(
        owner=citizen(),
        version=version,
        case=version.cases.get(is_default=True),
        channel="online",
        created_at=MONDAY,
        updated_at=MONDAY,
        expires_at=MONDAY + timedelta(days=90),
    )


def test_the_same_file_is_kept_once_and_can_be_removed(draft: Draft, django_capture_on_commit_callbacks: object) -> None:
    first = attach_to_draft(draft, requirement_key="giay", file=upload("a.pdf", pdf()), at=MONDAY)
    again = attach_to_draft(draft, requirement_key="giay", file=upload("b.pdf", pdf()), at=MONDAY)

    assert (again.pk, DraftFile.objects.filter(draft=draft).count()) == (first.pk, 1)
    assert default_storage.exists(first.storage_key)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert remove_from_draft(draft, file_id=first.pk)
    assert not default_storage.exists(first.storage_key)
    assert not remove_from_draft(draft, file_id=first.pk)


def test_the_21st_file_is_one_too_many(draft: Draft) -> None:
    with override_settings(UPLOAD_MAX_FILES=1):
        attach_to_draft(draft, requirement_key="giay", file=upload("a.pdf", pdf()), at=MONDAY)
        with pytest.raises(UploadRefused, match="1"):
            attach_to_draft(draft, requirement_key="giay", file=upload("b.pdf", pdf(pages=2)), at=MONDAY)
    assert DraftFile.objects.filter(draft=draft).count() == 1
