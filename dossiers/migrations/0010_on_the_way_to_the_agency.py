"""Questions about places, what was found out, detours over agencies that were not competent, and moving many dossiers at once."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = ("dossiers_placefinding", "dossiers_reroutingitem")
APPEND_ONLY = "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();"
    f"CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION core_refuse_change();"
    f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM portal_web, portal_worker;"
    for table in KEPT
)
ONCE = """
CREATE FUNCTION dossiers_answer_place_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.answered_at IS NOT NULL OR (NEW.dossier_id, NEW.fact, NEW.written, NEW.unit_id, NEW.options, NEW.office_id, NEW.asked_at, NEW.due_at)
        IS DISTINCT FROM (OLD.dossier_id, OLD.fact, OLD.written, OLD.unit_id, OLD.options, OLD.office_id, OLD.asked_at, OLD.due_at) THEN
        RAISE EXCEPTION 'a question about a place is answered once and never rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'place_answered_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answered_once BEFORE UPDATE ON dossiers_placequestion FOR EACH ROW EXECUTE FUNCTION dossiers_answer_place_once();
CREATE FUNCTION dossiers_end_detour_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - '{ended_at,next_agency_id,charged_minutes}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{ended_at,next_agency_id,charged_minutes}'::text[] THEN
        RAISE EXCEPTION 'a detour ends once and is never rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'detour_ended_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ended_once BEFORE UPDATE ON dossiers_detour FOR EACH ROW EXECUTE FUNCTION dossiers_end_detour_once();
