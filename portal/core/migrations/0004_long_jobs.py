"""How far long work is, for the operations page. See `portal.core.longjobs`."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0003_attempts")]
    operations = [
        migrations.CreateModel(
            name="LongJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reconcile_recent", "Comparison of the last two days with the national portal"),
                            ("reconcile_all", "Comparison of everything with the national portal"),
                            ("certify", "Certificates of completeness"),
                            ("import", "Import of the national catalogue"),
                            ("catalogue", "What changed in the national catalogue"),
                            ("recount", "Dates counted again after a change of the calendar"),
                            ("inherit", "Successors take over after a reorganisation"),
                        ],
                        max_length=20,
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=200)),
                ("started_by", models.CharField(blank=True, help_text="A person's name of then; empty: the system", max_length=200)),
                ("total", models.PositiveIntegerField(default=0, help_text="0: not known beforehand")),
                ("done", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("heartbeat_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Under way"),
                            ("done", "Finished"),
                            ("failed", "Broken off"),
                            ("lost", "Its worker was lost"),
                        ],
                        default="running",
                        max_length=8,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "indexes": [models.Index(fields=["-started_at", "-id"], name="long_job_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("state", "running")),
                            models.Q(models.Q(("state", "running"), _negated=True), ("finished_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="long_job_ends_once",
                    )
                ],
            },
        )
    ]
