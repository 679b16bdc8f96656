"""How many papers came in, for the register (form 07)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0014_seals"),
    ]

    operations = [
        migrations.AddField(
            model_name="dossier",
            name="paper_count",
            field=models.PositiveSmallIntegerField(default=0, help_text="Kinds of paper handed in when it was filed"),
        ),
    ]
