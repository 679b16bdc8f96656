"""`manage.py import_receipts`: which numbers of the offices' books of fee receipts were used, and for which dossiers."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from counters.models import BookReceipt, ReceiptBook
from portal.agencies.models import Office
from portal.core.clock import business_today, technical_now
from portal.management.tables import lines_of

COLUMNS = ["office", "serial", "first", "last", "number", "day", "dossier", "void"]
HIGHEST = 99_999_999
SPOILT = {"": False, "0": False, "1": True}


class Command(BaseCommand):
    """Read a file of used receipts; all of it or nothing."""

    help = (
        "Reads a CSV with one line for each used receipt: office (its code), serial (form and serial of the book), first and last (the "
        "book's numbers), number, day (yyyy-mm-dd), dossier (its code; empty if there is none) and void (1 if it was spoilt). What is told "
        "again replaces the former line. Nothing is taken from a file with a wrong line; each wrong line is named. Receipts whose dossier "
        "is not here, and numbers that were passed over, lower the share of the certificate of completeness."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        lines = lines_of(options["file"], COLUMNS)
        offices = dict(Office.objects.filter(code__in={line["office"] for line in lines}).values_list("code", "pk"))
        books: dict[tuple[int, str, int], ReceiptBook] = {}
        receipts: dict[tuple[int, str, int, int], BookReceipt] = {}
        wrong, now = 0, technical_now()
        for place, line in enumerate(lines, start=2):
            try:
                book, receipt = _read(line, offices)
            except (KeyError, ValueError, TypeError, AttributeError) as error:
                wrong += 1
                self.stderr.write(f"line {place}: {error}")
                continue
            key = (book.office_id, book.serial, book.first)
            receipt.book, receipt.source, receipt.reported_at = books.setdefault(key, book), options["file"].name[:100], now
            receipts[*key, receipt.number] = receipt
        if wrong:
            raise CommandError(f"{wrong} wrong lines; nothing was taken.")
        try:
            _save(books.values(), receipts.values())
        except IntegrityError as error:
            raise CommandError("Two books of an office and serial share numbers; nothing was taken.") from error
        self.stdout.write(f"{len(receipts)} receipts of {len(books)} books")


def _read(line: dict[str, str], offices: dict[str, int]) -> tuple[ReceiptBook, BookReceipt]:
    """One line as rows. Raises KeyError, ValueError, TypeError and AttributeError with what is wrong."""
    first, last, number = (int(line[name]) for name in ("first", "last", "number"))
    if not 1 <= first <= number <= last <= HIGHEST:
        raise ValueError(f"{number} is no number of a book from {first} to {last}")
    day, serial, code = date.fromisoformat(line["day"]), line["serial"].strip(), line["dossier"].strip()
    if day > business_today() or not 0 < len(serial) <= 40 or len(code) > 50:
        raise ValueError(f"no such day, serial or code: {day}, '{serial[:50]}', '{code[:60]}'")
    is_void = SPOILT[line["void"].strip()]
    book = ReceiptBook(office_id=offices[line["office"]], serial=serial, first=first, last=last)
    return book, BookReceipt(number=number, day=day, dossier_code=code, is_void=is_void)


@transaction.atomic
def _save(books: Iterable[ReceiptBook], receipts: Iterable[BookReceipt]) -> None:
    ReceiptBook.objects.bulk_create(books, update_conflicts=True, unique_fields=["office", "serial", "first"], update_fields=["last"])
    rows = list(receipts)
    for row in rows:
        row.book_id = row.book.pk
    changed = ["day", "dossier_code", "is_void", "source", "reported_at"]
    BookReceipt.objects.bulk_create(rows, update_conflicts=True, unique_fields=["book", "number"], update_fields=changed)
