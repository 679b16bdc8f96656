"""Comparisons with the national portal, certificates of completeness and inspections."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


GUARDS = """
CREATE FUNCTION dossiers_check_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last record;
BEGIN
    SELECT number, day, hash INTO last FROM dossiers_completenesscertificate ORDER BY number DESC LIMIT 1;
    IF NEW.number <> coalesce(last.number, 0) + 1 OR NEW.previous_hash <> coalesce(last.hash, '') OR NEW.day <= last.day
       OR NEW.hash <> encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'certificate % does not follow the last one', NEW.number USING ERRCODE = 'check_violation', CONSTRAINT = 'certificate_chained';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER certificate_chain BEFORE INSERT ON dossiers_completenesscertificate FOR EACH ROW EXECUTE FUNCTION dossiers_check_certificate();

CREATE FUNCTION dossiers_check_inspected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.verdict <> '' OR OLD.code <> NEW.code OR OLD.draw_id <> NEW.draw_id OR OLD.position <> NEW.position
       OR (OLD.theirs <> '{}' AND OLD.theirs <> NEW.theirs) THEN
        RAISE EXCEPTION 'a verdict and what it was given on stay as they are' USING ERRCODE = 'check_violation', CONSTRAINT = 'append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verdict_stays BEFORE UPDATE ON dossiers_inspecteddossier FOR EACH ROW EXECUTE FUNCTION dossiers_check_inspected();
