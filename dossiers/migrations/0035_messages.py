"""What the agency and the applicant write to each other: read by those two sides only, never rewritten."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER kept BEFORE DELETE ON dossiers_threadmessage FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON dossiers_threadmessage EXECUTE FUNCTION core_refuse_change();
CREATE FUNCTION dossiers_message_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.read_at IS NOT NULL OR to_jsonb(NEW) - 'read_at' IS DISTINCT FROM to_jsonb(OLD) - 'read_at' THEN
        RAISE EXCEPTION 'a message is never rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'message_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER read_once BEFORE UPDATE ON dossiers_threadmessage FOR EACH ROW EXECUTE FUNCTION dossiers_message_kept();
REVOKE DELETE, TRUNCATE ON dossiers_threadmessage FROM portal_web, portal_worker;

CREATE FUNCTION dossiers_may_write_to(wanted bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM dossiers_dossier d
        WHERE d.id = wanted AND (d.agency_id = ANY(app_ids('app.agencies')) OR d.applicant_id = app_id('app.user'))) $$;
ALTER TABLE dossiers_threadmessage ENABLE ROW LEVEL SECURITY;
ALTER TABLE dossiers_threadmessage FORCE ROW LEVEL SECURITY;
CREATE POLICY web_reads ON dossiers_threadmessage FOR SELECT TO portal_web USING (dossiers_may_write_to(dossier_id));
CREATE POLICY web_adds ON dossiers_threadmessage FOR INSERT TO portal_web
    WITH CHECK (author_id = app_id('app.user') AND dossiers_may_write_to(dossier_id)
        AND (agency_id IS NULL OR agency_id = ANY(app_ids('app.agencies'))));
CREATE POLICY web_marks ON dossiers_threadmessage FOR UPDATE TO portal_web USING (dossiers_may_write_to(dossier_id));
CREATE POLICY worker_works ON dossiers_threadmessage TO portal_worker USING (true) WITH CHECK (true);
"""
UNDO = """
DROP POLICY web_reads ON dossiers_threadmessage; DROP POLICY web_adds ON dossiers_threadmessage;
DROP POLICY web_marks ON dossiers_threadmessage; DROP POLICY worker_works ON dossiers_threadmessage;
DROP FUNCTION dossiers_may_write_to(bigint); DROP FUNCTION dossiers_message_kept() CASCADE;
DROP TRIGGER kept ON dossiers_threadmessage; DROP TRIGGER kept_whole ON dossiers_threadmessage;
"""
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("agencies", "0004_new_province_by_code"),
        ("dossiers", "0034_internal_notes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="ThreadMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=2000)),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, help_text="When the other side first read it", null=True)),
                (
                    "agency",
                    models.ForeignKey(blank=True, db_index=False, null=True, on_delete=PROTECT, related_name="+", to="agencies.agency"),
                ),
                (
                    "author",
                    models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("dossier", models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="thread", to="dossiers.dossier")),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="message_says_something")],
                "indexes": [
                    models.Index(fields=["dossier", "-at", "-id"], name="message_by_dossier"),
                    models.Index(
                        condition=models.Q(("agency__isnull", True), ("read_at__isnull", True)),
                        fields=["dossier"],
                        name="message_new_to_agency",
                    ),
                    models.Index(
                        condition=models.Q(("agency__isnull", False), ("read_at__isnull", True)),
                        fields=["dossier"],
                        name="message_new_to_applicant",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, UNDO),
    ]
