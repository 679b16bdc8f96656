"""Alerts about what a comparison with the national portal found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0003_streams_of_the_inbound_side"),
    ]

    operations = [
        migrations.AlterField(
            model_name="operatoralert",
            name="kind",
            field=models.CharField(
                choices=[
                    ("parked", "A message waits for a person"),
                    ("open", "A connection is interrupted"),
                    ("stopped", "A connection was stopped"),
                    ("skew", "Clocks differ"),
                    ("difference", "The national portal shows something else"),
                ],
                max_length=10,
            ),
        ),
    ]
