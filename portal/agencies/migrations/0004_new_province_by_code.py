"""A commune may go to a province that begins with the same reorganisation, so its code names it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0003_reorganisations")]
    operations = [
        migrations.RemoveField(model_name="reorganisationline", name="new_province"),
        migrations.AddField(
            model_name="reorganisationline",
            name="new_province_code",
            field=models.CharField(blank=True, default="", help_text="Of a commune; empty: the province that it lies in", max_length=2),
            preserve_default=False,
        ),
    ]
