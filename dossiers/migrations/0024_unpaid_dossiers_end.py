"""A payment that does not come in time ends a filing, or stops a case until it is there."""

from typing import ClassVar

from django.db import migrations, models

from dossiers.steptable import refill

GROUNDS = [
    ("court_order", "Order of a court or another authority"),
    ("dispute", "The matter is in dispute"),
    ("petition", "A petition or denunciation must be settled first"),
    ("death", "The person has died, or the organisation has ceased to exist"),
    ("no_answer", "Papers were not handed in on time"),
    ("unpaid", "What is owed was not paid on time"),
    ("other", "Another ground in law"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("dossiers", "0023_results_from_hand_to_hand")]
    operations: ClassVar = [
        migrations.RunPython(refill, refill),
        migrations.AlterField(model_name="handlingstop", name="ground", field=models.CharField(choices=GROUNDS, max_length=12)),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(("state", "payment_required")), fields=["payment_due_at", "id"], name="dossier_payment_due"
            ),
        ),
    ]
