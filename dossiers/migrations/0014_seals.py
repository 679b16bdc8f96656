"""Whose seal a document carries, since when, and finding a document by its content."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0013_inbound_calls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="issueddocument",
            name="issuer_code",
            field=models.CharField(blank=True, help_text="Whose seal it carries: the code of the office or agency", max_length=35),
        ),
        migrations.AddField(
            model_name="issueddocument",
            name="sealed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="issueddocument",
            index=models.Index(condition=models.Q(("pdf_pending", False)), fields=["sha256"], name="document_by_content"),
        ),
    ]
