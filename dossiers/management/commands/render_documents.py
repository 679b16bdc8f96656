"""`manage.py render_documents`: the PDFs that are still missing, for instance after Pango was installed."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from dossiers.documents.deliver import make_pdf
from dossiers.models import IssuedDocument
from portal.core.pdf import PdfFailed, PdfUnavailable


class Command(BaseCommand):
    help = "Make the PDF of every issued document that has none yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=0, help="stop after this many")

    def handle(self, *args: object, limit: int = 0, **options: object) -> None:
        """Every pending document has its PDF, or is named with the reason; exit status 1 if any failed."""
        made, failed = 0, 0
        pending = IssuedDocument.objects.filter(pdf_pending=True).order_by("pk")
        for document in (pending[:limit] if limit else pending).iterator(chunk_size=50):
            try:
                made += make_pdf(document)
            except PdfUnavailable as missing:
                raise CommandError(str(missing)) from missing
            except PdfFailed as error:
                failed += 1
                self.stderr.write(f"{document.number}: {error}")
        self.stdout.write(f"Đã tạo {made} tệp PDF; {failed} tệp không tạo được.")
        if failed:
            raise CommandError(f"{failed} tài liệu chưa có PDF.")
