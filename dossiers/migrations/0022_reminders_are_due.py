"""A reminder has a time by which it must be answered. Those that wait already are due at once."""

from typing import ClassVar

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("dossiers", "0021_table_of_steps")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="reminder",
            name="due_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text="The agency must answer by then"),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(condition=models.Q(("answered_at__isnull", True)), fields=["due_at"], name="reminder_open_by_due"),
        ),
    ]
