"""Who is away, who was given what, lists that people keep; what was handed in, asked, owed or urged is never deleted."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT
KEPT = (
    "dossiers_paper",
    "dossiers_answers",
    "dossiers_supplementrequest",
    "dossiers_supplementitem",
    "dossiers_feeline",
    "dossiers_reminder",
    "dossiers_absence",
    "dossiers_reassignment",
)
GUARDS = "".join(
    f"CREATE TRIGGER kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();"
    f"CREATE TRIGGER kept_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION core_refuse_change();"
    for table in KEPT
)
SEEN_ONCE = """
CREATE FUNCTION dossiers_reassignment_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.seen_at IS NOT NULL OR to_jsonb(NEW) - 'seen_at' IS DISTINCT FROM to_jsonb(OLD) - 'seen_at' THEN
        RAISE EXCEPTION 'who was given a dossier is never rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'reassignment_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seen_once BEFORE UPDATE ON dossiers_reassignment FOR EACH ROW EXECUTE FUNCTION dossiers_reassignment_kept();

CREATE FUNCTION dossiers_absence_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.cancelled_at IS NOT NULL OR to_jsonb(NEW) - '{cancelled_at,cancelled_by_id}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{cancelled_at,cancelled_by_id}'::text[] THEN
        RAISE EXCEPTION 'an absence is called off once and never rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'absence_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER called_off_once BEFORE UPDATE ON dossiers_absence FOR EACH ROW EXECUTE FUNCTION dossiers_absence_kept();
"""
UNDO = "DROP FUNCTION dossiers_reassignment_kept() CASCADE; DROP FUNCTION dossiers_absence_kept() CASCADE;" + "".join(
    f"DROP TRIGGER kept ON {table}; DROP TRIGGER kept_whole ON {table};" for table in KEPT
)


def person(**options: object) -> "models.ForeignKey[object, object]":
    return models.ForeignKey(on_delete=PROTECT, to=settings.AUTH_USER_MODEL, **({"related_name": "+"} | options))  # type: ignore[arg-type]


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0004_new_province_by_code"),
        ("dossiers", "0018_papers_at_counters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", person(related_name="absences")),
                ("agency", models.ForeignKey(on_delete=PROTECT, related_name="+", to="agencies.agency")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("deputy", person(blank=True, null=True, help_text="Who is offered the work first")),
                ("entered_by", person()),
                ("entered_at", models.DateTimeField()),
                ("cancelled_by", person(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="absence_ends_after_it_starts",
                        violation_error_message="The last day cannot lie before the first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deputy__isnull", True), models.Q(("deputy", models.F("user")), _negated=True), _connector="OR"
                        ),
                        name="absence_deputy_is_another",
                        violation_error_message="Somebody else must stand in.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_at__isnull", True), ("cancelled_by__isnull", True)),
                            models.Q(("cancelled_at__isnull", False), ("cancelled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="absence_cancelled_by_somebody",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("cancelled_at__isnull", True)),
                        expressions=[
                            ("user", "="),
                            ("agency", "="),
                            (
                                models.Func(
                                    "starts_on",
                                    "ends_on",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="absence_once_at_a_time",
                        violation_error_message="These days overlap an absence that is entered already.",
                    ),
                ],
                "indexes": [
                    models.Index(condition=models.Q(("cancelled_at__isnull", True)), fields=["agency", "ends_on"], name="absence_by_agency")
                ],
            },
        ),
        migrations.CreateModel(
            name="Reassignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dossier", models.ForeignKey(on_delete=PROTECT, related_name="reassignments", to="dossiers.dossier")),
                ("agency", models.ForeignKey(on_delete=PROTECT, related_name="+", to="agencies.agency")),
                ("given_from", person(blank=True, null=True, help_text="Empty: out of the queue")),
                ("given_to", person(db_index=False)),
                ("given_by", person()),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("given_from__isnull", True), models.Q(("given_from", models.F("given_to")), _negated=True), _connector="OR"
                        ),
                        name="reassigned_to_somebody_else",
                    )
                ],
                "indexes": [
                    models.Index(condition=models.Q(("seen_at__isnull", True)), fields=["given_to", "-at"], name="reassignment_unseen")
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", person(db_index=False, related_name="saved_views")),
                ("agency", models.ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name="+", to="agencies.agency")),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(help_text="Known filters only, in a fixed order", max_length=300)),
                ("seq", models.PositiveSmallIntegerField(default=0)),
                ("is_default", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "name"),
                        name="saved_view_named_once",
                        violation_error_message="You have a list of this name already.",
                    ),
                    models.UniqueConstraint(condition=models.Q(("is_default", True)), fields=("user",), name="one_default_view"),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="saved_view_has_name"),
                ],
            },
        ),
        migrations.AlterField(model_name="dossier", name="assigned_to", field=person(blank=True, null=True, db_index=False)),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(
                    ("assigned_to__isnull", False),
                    ("state__in", ("assigned", "awaiting_signature", "supplement_requested", "payment_required")),
                ),
                fields=["agency", "assigned_to", "due_at", "id"],
                name="dossier_held",
            ),
        ),
        migrations.RunSQL(GUARDS + SEEN_ONCE, UNDO),
    ]
