"""Reorganisations of units, their lines and records; successions of agencies and offices."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE FUNCTION agencies_keep_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: rows are kept for ever', TG_OP, TG_TABLE_NAME USING ERRCODE = 'check_violation', CONSTRAINT = 'append_only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON agencies_reorganisationrecord FOR EACH ROW EXECUTE FUNCTION agencies_keep_record();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON agencies_reorganisationrecord EXECUTE FUNCTION agencies_keep_record();
CREATE TRIGGER reorganisation_kept BEFORE DELETE ON agencies_reorganisation FOR EACH ROW EXECUTE FUNCTION agencies_keep_record();

CREATE FUNCTION agencies_keep_approved_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM agencies_reorganisation WHERE id = coalesce(NEW.reorganisation_id, OLD.reorganisation_id) AND state = 'approved') THEN
        RAISE EXCEPTION 'the lines of an approved reorganisation do not change' USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_lines_fixed';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER approved_lines_fixed BEFORE INSERT OR UPDATE OR DELETE ON agencies_reorganisationline
    FOR EACH ROW EXECUTE FUNCTION agencies_keep_approved_line();

CREATE FUNCTION agencies_keep_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'cancelled' AND NEW.state <> 'cancelled' OR OLD.state = 'approved' AND NEW.state = 'draft' THEN
        RAISE EXCEPTION 'a reorganisation goes from draft to approved or cancelled, never back'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reorganisation_goes_forward';
    END IF;
    IF OLD.state = 'approved' AND (NEW.kind, NEW.level, NEW.number, NEW.legal_basis, NEW.effective_from, NEW.entered_by_id, NEW.approved_by_id)
        IS DISTINCT FROM (OLD.kind, OLD.level, OLD.number, OLD.legal_basis, OLD.effective_from, OLD.entered_by_id, OLD.approved_by_id) THEN
        RAISE EXCEPTION 'an approved reorganisation does not change' USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_reorganisation_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reorganisation_goes_forward BEFORE UPDATE ON agencies_reorganisation FOR EACH ROW EXECUTE FUNCTION agencies_keep_approved();
"""
UNDO = """
DROP TRIGGER append_only ON agencies_reorganisationrecord; DROP TRIGGER append_only_whole ON agencies_reorganisationrecord;
DROP TRIGGER reorganisation_kept ON agencies_reorganisation; DROP TRIGGER approved_lines_fixed ON agencies_reorganisationline;
DROP TRIGGER reorganisation_goes_forward ON agencies_reorganisation;
DROP FUNCTION agencies_keep_record(); DROP FUNCTION agencies_keep_approved_line(); DROP FUNCTION agencies_keep_approved();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_successions_by_code"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reorganisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("merger", "Merger"), ("split", "Division"), ("rename", "Renaming"), ("dissolution", "Dissolution")],
                        max_length=12,
                    ),
                ),
                ("level", models.CharField(choices=[("province", "Province"), ("commune", "Commune")], max_length=8)),
                ("number", models.CharField(max_length=60)),
                ("legal_basis", models.CharField(max_length=300)),
                ("effective_from", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("approved", "Approved"), ("cancelled", "Cancelled")], default="draft", max_length=9
                    ),
                ),
                ("entered_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("close_reason", models.CharField(blank=True, max_length=500)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OfficeSuccession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                (
                    "predecessor",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="successions", to="agencies.office"),
                ),
                (
                    "successor",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="predecessions", to="agencies.office"),
                ),
                (
                    "reorganisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="office_successions",
                        to="agencies.reorganisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AgencySuccession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                (
                    "predecessor",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="successions", to="agencies.agency"),
                ),
                (
                    "successor",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="predecessions", to="agencies.agency"),
                ),
                (
                    "reorganisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agency_successions",
                        to="agencies.reorganisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReorganisationLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("new_code", models.CharField(max_length=5)),
                ("new_name", models.CharField(max_length=120)),
                ("new_type", models.CharField(max_length=40)),
                (
                    "new_identifier",
                    models.CharField(blank=True, help_text="Identifier of the new committee; empty: derived", max_length=20),
                ),
                (
                    "new_province",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.administrativeunit",
                    ),
                ),
                (
                    "new_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.administrativeunit",
                    ),
                ),
                (
                    "old_unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.administrativeunit"),
                ),
                (
                    "reorganisation",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="agencies.reorganisation"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReorganisationRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(max_length=20)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("facts", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "reorganisation",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="records", to="agencies.reorganisation"),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="reorganisation",
            index=models.Index(fields=["-effective_from", "-id"], name="reorganisation_newest"),
        ),
        migrations.AddConstraint(
            model_name="reorganisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True), models.Q(("approved_by", models.F("entered_by")), _negated=True), _connector="OR"
                ),
                name="reorganisation_second_person",
                violation_error_message="A second person has to approve what you entered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reorganisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "approved"), _negated=True),
                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                    _connector="OR",
                ),
                name="reorganisation_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="reorganisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "cancelled"), _negated=True),
                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False), models.Q(("close_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="reorganisation_cancelled_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="officesuccession",
            constraint=models.UniqueConstraint(fields=("predecessor", "successor"), name="office_succession_once"),
        ),
        migrations.AddConstraint(
            model_name="officesuccession",
            constraint=models.CheckConstraint(
                condition=models.Q(("predecessor", models.F("successor")), _negated=True), name="office_succeeds_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="agencysuccession",
            constraint=models.UniqueConstraint(fields=("predecessor", "successor"), name="agency_succession_once"),
        ),
        migrations.AddConstraint(
            model_name="agencysuccession",
            constraint=models.CheckConstraint(
                condition=models.Q(("predecessor", models.F("successor")), _negated=True), name="agency_succeeds_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="reorganisationline",
            constraint=models.UniqueConstraint(fields=("reorganisation", "old_unit", "new_code"), name="reorganisation_line_once"),
        ),
        migrations.RunSQL(GUARDS, UNDO),
    ]
