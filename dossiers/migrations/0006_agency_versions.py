"""One look per version into what an agency holds. The index of the agency alone goes: the new one begins with it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0005_inbound_filing"), ("agencies", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["agency", "version"], name="dossier_agency_version"),
        ),
        migrations.AlterField(
            model_name="dossier",
            name="agency",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agencies.agency",
            ),
        ),
    ]