""" + "".join(
    f"CREATE TRIGGER kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();"
    f"CREATE TRIGGER kept_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION core_refuse_change();"
    for table in ("dossiers_placequestion", "dossiers_detour", "dossiers_reroutingrun")
)
UNDO = """
DROP FUNCTION dossiers_answer_place_once() CASCADE; DROP FUNCTION dossiers_end_detour_once() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_successions_by_code"),
        ("dossiers", "0009_decisions_whole_in_themselves"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Detour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("arrived_at", models.DateTimeField()),
                ("returned_at", models.DateTimeField()),
                (
                    "reason_code",
                    models.CharField(
                        choices=[
                            ("place", "The place is outside the agency's area"),
                            ("level", "Another level decides"),
                            ("field", "Another field of work"),
                            ("register", "The register is kept by another agency"),
                            ("duplicate", "Another agency already has this matter"),
                            ("delegated", "The competence has been delegated"),
                            ("other", "Another reason"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("fact", models.CharField(blank=True, help_text="Which place is stated otherwise", max_length=40)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("charged_minutes", models.PositiveIntegerField(blank=True, help_text="Working minutes, when it has ended", null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PlaceFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fact", models.CharField(max_length=40)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("answered", "Answered by the public service centre"),
                            ("corrected", "Stated by the agency that returned it"),
                        ],
                        max_length=9,
                    ),
                ),
                ("told_by", models.CharField(help_text="Name of the office or agency, of that day", max_length=200)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="PlaceQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fact", models.CharField(max_length=40)),
                ("written", models.CharField(help_text="The address in the person's own words", max_length=300)),
                (
                    "options",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), help_text="The units that stand there now", size=None
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(help_text="Four working hours after it was asked")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="ReroutingItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("moved", "Moved"), ("unchanged", "Stays where it is"), ("refused", "Not moved")], max_length=9
                    ),
                ),
                ("code", models.CharField(blank=True, help_text="Why it was not moved", max_length=24)),
                ("why", models.CharField(blank=True, max_length=500)),
                ("from_name", models.CharField(blank=True, max_length=200)),
                ("to_name", models.CharField(blank=True, max_length=200)),
                ("left_version", models.PositiveIntegerField(help_text="The dossier's version when the run left it")),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ReroutingRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("selection", models.JSONField(default=dict)),
                ("reason", models.CharField(max_length=500)),
                ("started_at", models.DateTimeField()),
                ("on", models.DateField(help_text="Whose rules, units and agencies count")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting for a worker"), ("running", "Under way"), ("done", "Finished")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("last_id", models.BigIntegerField(default=0, help_text="The last dossier (or move) that was looked at")),
                ("up_to_id", models.BigIntegerField(default=0)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="dossier",
            name="routed_dossier_has_agency",
        ),
        migrations.AlterField(
            model_name="dossier",
            name="routing",
            field=models.CharField(
                choices=[
                    ("pending", "Being routed"),
                    ("routed", "Routed"),
                    ("none", "No competent agency found"),
                    ("several", "Several agencies possible"),
                    ("unstaffed", "Agency has no officer"),
                    ("asked", "The public service centre determines the place"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("routing", "pending"), ("routing__in", ["none", "several", "asked"]), ("agency__isnull", False), _connector="OR"
                ),
                name="routed_dossier_has_agency",
            ),
        ),
        migrations.AddField(
            model_name="detour",
            name="agency",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"),
        ),
        migrations.AddField(
            model_name="detour",
            name="dossier",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="detours", to="dossiers.dossier"),
        ),
        migrations.AddField(
            model_name="detour",
            name="next_agency",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
            ),
        ),
        migrations.AddField(
            model_name="detour",
            name="place",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.administrativeunit"
            ),
        ),
        migrations.AddField(
            model_name="detour",
            name="proposal",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
            ),
        ),
        migrations.AddField(
            model_name="detour",
            name="returned_by",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="placefinding",
            name="by",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="placefinding",
            name="dossier",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="place_findings", to="dossiers.dossier"),
        ),
        migrations.AddField(
            model_name="placefinding",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.administrativeunit"),
        ),
        migrations.AddField(
            model_name="placequestion",
            name="answer",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.administrativeunit"
            ),
        ),
        migrations.AddField(
            model_name="placequestion",
            name="answered_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="placequestion",
            name="dossier",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="place_questions", to="dossiers.dossier"),
        ),
        migrations.AddField(
            model_name="placequestion",
            name="office",
            field=models.ForeignKey(
                help_text="The centre that answers", on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.office"
            ),
        ),
        migrations.AddField(
            model_name="placequestion",
            name="unit",
            field=models.ForeignKey(
                help_text="The unit that was divided",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agencies.administrativeunit",
            ),
        ),
        migrations.AddField(
            model_name="reroutingitem",
            name="dossier",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dossiers.dossier"),
        ),
        migrations.AddField(
            model_name="reroutingitem",
            name="from_agency",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
            ),
        ),
        migrations.AddField(
            model_name="reroutingitem",
            name="to_agency",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
            ),
        ),
        migrations.AddField(
            model_name="reroutingrun",
            name="office",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: the country",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agencies.office",
            ),
        ),
        migrations.AddField(
            model_name="reroutingrun",
            name="started_by",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="reroutingrun",
            name="undo_of",
            field=models.OneToOneField(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="undone_by", to="dossiers.reroutingrun"
            ),
        ),
        migrations.AddField(
            model_name="reroutingitem",
            name="run",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="items", to="dossiers.reroutingrun"),
        ),
        migrations.AddIndex(
            model_name="detour",
            index=models.Index(fields=["-returned_at", "-id"], name="detour_by_return"),
        ),
        migrations.AddIndex(
            model_name="detour",
            index=models.Index(fields=["agency", "-returned_at"], name="detour_by_agency"),
        ),
        migrations.AddConstraint(
            model_name="detour",
            constraint=models.UniqueConstraint(fields=("dossier", "number"), name="detour_number_once"),
        ),
        migrations.AddConstraint(
            model_name="detour",
            constraint=models.UniqueConstraint(condition=models.Q(("ended_at__isnull", True)), fields=("dossier",), name="one_open_detour"),
        ),
        migrations.AddConstraint(
            model_name="detour",
            constraint=models.CheckConstraint(condition=models.Q(("returned_at__gte", models.F("arrived_at"))), name="detour_in_order"),
        ),
        migrations.AddConstraint(
            model_name="detour",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("charged_minutes__isnull", True), ("ended_at__isnull", True), ("next_agency__isnull", True)),
                    models.Q(
                        ("charged_minutes__isnull", False), ("ended_at__gte", models.F("returned_at")), ("next_agency__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="detour_ends_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="placequestion",
            index=models.Index(
                condition=models.Q(("answered_at__isnull", True)), fields=["office", "due_at", "id"], name="place_question_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="placequestion",
            constraint=models.UniqueConstraint(fields=("dossier", "fact"), name="place_question_once"),
        ),
        migrations.AddConstraint(
            model_name="placequestion",
            constraint=models.CheckConstraint(condition=models.Q(("due_at__gt", models.F("asked_at"))), name="place_question_has_time"),
        ),
        migrations.AddConstraint(
            model_name="placequestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer__isnull", True), ("answered_at__isnull", True), ("answered_by__isnull", True)),
                    models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                    _connector="OR",
                ),
                name="place_answer_has_author",
            ),
        ),
        migrations.AddIndex(
            model_name="reroutingrun",
            index=models.Index(fields=["-started_at", "-id"], name="rerouting_newest"),
        ),
        migrations.AddIndex(
            model_name="reroutingitem",
            index=models.Index(fields=["run", "outcome", "id"], name="rerouting_by_outcome"),
        ),
        migrations.AddConstraint(
            model_name="reroutingitem",
            constraint=models.UniqueConstraint(fields=("run", "dossier"), name="rerouting_item_once"),
        ),
        migrations.RunSQL(APPEND_ONLY + ONCE, UNDO),
    ]
