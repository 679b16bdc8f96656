"""Books of fee receipts and their used numbers, as the offices tell them. No two books of an office and serial share a number."""

import django.db.models.deletion
from django.db import migrations, models

NEVER_OVERLAP = """ALTER TABLE counters_receiptbook ADD CONSTRAINT receipt_books_never_overlap
    EXCLUDE USING gist (office_id WITH =, serial WITH =, int8range(first, last, '[]') WITH &&)"""


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0004_new_province_by_code"),
        ("counters", "0002_tickets_of_queue_machines"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReceiptBook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("serial", models.CharField(help_text="Form and serial that are printed on the receipts", max_length=40)),
                ("first", models.PositiveIntegerField()),
                ("last", models.PositiveIntegerField()),
                ("office", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.office")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("office", "serial", "first"), name="receipt_book_once"),
                    models.CheckConstraint(condition=models.Q(("last__gte", models.F("first"))), name="receipt_book_runs_forward"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("day", models.DateField()),
                ("dossier_code", models.CharField(blank=True, max_length=50)),
                ("is_void", models.BooleanField(default=False)),
                ("source", models.CharField(help_text="File or machine that told it", max_length=100)),
                ("reported_at", models.DateTimeField()),
                (
                    "book",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="counters.receiptbook"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="book_receipts_by_day")],
                "constraints": [models.UniqueConstraint(fields=("book", "number"), name="book_receipt_once")],
            },
        ),
        migrations.RunSQL(NEVER_OVERLAP, "ALTER TABLE counters_receiptbook DROP CONSTRAINT receipt_books_never_overlap"),
    ]
