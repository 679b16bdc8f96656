"""A procedure may name how long each step of its internal process should take."""

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("procedures", "0013_what_linked_procedures_take_over")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="procedureversion",
            name="step_hours",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                blank=True,
                db_default=[],
                default=list,
                help_text="Working hours for receiving, assigning, examining, signing and returning; empty: shares of the legal time",
                size=None,
            ),
        ),
        migrations.AddConstraint(
            model_name="procedureversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("step_hours__len", 5), ("step_hours", []), _connector="OR"), name="hours_for_all_five_steps"
            ),
        ),
    ]
