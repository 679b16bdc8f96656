"""How long a dossier should be in its step; what people were told of its time, once; who stands in for a dossier of the day."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT
DECIDING = ("in_transfer_to_agency", "assigned", "awaiting_signature")
IN_DAY_ROWS = """
UPDATE dossiers_dossier d SET is_in_day = true FROM procedures_procedurecase c WHERE c.id = d.case_id AND c.time_unit = 'in_day'
"""
KEPT = (
    "".join(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();"
        f"CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION core_refuse_change();"
        f"REVOKE UPDATE, DELETE ON {table} FROM portal_web, portal_worker;"
        for table in ("dossiers_alert", "dossiers_alertdigest")
    )
    + """
CREATE FUNCTION dossiers_alertcopy_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.seen_at IS NOT NULL OR to_jsonb(NEW) - 'seen_at' IS DISTINCT FROM to_jsonb(OLD) - 'seen_at' THEN
        RAISE EXCEPTION 'who was told what is never rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'alert_copy_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seen_once BEFORE UPDATE ON dossiers_alertcopy FOR EACH ROW EXECUTE FUNCTION dossiers_alertcopy_kept();
CREATE TRIGGER kept BEFORE DELETE ON dossiers_alertcopy FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON dossiers_alertcopy EXECUTE FUNCTION core_refuse_change();
"""
)
UNDO = "DROP FUNCTION dossiers_alertcopy_kept() CASCADE;"


def person(**options: object) -> "models.ForeignKey[object, object]":
    return models.ForeignKey(on_delete=PROTECT, to=settings.AUTH_USER_MODEL, **({"related_name": "+"} | options))  # type: ignore[arg-type]


def key() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("agencies", "0004_new_province_by_code"),
        ("dossiers", "0030_due_soon"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.AddField(
            model_name="dossier",
            name="stage_due_at",
            field=models.DateTimeField(
                blank=True,
                help_text="From then on it is in its present step, or waits for the citizen, for too long (`dossiers.stages`)",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="dossier",
            name="is_in_day",
            field=models.BooleanField(db_default=False, default=False, help_text="Promised for the day of acceptance"),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(("stage_due_at__isnull", False)), fields=["stage_due_at", "id"], name="dossier_stage_due"
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(("is_in_day", True), ("state__in", DECIDING)), fields=["agency", "due_at", "id"], name="dossier_in_day"
            ),
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", key()),
                ("dossier", models.ForeignKey(on_delete=PROTECT, related_name="alerts", to="dossiers.dossier")),
                ("agency", models.ForeignKey(on_delete=PROTECT, related_name="+", to="agencies.agency")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("arrived", "To be done today"),
                            ("unclaimed", "Nobody took it in 30 minutes"),
                            ("due_soon", "Due soon"),
                            ("overdue", "Overdue"),
                            ("stuck", "Too long in its step"),
                            ("waiting", "Waiting for the citizen for long"),
                        ],
                        max_length=9,
                    ),
                ),
                ("occasion_at", models.DateTimeField()),
                ("deputy", person(blank=True, help_text="Unclaimed: who is to take it", null=True)),
                (
                    "deputy_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("absence", "stands in for an absent colleague"),
                            ("chosen", "named by the leader for such cases"),
                            ("leader", "leads the agency"),
                        ],
                        max_length=7,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("dossier", "kind", "occasion_at"), name="alert_once_per_occasion"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deputy__isnull", True), ("deputy_why", "")),
                            models.Q(("deputy__isnull", False), ("kind", "unclaimed"), models.Q(("deputy_why", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="deputy_of_the_unclaimed",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="AlertCopy",
            fields=[
                ("id", key()),
                ("alert", models.ForeignKey(on_delete=PROTECT, related_name="copies", to="dossiers.alert")),
                ("user", person(db_index=False)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("seen_at__isnull", True)), fields=["user", "-id"], name="alert_unseen")],
                "constraints": [models.UniqueConstraint(fields=("alert", "user"), name="alert_told_once")],
            },
        ),
        migrations.CreateModel(
            name="AlertDigest",
            fields=[
                ("id", key()),
                ("user", person(db_index=False)),
                ("on", models.DateField()),
                ("counts", models.JSONField(help_text="By kind of alert")),
                ("at", models.DateTimeField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("user", "on"), name="digest_once_a_day")]},
        ),
        migrations.CreateModel(
            name="StandingDeputy",
            fields=[
                (
                    "agency",
                    models.OneToOneField(on_delete=PROTECT, primary_key=True, related_name="+", serialize=False, to="agencies.agency"),
                ),
                ("user", person(blank=True, help_text="Empty: nobody, the leader", null=True)),
                ("chosen_by", person()),
                ("chosen_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(KEPT, UNDO),
        migrations.RunSQL(IN_DAY_ROWS, migrations.RunSQL.noop),
    ]
