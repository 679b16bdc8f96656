"""When operators were told of an alert, so that one that came shortly after another is told too. Those that are open now are told once more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0005_alert_of_competence"),
    ]

    operations = [
        migrations.AddField(
            model_name="operatoralert",
            name="told_at",
            field=models.DateTimeField(blank=True, help_text="When operators were last sent a message that counts it", null=True),
        ),
        migrations.AddIndex(
            model_name="operatoralert",
            index=models.Index(fields=["kind", "about", "told_at"], name="alert_told"),
        ),
    ]
