"""Successions are kept by the old code, so that rows about codes that the unit list lacks are kept too."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="unitsuccession", name="succession_pair_unique"),
        migrations.AddField(
            model_name="unitsuccession",
            name="level",
            field=models.CharField(
                choices=[("province", "Province"), ("district", "District"), ("commune", "Commune")], default="commune", max_length=8
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="unitsuccession",
            name="old_code",
            field=models.CharField(db_index=True, default="", max_length=5),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="unitsuccession",
            name="predecessor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successions",
                to="agencies.administrativeunit",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitsuccession",
            constraint=models.UniqueConstraint(fields=("level", "old_code", "successor", "valid_from"), name="succession_once"),
        ),
    ]
