"""Who printed a document may open it there; money given back has its slip; a fee that no table knew says what it rests on."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("agencies", "0004_new_province_by_code"),
        ("dossiers", "0017_national_exchange"),
    ]
    operations: ClassVar = [
        migrations.AddField(
            model_name="feeline",
            name="basis",
            field=models.CharField(blank=True, help_text="What the amount rests on, where a person entered it", max_length=300),
        ),
        migrations.AddField(
            model_name="issueddocument",
            name="issuing_office",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The counter whose clerk issued it and may open it",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agencies.office",
            ),
        ),
        migrations.AlterField(
            model_name="clockrecord",
            name="kind",
            field=models.CharField(help_text="transfer, start, suspend, resume, extend, stop, recount", max_length=8),
        ),
        migrations.AlterField(
            model_name="issueddocument",
            name="kind",
            field=models.CharField(
                choices=[
                    ("receipt_slip", "Receipt and appointment slip"),
                    ("acknowledgement", "Acknowledgement of filing"),
                    ("supplement_request", "Request for supplement"),
                    ("refusal_slip", "Refusal to receive"),
                    ("apology_letter", "Apology and new date"),
                    ("stop_notice", "Stop notice"),
                    ("control_sheet", "Control sheet"),
                    ("payment_notice", "Payment notice"),
                    ("return_note", "Return note"),
                    ("fee_receipt", "Fee receipt"),
                    ("refund_slip", "Refund slip"),
                    ("declaration", "Declaration"),
                    ("result", "Result"),
                    ("handover_receipt", "Receipt of hand-over"),
                ],
                max_length=20,
            ),
        ),
    ]
