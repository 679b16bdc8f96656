"""Reprints are numbered and logged; a document knows whose form it is."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dossiers_documentprint FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON dossiers_documentprint EXECUTE FUNCTION core_refuse_change();
REVOKE UPDATE, DELETE ON dossiers_documentprint FROM portal_web, portal_worker;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("dossiers", "0019_working_together"),
    ]
    operations: ClassVar = [
        migrations.AddField(
            model_name="issueddocument",
            name="form_set",
            field=models.CharField(
                blank=True, default="", help_text="The circular whose form it is; empty for other documents", max_length=12
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="issueddocument",
            name="form_no",
            field=models.CharField(blank=True, default="", help_text="The number of the form in that set", max_length=2),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="DocumentPrint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("copy_no", models.PositiveSmallIntegerField(help_text="1 for the first reprint; the original is not counted")),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "document",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="prints", to="dossiers.issueddocument"),
                ),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.office",
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("document", "copy_no"), name="copy_numbered_once")]},
        ),
        migrations.RunSQL(
            KEPT, "DROP TRIGGER append_only ON dossiers_documentprint; DROP TRIGGER append_only_whole ON dossiers_documentprint;"
        ),
    ]
