"""Stops with their ground, results that were issued anew, and clocks that are counted again when the calendar changes late."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


STEPS = """
INSERT INTO dossiers_allowed_step VALUES ('accepted', 'accepted'), ('in_transfer_to_agency', 'in_transfer_to_agency'), ('assigned', 'assigned'),
    ('awaiting_signature', 'awaiting_signature'), ('issued', 'assigned'), ('in_transfer_to_counter', 'assigned'),
    ('ready_for_collection', 'assigned'), ('closed', 'assigned') ON CONFLICT DO NOTHING;

CREATE FUNCTION dossiers_stop_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.resumed_at IS NOT NULL OR to_jsonb(NEW) - '{resumed_at,resumed_by_id,resume_reason}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{resumed_at,resumed_by_id,resume_reason}'::text[] THEN
        RAISE EXCEPTION 'a stop ends once and is never rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'stop_ended_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ended_once BEFORE UPDATE ON dossiers_handlingstop FOR EACH ROW EXECUTE FUNCTION dossiers_stop_kept();

CREATE FUNCTION dossiers_result_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL AND OLD.document_id IS NOT NULL AND to_jsonb(NEW) - '{withdrawn_at}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{withdrawn_at}'::text[] THEN
        RAISE EXCEPTION 'a signed result is revoked, never rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'signed_result_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signed_kept BEFORE UPDATE ON dossiers_result FOR EACH ROW EXECUTE FUNCTION dossiers_result_kept();
""" + "".join(
    f"CREATE TRIGGER kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();"
    f"CREATE TRIGGER kept_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION core_refuse_change();"
    for table in ("dossiers_handlingstop", "dossiers_calendarchange", "dossiers_result", "dossiers_issueddocument")
)
UNDO = """
DROP FUNCTION dossiers_stop_kept() CASCADE; DROP FUNCTION dossiers_result_kept() CASCADE;
""" + "".join(
    f"DROP TRIGGER IF EXISTS kept ON {table}; DROP TRIGGER IF EXISTS kept_whole ON {table};"
    for table in ("dossiers_handlingstop", "dossiers_calendarchange", "dossiers_result", "dossiers_issueddocument")
)


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0011_legal_successors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="clockrecord",
            name="policy",
            field=models.CharField(blank=True, help_text="Where the wait has its own rule; empty: that of the procedure", max_length=20),
        ),
        migrations.AddField(
            model_name="result",
            name="replaces",
            field=models.ForeignKey(
                blank=True,
                help_text="The revoked result before it",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dossiers.result",
            ),
        ),
        migrations.AddField(
            model_name="result",
            name="version",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="clockrecord",
            name="kind",
            field=models.CharField(help_text="start, suspend, resume, extend, stop, recount", max_length=8),
        ),
        migrations.AlterField(
            model_name="handover",
            name="dossier",
            field=models.ForeignKey(
                help_text="Once for each version of the result",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hand_overs",
                to="dossiers.dossier",
            ),
        ),
        migrations.AlterField(
            model_name="result",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, help_text="The proposal went back, or the issued result was revoked", null=True),
        ),
        migrations.CreateModel(
            name="CalendarChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("day_off", "Day off"), ("worked", "Make-up working day"), ("remove", "Ordinary day again")], max_length=8
                    ),
                ),
                ("name_vi", models.CharField(blank=True, max_length=120)),
                ("name_en", models.CharField(blank=True, max_length=120)),
                ("source", models.CharField(max_length=200)),
                ("proposed_at", models.DateTimeField()),
                ("discarded_at", models.DateTimeField(blank=True, null=True)),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("reached", models.BigIntegerField(default=0, help_text="The last dossier that was counted again")),
                ("moved", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "applied_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("applied_at__isnull", False), ("finished_at__isnull", True)),
                        fields=["id"],
                        name="calendar_change_running",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("applied_at__isnull", True), ("discarded_at__isnull", True)),
                        fields=("on",),
                        name="one_open_change_a_day",
                        violation_error_message="A change of this day already waits for approval.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("applied_by__isnull", True), models.Q(("applied_by", models.F("proposed_by")), _negated=True), _connector="OR"
                        ),
                        name="calendar_change_needs_two",
                        violation_error_message="The person who proposed the change cannot apply it.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandlingStop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("court_order", "Order of a court or another authority"),
                            ("dispute", "The matter is in dispute"),
                            ("petition", "A petition or denunciation must be settled first"),
                            ("death", "The person has died, or the organisation has ceased to exist"),
                            ("no_answer", "Papers were not handed in on time"),
                            ("other", "Another ground in law"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField()),
                ("is_pause", models.BooleanField(help_text="The cause may end; handling can then be resumed")),
                ("stopped_at", models.DateTimeField()),
                ("resumed_at", models.DateTimeField(blank=True, null=True)),
                ("resume_reason", models.TextField(blank=True)),
                ("dossier", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="stops", to="dossiers.dossier")),
                (
                    "resumed_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "stopped_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("resumed_at__isnull", True)),
                        fields=("dossier",),
                        name="one_open_stop",
                        violation_error_message="Handling of this dossier is stopped already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("resumed_at__isnull", True), ("is_pause", True), _connector="OR"),
                        name="only_a_pause_is_resumed",
                        violation_error_message="This stop was final: it was not recorded as a pause.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="supplementrequest",
            name="expired_at",
            field=models.DateTimeField(blank=True, help_text="Nobody answered in time; `answered_at` is then the same instant", null=True),
        ),
        migrations.AddIndex(
            model_name="supplementrequest",
            index=models.Index(
                fields=["answer_by", "id"], condition=models.Q(("answered_at__isnull", True)), name="supplement_open_by_date"
            ),
        ),
        migrations.RunSQL(STEPS, UNDO),
    ]
