"""Several dossiers handled together: the batch, and an outcome for each."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT
KEPT = """
CREATE FUNCTION dossiers_bulkitem_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.outcome <> '' THEN
        RAISE EXCEPTION 'the outcome of a dossier in a batch is never rewritten'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bulk_outcome_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER outcome_once BEFORE UPDATE ON dossiers_bulkitem FOR EACH ROW EXECUTE FUNCTION dossiers_bulkitem_kept();
CREATE TRIGGER kept BEFORE DELETE ON dossiers_bulkitem FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON dossiers_bulkitem EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("dossiers", "0031_alerts"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations: ClassVar = [
        migrations.CreateModel(
            name="BulkBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField()),
                ("user", models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("claim", "Take over"),
                            ("assign", "Give to an officer"),
                            ("print", "Print"),
                            ("extend", "Extend"),
                            ("sign", "Read and sign"),
                        ],
                        max_length=6,
                    ),
                ),
                ("started_at", models.DateTimeField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("token", "user"), name="bulk_batch_once")]},
        ),
        migrations.CreateModel(
            name="BulkItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("batch", models.ForeignKey(on_delete=PROTECT, related_name="items", to="dossiers.bulkbatch")),
                ("seq", models.PositiveSmallIntegerField()),
                ("code", models.CharField(max_length=50)),
                (
                    "dossier",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: not the person's to see",
                        null=True,
                        on_delete=PROTECT,
                        related_name="+",
                        to="dossiers.dossier",
                    ),
                ),
                ("is_picked", models.BooleanField(default=True)),
                (
                    "seen_version",
                    models.PositiveIntegerField(blank=True, help_text="Sign: the version whose result the person looked at", null=True),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("", "Not done yet"), ("done", "Done"), ("refused", "Refused"), ("lost", "Somebody was faster")],
                        default="",
                        max_length=7,
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=300)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "seq"), name="bulk_item_numbered_once"),
                    models.UniqueConstraint(fields=("batch", "code"), name="bulk_item_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", True), ("outcome", "")),
                            models.Q(models.Q(("outcome", ""), _negated=True), ("done_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="bulk_outcome_has_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("outcome", "done"), _negated=True), ("dossier__isnull", False), _connector="OR"),
                        name="bulk_done_to_a_dossier",
                    ),
                ]
            },
        ),
        migrations.RunSQL(KEPT, "DROP FUNCTION dossiers_bulkitem_kept() CASCADE;"),
    ]
