"""What a child of a linked procedure takes from the one form, and which of its papers the earlier result is."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0012_published_fees_are_immutable")]
    operations = [
        migrations.AddField(
            model_name="linkedprocedure",
            name="papers_from_result",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="linkedprocedure",
            name="show",
            field=models.JSONField(blank=True, help_text="Condition on the parent's answers under which the child is started", null=True),
        ),
    ]