CREATE TRIGGER kept BEFORE DELETE ON dossiers_inspecteddossier FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER kept BEFORE DELETE ON dossiers_syncdifference FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER kept BEFORE DELETE ON dossiers_reconciliationrun FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dossiers_completenesscertificate FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON dossiers_completenesscertificate EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dossiers_inspectiondraw FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON dossiers_inspectiondraw EXECUTE FUNCTION core_refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON dossiers_completenesscertificate, dossiers_inspectiondraw FROM portal_web, portal_worker;
REVOKE DELETE, TRUNCATE ON dossiers_inspecteddossier, dossiers_syncdifference, dossiers_reconciliationrun FROM portal_web, portal_worker;
"""
NO_GUARDS = """
DROP TRIGGER certificate_chain ON dossiers_completenesscertificate; DROP FUNCTION dossiers_check_certificate();
DROP TRIGGER verdict_stays ON dossiers_inspecteddossier; DROP FUNCTION dossiers_check_inspected();
DROP TRIGGER kept ON dossiers_inspecteddossier; DROP TRIGGER kept ON dossiers_syncdifference; DROP TRIGGER kept ON dossiers_reconciliationrun;
DROP TRIGGER append_only ON dossiers_completenesscertificate; DROP TRIGGER append_only_whole ON dossiers_completenesscertificate;
DROP TRIGGER append_only ON dossiers_inspectiondraw; DROP TRIGGER append_only_whole ON dossiers_inspectiondraw;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0004_new_province_by_code"),
        ("dossiers", "0015_paper_count"),
        ("procedures", "0009_registry_runs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CompletenessCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                ("day", models.DateField(unique=True)),
                ("issued_at", models.DateTimeField()),
                ("content", models.TextField(help_text="Exactly what was signed: canonical JSON")),
                ("previous_hash", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64, unique=True)),
                ("signature", models.CharField(max_length=128)),
                ("key_id", models.CharField(max_length=16)),
            ],
        ),
        migrations.CreateModel(
            name="InspectedDossier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("code", models.CharField(max_length=60)),
                ("ours", models.JSONField(default=dict, help_text="Empty: unknown here")),
                ("theirs", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("fault", models.CharField(blank=True, max_length=300)),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("", "Not judged yet"), ("equal", "Equal"), ("different", "Different")],
                        default="",
                        max_length=9,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("judged_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="InspectionDraw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seed", models.CharField(max_length=64)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("province", models.CharField(blank=True, max_length=10)),
                ("population", models.PositiveIntegerField()),
                ("drawn_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ReconciliationRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(choices=[("recent", "The last two days"), ("all", "Everything")], max_length=6)),
                ("since", models.DateField(blank=True, null=True)),
                ("until", models.DateField(blank=True, null=True)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("groups", models.PositiveIntegerField(default=0, help_text="Days and provinces that were compared")),
                ("groups_differing", models.PositiveIntegerField(default=0)),
                ("ours", models.PositiveIntegerField(default=0, help_text="Dossiers of ours that the portal has acknowledged")),
                ("theirs", models.PositiveIntegerField(default=0)),
                ("found", models.PositiveIntegerField(default=0, help_text="Differences that were new")),
                ("closed", models.PositiveIntegerField(default=0)),
                ("still_open", models.PositiveIntegerField(default=0)),
                ("resent", models.PositiveIntegerField(default=0)),
                ("fetched", models.PositiveIntegerField(default=0, help_text="Filings whose call was lost and that were fetched")),
                ("fetched_to", models.PositiveBigIntegerField(default=0, help_text="Running number at the portal up to which was fetched")),
                ("fault", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="SyncDifference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("missing", "Missing there"),
                            ("stale", "Behind there"),
                            ("altered", "Different there"),
                            ("extra", "Unknown here"),
                        ],
                        max_length=8,
                    ),
                ),
                ("day", models.DateField(blank=True, help_text="The filing day", null=True)),
                ("province", models.CharField(blank=True, max_length=10)),
                ("ours_seq", models.PositiveIntegerField(default=0)),
                ("ours_status", models.PositiveSmallIntegerField(default=0)),
                ("theirs_seq", models.PositiveIntegerField(default=0)),
                ("theirs_status", models.PositiveSmallIntegerField(default=0)),
                ("found_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(help_text="The last comparison that found it")),
                ("repairs", models.PositiveSmallIntegerField(default=0, help_text="How often our steps were sent again for it")),
                ("repaired_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("needs_person", models.BooleanField(default=False)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("ending", models.CharField(blank=True, choices=[("equal", "Equal again"), ("received", "Received here")], max_length=8)),
            ],
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["filed_at"], name="dossier_by_filing_time"),
        ),
        migrations.AddConstraint(
            model_name="completenesscertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("number", 1), ("previous_hash", "")),
                    models.Q(("number__gt", 1), models.Q(("previous_hash", ""), _negated=True)),
                    _connector="OR",
                ),
                name="certificate_chained",
            ),
        ),
        migrations.AddField(
            model_name="inspecteddossier",
            name="judged_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="inspectiondraw",
            name="drawn_by",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="inspecteddossier",
            name="draw",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="dossiers", to="dossiers.inspectiondraw"),
        ),
        migrations.AddIndex(
            model_name="reconciliationrun",
            index=models.Index(fields=["-started_at"], name="reconciliation_latest"),
        ),
        migrations.AddField(
            model_name="syncdifference",
            name="dossier",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="sync_differences", to="dossiers.dossier"
            ),
        ),
        migrations.AddField(
            model_name="syncdifference",
            name="inbound",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sync_differences",
                to="dossiers.inboundfiling",
            ),
        ),
        migrations.AddField(
            model_name="syncdifference",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="differences", to="dossiers.reconciliationrun"
            ),
        ),
        migrations.AddIndex(
            model_name="inspectiondraw",
            index=models.Index(fields=["-drawn_at", "-id"], name="draw_latest"),
        ),
        migrations.AddConstraint(
            model_name="inspectiondraw",
            constraint=models.CheckConstraint(condition=models.Q(("since__lte", models.F("until"))), name="draw_span_in_order"),
        ),
        migrations.AddConstraint(
            model_name="inspecteddossier",
            constraint=models.UniqueConstraint(fields=("draw", "position"), name="inspected_position_once"),
        ),
        migrations.AddConstraint(
            model_name="inspecteddossier",
            constraint=models.UniqueConstraint(fields=("draw", "code"), name="inspected_code_once"),
        ),
        migrations.AddConstraint(
            model_name="inspecteddossier",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict", ""), models.Q(("judged_at__isnull", False), ("judged_by__isnull", False)), _connector="OR"),
                name="verdict_has_a_name",
            ),
        ),
        migrations.AddIndex(
            model_name="syncdifference",
            index=models.Index(condition=models.Q(("closed_at__isnull", True)), fields=["found_at", "id"], name="difference_open"),
        ),
        migrations.AddIndex(
            model_name="syncdifference",
            index=models.Index(fields=["-found_at", "-id"], name="difference_latest"),
        ),
        migrations.AddConstraint(
            model_name="syncdifference",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)), fields=("code",), name="difference_open_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="syncdifference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("ending", "")),
                    models.Q(("closed_at__isnull", False), models.Q(("ending", ""), _negated=True)),
                    _connector="OR",
                ),
                name="difference_ends_somehow",
            ),
        ),
        migrations.AddConstraint(
            model_name="syncdifference",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "extra"), ("dossier__isnull", False), _connector="OR"), name="difference_has_our_dossier"
            ),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
