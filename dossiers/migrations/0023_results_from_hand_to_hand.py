"""A result on paper is asked for, sent and received; each of the three is written once, and no move is deleted."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

PROTECT = django.db.models.deletion.PROTECT
ONCE = """
CREATE FUNCTION dossiers_resultmove_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM jsonb_each(to_jsonb(OLD)) was JOIN jsonb_each(to_jsonb(NEW)) now USING (key)
               WHERE was.value <> 'null'::jsonb AND was.value IS DISTINCT FROM now.value) THEN
        RAISE EXCEPTION 'what a move of a result says is never rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'result_move_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER written_once BEFORE UPDATE ON dossiers_resultmove FOR EACH ROW EXECUTE FUNCTION dossiers_resultmove_once();
CREATE TRIGGER kept BEFORE DELETE ON dossiers_resultmove FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON dossiers_resultmove EXECUTE FUNCTION core_refuse_change();
REVOKE DELETE ON dossiers_resultmove FROM portal_web, portal_worker;
"""
UNDO = "DROP FUNCTION dossiers_resultmove_once() CASCADE; DROP TRIGGER kept ON dossiers_resultmove; DROP TRIGGER kept_whole ON dossiers_resultmove;"


def held(to: str) -> "models.ForeignKey[object, object]":
    return models.ForeignKey(blank=True, db_index=False, null=True, on_delete=PROTECT, related_name="+", to=to)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("agencies", "0004_new_province_by_code"),
        ("dossiers", "0022_reminders_are_due"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="ResultMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("received_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("dossier", models.ForeignKey(on_delete=PROTECT, related_name="result_moves", to="dossiers.dossier")),
                ("from_agency", held("agencies.agency")),
                ("from_office", held("agencies.office")),
                ("to_office", models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="agencies.office")),
                ("asked_by", held(settings.AUTH_USER_MODEL)),
                ("sent_by", held(settings.AUTH_USER_MODEL)),
                ("received_by", held(settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=Q(("sent_at__isnull", True), ("withdrawn_at__isnull", True)),
                        fields=["from_office"],
                        name="result_move_to_send",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("received_at__isnull", True), ("withdrawn_at__isnull", True)),
                        fields=("dossier",),
                        name="one_open_result_move",
                        violation_error_message="Another counter has already asked for this result.",
                    ),
                    models.CheckConstraint(
                        condition=Q(("from_agency__isnull", True)) ^ Q(("from_office__isnull", True)), name="result_move_has_one_holder"
                    ),
                    models.CheckConstraint(
                        condition=Q(("from_office__isnull", True)) | ~Q(("from_office", F("to_office"))), name="result_moves_elsewhere"
                    ),
                    models.CheckConstraint(
                        condition=Q(("received_at__isnull", True)) | Q(("sent_at__isnull", False)), name="result_received_after_sent"
                    ),
                    models.CheckConstraint(
                        condition=Q(("asked_at__isnull", False)) | Q(("sent_at__isnull", False)), name="result_move_has_a_beginning"
                    ),
                ],
            },
        ),
        migrations.RunSQL(ONCE, UNDO),
    ]
