"""From when on a dossier is due soon is stored beside its due date, so that lists and alerts find it by an index."""

from typing import ClassVar

from django.db import migrations, models

UNDECIDED = ("in_transfer_to_agency", "assigned", "awaiting_signature", "accepted")
EARLIER_ROWS = "UPDATE dossiers_dossier SET due_soon_at = due_at - interval '1 day' WHERE due_at IS NOT NULL"
"""The exact instant needs each row's ledger; a day ahead is what the list has shown until now. The next step of the clock writes it anew."""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("dossiers", "0029_who_revokes_a_result")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="dossier",
            name="due_soon_at",
            field=models.DateTimeField(
                blank=True, help_text="From then on it is due soon (`deadlines.due_soon_from`); written with due_at", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(condition=models.Q(("state__in", UNDECIDED)), fields=["due_soon_at", "id"], name="dossier_due_soon"),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.CheckConstraint(condition=models.Q(("due_soon_at__lte", models.F("due_at"))), name="due_soon_before_due"),
        ),
        migrations.RunSQL(EARLIER_ROWS, migrations.RunSQL.noop),
    ]
