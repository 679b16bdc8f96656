"""Checks tell where a rule reads an answer that no form asks for; a dry run keeps the day of each place."""

from django.db import migrations, models

OUTCOMES = [
    ("agency", "One agency"),
    ("choice", "The applicant chooses"),
    ("hole", "Nobody is competent"),
    ("ambiguous", "Several are competent"),
    ("not_asked", "No form asks for the place that decides"),
]


class Migration(migrations.Migration):
    dependencies = [("procedures", "0009_registry_runs")]

    operations = [
        migrations.AddField(
            model_name="completenessreport",
            name="not_asked",
            field=models.PositiveIntegerField(default=0, help_text="No form of the procedure asks for the place that decides"),
        ),
        migrations.AddField(
            model_name="runplace",
            name="on",
            field=models.DateField(blank=True, help_text="The day that was tried; empty: that of the run", null=True),
        ),
        migrations.AlterField(
            model_name="completenessreport",
            name="findings",
            field=models.JSONField(default=list, help_text="By procedure, outcome and province, with every commune"),
        ),
        migrations.AlterField(model_name="runplace", name="new_outcome", field=models.CharField(choices=OUTCOMES, max_length=9)),
        migrations.AlterField(model_name="runplace", name="old_outcome", field=models.CharField(choices=OUTCOMES, max_length=9)),
    ]
