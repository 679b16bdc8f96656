"""Alerts may say that places have no competent agency."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0004_alert_of_a_difference")]

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
                    ("competence", "Places have no competent agency, or several"),
                ],
                max_length=10,
            ),
        ),
    ]
