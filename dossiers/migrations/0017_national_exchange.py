"""Files handed to the national portal, its nonces, its own codes for our dossiers, and the third kind of owner."""

from typing import ClassVar

from django.db import migrations, models

GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dossiers_nationalfile FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON dossiers_nationalfile EXECUTE FUNCTION core_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON dossiers_nationalfile FROM portal_web, portal_worker;
REVOKE UPDATE, TRUNCATE ON dossiers_inboundnonce FROM portal_web, portal_worker;
"""
NO_GUARDS = """
DROP TRIGGER append_only ON dossiers_nationalfile; DROP TRIGGER append_only_whole ON dossiers_nationalfile;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("dossiers", "0016_reconciliation")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="InboundNonce",
            fields=[
                ("value", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="NationalFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=80, unique=True)),
                ("sha256", models.CharField(max_length=64)),
                ("remote_id", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=255)),
                ("size", models.PositiveBigIntegerField()),
                ("sent_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("remote_id", ""), _negated=True), name="national_file_has_an_id")
                ],
            },
        ),
        migrations.AddField(
            model_name="dossier",
            name="remote_code",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The code under which the national portal had it before us",
                max_length=60,
            ),
        ),
        migrations.AddField(
            model_name="dossier",
            name="remote_steps",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="Steps that the portal had under that code before ours; ours go on from there"
            ),
        ),
        migrations.AddField(
            model_name="reconciliationrun",
            name="rechecked",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="Dossiers asked about because a step of theirs was acknowledged lately"
            ),
        ),
        migrations.AlterField(
            model_name="party",
            name="kind",
            field=models.CharField(
                choices=[("person", "Person"), ("organisation", "Organisation"), ("household", "Household business")],
                default="person",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.UniqueConstraint(
                condition=models.Q(("remote_code", ""), _negated=True), fields=("remote_code",), name="remote_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.CheckConstraint(
                condition=models.Q(("remote_steps", 0), models.Q(("remote_code", ""), _negated=True), _connector="OR"),
                name="remote_steps_have_a_code",
            ),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
